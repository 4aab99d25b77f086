/**
 * Packets in a table that scrolls over any number of them: only the rows that are seen are made, and pages come from the host when they are
 * needed. Keys: arrows, Page Up and Down, Home and End go from packet to packet, with Shift they select; Enter opens one, Ctrl+A selects all,
 * Ctrl+C copies. The table has the focus, and names the packet it is on (`aria-activedescendant`), as VS Code's own lists do: a row that is
 * scrolled out of sight is taken away.
 */
import "@vscode-elements/elements/dist/vscode-button/index.js";
import type { EvidenceRole } from "../src/shared/findings";
import { formatCount } from "../src/shared/format";
import type { CaptureSummary } from "../src/shared/model";
import type { PacketColumn, PacketPage, PacketRow, PacketSort } from "../src/shared/packets";
import type { CanOpenRow, CopyFormat } from "../src/shared/panelProtocol";
import { ColumnMenu } from "./columnMenu";
import { element, icon } from "./dom";
import { roleName } from "./findingText";
import * as l10n from "./l10n";
import { PacketDetails } from "./packetDetails";
import { cellText, columnHead, columnsOf, copiedText, flagNames, isNumberColumn, packetName, shownText } from "./packetText";
import { PageCache } from "./pageCache";
import { expectAnswer, type HostConnection, messageOf } from "./requests";
import { RowScale } from "./rowScale";
import { countPackets } from "./timelineText";

/** What a table shows. */
export interface PacketTableContent {
  readonly summary: CaptureSummary;
  readonly canOpenRow: CanOpenRow;
  /** What to say where there are no packets: what is so, and what to do. */
  readonly nothing: string;
  /** Evidence by PacketRow.row. */
  readonly roles?: ReadonlyMap<number, EvidenceRole>;
}

/** What a table needs around it. */
export interface PacketTableOptions {
  readonly connection: HostConnection;
  /** Columns that the user has chosen. */
  readonly columns: readonly PacketColumn[];
  /** What the table is called. */
  readonly label: string;
  /** The user has chosen another order. */
  readonly onSort: (sort: PacketSort) => void;
}

type Button = HTMLElementTagNameMap["vscode-button"];

/** Height of a row until one was measured, pixels. */
const ROW_HEIGHT = 26;
/** Widest column, characters. */
const MOST_CHARS = 48;
/** What a head has beside its text, and a cell: padding, the sign of the order; characters. */
const HEAD_CHARS = 6;
const CELL_CHARS = 3;
/** Pixels that the arrow keys scroll to the side. */
const SIDE_STEP = 48;

/** See the file header. */
export class PacketTable {
  readonly element: HTMLElement;
  readonly #options: PacketTableOptions;
  readonly #pages: PageCache<PacketRow>;
  readonly #details: PacketDetails;
  readonly #menu: ColumnMenu;
  readonly #columnWidths = element("colgroup");
  readonly #head = element("thead");
  readonly #body = element("tbody");
  readonly #table = element(
    "table",
    { id: "packets-table", class: "packet-rows", role: "grid", tabindex: "0", "aria-multiselectable": "true" },
    this.#columnWidths,
    this.#head,
    this.#body,
  );
  readonly #window = element("div", { class: "packet-window" }, this.#table);
  readonly #sizer = element("div", { class: "packet-sizer" }, this.#window);
  readonly #scroller = element("div", { class: "table-scroll packets" }, this.#sizer);
  readonly #shown = element("span", { id: "packets-shown" });
  /** Says what has happened. */
  readonly #message = element("span", { id: "packets-message", class: "muted", role: "status" });
  readonly #note = element("div", { id: "packets-note", class: "packets-note", hidden: true });
  readonly #buttons: Readonly<Record<"strongest" | CopyFormat, Button>>;
  #content: PacketTableContent | undefined;
  /** Whose packets are listed; null for all. */
  #seq: number | null = null;
  #sort: PacketSort = null;
  #columns: readonly PacketColumn[];
  #total = 0;
  #scale = new RowScale(0, ROW_HEIGHT, 0);
  #rowHeight = ROW_HEIGHT;
  /** Rows above the view; what the scroll bar says is made from it. */
  #top = 0;
  /** Where the scroll bar was put: its event says nothing new. */
  #scrolledTo = 0;
  /** The packet the keys are on, and where the selection began. */
  #active = 0;
  #anchor = 0;
  /** Rows that are drawn, by their places. */
  readonly #drawn = new Map<number, { readonly row: HTMLTableRowElement; readonly packet: PacketRow | undefined }>();
  /** Characters of the widest cell seen, by column. */
  readonly #widest = new Map<PacketColumn, number>();
  #frame = 0;
  /** Of several lists asked for only the last one counts. */
  #asked = 0;

  constructor(options: PacketTableOptions) {
    this.#options = options;
    this.#columns = options.columns;
    this.#details = new PacketDetails(options.connection, () => {
      this.#closeDetails();
      this.#table.focus();
    });
    this.#pages = new PageCache<PacketRow>({
      getPage: async (from, count) => (await this.#ask(from, count, null)).packets,
      onPage: () => this.#render(),
      onFailure: (error) => this.#fail(error),
    });
    this.#menu = new ColumnMenu((columns) => this.#chooseColumns(columns));
    const button = (id: string, text: string, onClick: () => void): Button => {
      const made = element("vscode-button", { id: `packets-${id}`, secondary: true }, text);
      made.addEventListener("click", onClick);
      return made;
    };
    this.#buttons = {
      strongest: button("strongest", l10n.t("Go to the Strongest"), () => this.#goToStrongest()),
      filter: button("copy-filter", l10n.t("Copy Filter of the Selected Packets"), () => this.#copy("filter")),
      csv: button("copy-csv", l10n.t("Copy as CSV"), () => this.#copy("csv")),
    };
    const { strongest, filter, csv } = this.#buttons;
    const bar = element("div", { class: "packet-bar" }, this.#shown, strongest, this.#menu.element, filter, csv, this.#message);
    this.#table.setAttribute("aria-label", options.label);
    this.element = element("div", { class: "packet-table" }, bar, this.#note, this.#scroller, this.#details.element);
    this.#scroller.addEventListener("scroll", () => this.#onScroll());
    this.#scroller.addEventListener("wheel", (event) => this.#onWheel(event), { passive: false });
    this.#table.addEventListener("keydown", (event) => this.#onKey(event));
    this.#body.addEventListener("click", (event) => this.#onClick(event));
    new ResizeObserver(() => this.#renderSoon()).observe(this.#scroller);
  }

  /** Lists packets in an order, from the first on. Does not reject: failures are shown in the table's place. */
  async show(content: PacketTableContent, seq: number | null, sort: PacketSort): Promise<void> {
    this.#content = content;
    this.#seq = seq;
    this.#sort = sort;
    this.#widest.clear();
    const { summary } = content;
    this.#menu.set(
      columnsOf(summary).map((column) => [column, columnHead(column, summary)]),
      this.#columns,
    );
    this.#buttons.strongest.hidden = this.#strongest() === undefined;
    this.#drawHead();
    await this.#load(null);
  }

  /** Asks for the packets that are seen once more; where the list is scrolled to and what is selected stays. */
  refresh(): void {
    this.#pages.clear();
    this.#render();
  }

  /** Asks for the list; `showing`: PacketRow.row of a packet to go to. */
  async #load(showing: number | null): Promise<void> {
    const asked = ++this.#asked;
    this.#closeDetails();
    this.#pages.clear();
    this.#table.setAttribute("aria-busy", "true");
    try {
      // The packet that is looked for need not stand at the beginning of a page of the cache.
      const { total, shown } = await this.#ask(0, 1, showing);
      if (asked !== this.#asked) return;
      this.#total = total;
      this.#active = this.#anchor = shown ?? 0;
      this.#showNote(total === 0 ? "search-stop" : undefined, this.#content?.nothing ?? "", false);
      this.#table.setAttribute("aria-rowcount", String(total + 1));
      this.#drawn.clear();
      this.#body.replaceChildren();
      this.#measure();
      this.#top = 0;
      this.#scrollTo(shown === null ? 0 : shown - this.#scale.viewRows / 2);
    } catch (error) {
      if (asked === this.#asked) this.#fail(error);
    } finally {
      if (asked === this.#asked) this.#table.setAttribute("aria-busy", "false");
    }
  }

  async #ask(from: number, count: number, showing: number | null): Promise<PacketPage> {
    const list = { seq: this.#seq, sort: this.#sort };
    return expectAnswer(await this.#options.connection.ask({ type: "packets/get", list, from, count, showing }), "packets/data").page;
  }

  #fail(error: unknown): void {
    this.#showNote("error", messageOf(error), true);
  }

  /** A sentence in the table's place; undefined for none. */
  #showNote(iconName: string | undefined, sentence: string, canRetry: boolean): void {
    this.#note.hidden = iconName === undefined;
    this.#scroller.hidden = iconName !== undefined;
    for (const format of ["filter", "csv"] as const) this.#buttons[format].disabled = iconName !== undefined;
    this.#shown.hidden = canRetry;
    if (iconName === undefined) return;
    this.#shown.textContent = shownText(0, 0, 0);
    this.#note.setAttribute("role", canRetry ? "alert" : "status");
    this.#note.replaceChildren(icon(iconName), element("p", {}, sentence));
    if (!canRetry) return;
    const retry = element("vscode-button", { id: "packets-retry" }, l10n.t("Try Again"));
    retry.addEventListener("click", () => void this.#load(null));
    this.#note.append(retry);
  }

  // Columns

  get #shownColumns(): readonly PacketColumn[] {
    const there = this.#content ? columnsOf(this.#content.summary) : [];
    const shown = there.filter((column) => this.#columns.includes(column));
    return shown.length > 0 ? shown : there.slice(0, 1);
  }

  #chooseColumns(columns: readonly PacketColumn[]): void {
    // A label column that this capture does not have stays chosen for others.
    const there = this.#content ? columnsOf(this.#content.summary) : [];
    this.#columns = [...columns, ...this.#columns.filter((column) => !there.includes(column))];
    this.#drawHead();
    this.#drawn.clear();
    this.#render();
    this.#options.connection
      .ask({ type: "columns/changed", columns: this.#columns })
      .catch((error: unknown) => this.#say(messageOf(error)));
  }

  #drawHead(): void {
    const content = this.#content;
    if (!content) return;
    const heads = this.#shownColumns.map((column) => {
      const isSorted = this.#sort?.column === column;
      const direction = isSorted ? (this.#sort?.isDescending ? "descending" : "ascending") : "none";
      const text = columnHead(column, content.summary);
      const sign = isSorted ? [icon(direction === "descending" ? "arrow-down" : "arrow-up")] : [];
      const button = element("button", { type: "button", class: "sorter" }, element("span", {}, text), ...sign);
      button.addEventListener("click", () => this.#sortBy(column));
      const sides = isNumberColumn(column) ? "number" : undefined;
      return element("th", { scope: "col", class: sides, "aria-sort": direction, "data-column": column, title: text }, button);
    });
    this.#head.replaceChildren(element("tr", { "aria-rowindex": "1" }, ...heads));
    this.#columnWidths.replaceChildren(...this.#shownColumns.map(() => element("col")));
    this.#setWidths();
  }

  /** Columns are as wide as what was seen of them, so that they do not jump while rows go by. */
  #setWidths(): void {
    const content = this.#content;
    if (!content) return;
    let sum = 0;
    this.#shownColumns.forEach((column, i) => {
      const head = columnHead(column, content.summary).length + HEAD_CHARS;
      const chars = Math.min(MOST_CHARS, Math.max(head, (this.#widest.get(column) ?? 0) + CELL_CHARS));
      sum += chars;
      (this.#columnWidths.children[i] as HTMLElement).style.width = `${chars}ch`;
    });
    this.#window.style.width = `max(100%, ${sum}ch)`;
  }

  /** Ascending, descending, then the order of capture again. The packet the keys are on stays the same. */
  #sortBy(column: PacketColumn): void {
    const current = this.#sort?.column === column ? this.#sort : null;
    this.#sort = current?.isDescending ? null : { column, isDescending: current !== null };
    this.#options.onSort(this.#sort);
    const focused = this.#head.contains(document.activeElement);
    this.#drawHead();
    if (focused) this.#head.querySelector<HTMLElement>(`[data-column="${column}"] button`)?.focus();
    this.#say(this.#sort === null ? l10n.t("In the order of capture") : "");
    const packet = this.#active > 0 ? this.#pages.at(this.#active) : undefined;
    void this.#load(packet?.row ?? null);
  }

  // Scrolling

  /** Takes the sizes as they are now. */
  #measure(): void {
    const row = this.#body.rows[0]?.getBoundingClientRect().height ?? 0;
    if (row > 0) this.#rowHeight = row;
    const head = this.#head.getBoundingClientRect().height;
    this.#scale = new RowScale(this.#total, this.#rowHeight, Math.max(0, this.#scroller.clientHeight - head));
    this.#sizer.style.height = `${head + this.#scale.height}px`;
    // The content says how high the scroller is, up to its largest height.
    this.#scale = new RowScale(this.#total, this.#rowHeight, Math.max(0, this.#scroller.clientHeight - head));
    this.#window.style.height = `${this.#scroller.clientHeight}px`;
  }

  #scrollTo(top: number): void {
    this.#top = this.#scale.clamp(top);
    this.#scroller.scrollTop = this.#scale.scrollTopOf(this.#top);
    this.#scrolledTo = this.#scroller.scrollTop;
    this.#render();
  }

  #onScroll(): void {
    const { scrollTop } = this.#scroller;
    if (Math.abs(scrollTop - this.#scrolledTo) < 1) return;
    this.#scrolledTo = scrollTop;
    this.#top = this.#scale.topOf(scrollTop);
    this.#renderSoon();
  }

  /** Where the scroll bar is coarser than the rows, the wheel goes by rows all the same. */
  #onWheel(event: WheelEvent): void {
    if (this.#scale.isExact || event.ctrlKey || event.shiftKey || event.deltaY === 0) return;
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * this.#rowHeight : event.deltaY;
    this.#scrollTo(this.#top + pixels / this.#rowHeight);
  }

  #renderSoon(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#measure();
      this.#top = this.#scale.clamp(this.#top);
      this.#render();
    });
  }

  /** Makes the rows that are seen, keeping those that are there. */
  #render(): void {
    const content = this.#content;
    if (!content || this.#scroller.hidden || this.#scroller.clientHeight === 0) return;
    const first = Math.floor(this.#top);
    const end = Math.min(this.#total, first + this.#scale.viewRows + 2);
    this.#pages.want(first, end);
    let isWider = false;
    const rows: HTMLTableRowElement[] = [];
    for (const place of this.#drawn.keys()) if (place < first || place >= end) this.#drawn.delete(place);
    for (let place = first; place < end; place++) {
      const packet = this.#pages.at(place);
      const known = this.#drawn.get(place);
      if (known?.packet === packet && known) rows.push(known.row);
      else {
        const { row, hasWider } = this.#makeRow(place, packet, content);
        isWider ||= hasWider;
        this.#drawn.set(place, { row, packet });
        rows.push(row);
      }
    }
    const [from, to] = this.#selected;
    for (const [place, { row, packet }] of this.#drawn) {
      row.setAttribute("aria-selected", String(place >= from && place <= to));
      row.classList.toggle("active", place === this.#active);
      row.classList.toggle("open", packet !== undefined && packet.place === this.#details.place);
    }
    if (rows.length !== this.#body.rows.length || rows.some((row, i) => this.#body.rows[i] !== row)) this.#body.replaceChildren(...rows);
    if (isWider) this.#setWidths();
    const height = this.#body.rows[0]?.getBoundingClientRect().height ?? this.#rowHeight;
    if (height > 0 && Math.abs(height - this.#rowHeight) > 0.01) this.#renderSoon();
    this.#body.style.transform = `translateY(${-(this.#top - first) * this.#rowHeight}px)`;
    if (this.#drawn.has(this.#active)) this.#table.setAttribute("aria-activedescendant", idOf(this.#active));
    else this.#table.removeAttribute("aria-activedescendant");
    this.#showCounts(first);
  }

  #showCounts(first: number): void {
    const end = Math.min(this.#total, Math.ceil(this.#top) + this.#scale.viewRows);
    const [from, to] = this.#selected;
    const selected = to > from ? ` · ${l10n.t("{0} selected", formatCount(to - from + 1))}` : "";
    this.#shown.textContent = shownText(Math.min(Math.ceil(this.#top), first + 1), Math.max(end, 1), this.#total) + selected;
  }

  #makeRow(place: number, packet: PacketRow | undefined, content: PacketTableContent): { row: HTMLTableRowElement; hasWider: boolean } {
    const role = packet && content.roles?.get(packet.row);
    let hasWider = false;
    const cells = this.#shownColumns.map((column, i) => {
      const text = packet ? cellText(packet, column, content.summary) : "…";
      const mark = i === 0 && role !== undefined ? roleName(role) : "";
      const chars = text.length + (mark === "" ? 0 : mark.length + 4);
      if (chars > (this.#widest.get(column) ?? 0)) {
        this.#widest.set(column, chars);
        hasWider = true;
      }
      const cell = element(i === 0 ? "th" : "td", {
        scope: i === 0 ? "row" : undefined,
        class: isNumberColumn(column) ? "number" : column === "flags" ? "flags" : undefined,
        title: chars + CELL_CHARS > MOST_CHARS ? text : undefined,
      });
      if (column === "flags" && packet)
        cell.append(
          element("span", { "aria-hidden": "true" }, text),
          element("span", { class: "visually-hidden" }, flagNames(packet.flags)),
        );
      else cell.append(text);
      if (mark !== "") cell.prepend(element("span", { class: `role role-${role!}` }, mark), " ");
      return cell;
    });
    const classes = ["packet", ...(role === undefined ? [] : ["evidence"]), ...(place % 2 === 1 ? ["odd"] : [])];
    const row = element("tr", { id: idOf(place), class: classes.join(" "), "aria-rowindex": String(place + 2) }, ...cells);
    return { row, hasWider };
  }

  // Selection

  /** First and last packet selected. */
  get #selected(): readonly [number, number] {
    return [Math.min(this.#anchor, this.#active), Math.max(this.#anchor, this.#active)];
  }

  #goTo(place: number, extend: boolean): void {
    this.#active = Math.max(0, Math.min(place, this.#total - 1));
    if (!extend) this.#anchor = this.#active;
    this.#scrollTo(this.#scale.reveal(this.#top, this.#active));
  }

  #onKey(event: KeyboardEvent): void {
    if (event.target !== this.#table || event.altKey || this.#total === 0) return;
    const isControl = event.ctrlKey || event.metaKey;
    const page = Math.max(1, this.#scale.viewRows - 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: this.#active + 1,
      ArrowUp: this.#active - 1,
      PageDown: this.#active + page,
      PageUp: this.#active - page,
      Home: 0,
      End: this.#total - 1,
    };
    const next = Object.hasOwn(moves, event.key) ? moves[event.key] : undefined;
    const key = event.key.toLowerCase();
    if (next !== undefined) this.#goTo(next, event.shiftKey);
    else if (key === "arrowleft" || key === "arrowright") this.#scroller.scrollLeft += key === "arrowleft" ? -SIDE_STEP : SIDE_STEP;
    else if (isControl && key === "a") this.#selectAll();
    else if (isControl && key === "c" && getSelection()?.isCollapsed !== false) this.#copy("csv");
    else if (!isControl && (key === "enter" || key === " ")) this.#toggleDetails();
    else if (key === "escape" && this.#details.place !== undefined) this.#closeDetails();
    else return;
    // The editor would act on it as well.
    event.preventDefault();
    event.stopPropagation();
  }

  #onClick(event: MouseEvent): void {
    const row = event.target instanceof Element ? event.target.closest("tr") : null;
    const place = [...this.#drawn].find(([, drawn]) => drawn.row === row)?.[0];
    // A click selects text, too; only one without a selection means the packet.
    if (place === undefined || (!event.shiftKey && getSelection()?.isCollapsed === false)) return;
    getSelection()?.removeAllRanges();
    this.#table.focus();
    this.#goTo(place, event.shiftKey);
    if (!event.shiftKey) this.#toggleDetails();
  }

  #selectAll(): void {
    this.#anchor = 0;
    this.#active = this.#total - 1;
    this.#render();
    this.#say(l10n.t("All {0} are selected.", countPackets(this.#total)));
  }

  #strongest(): number | undefined {
    for (const [row, role] of this.#content?.roles ?? []) if (role === "strongest") return row;
    return undefined;
  }

  #goToStrongest(): void {
    const row = this.#strongest();
    if (row === undefined) return;
    void this.#load(row).then(() => this.#table.focus());
  }

  // What is done with packets

  #toggleDetails(): void {
    const packet = this.#pages.at(this.#active);
    if (!packet || !this.#content) return;
    if (this.#details.place === packet.place) {
      this.#closeDetails();
      return;
    }
    this.#details.show(packet, this.#content.canOpenRow);
    this.#say(l10n.t("{0} is shown field by field below the table.", packetName(packet)));
    // The table gives the row room: the packet stays in sight.
    this.#measure();
    this.#scrollTo(this.#scale.reveal(this.#top, this.#active));
  }

  #closeDetails(): void {
    if (this.#details.place === undefined) return;
    this.#details.close();
    this.#say("");
    this.#render();
  }

  #copy(format: CopyFormat): void {
    const [from, to] = this.#selected;
    const list = { seq: this.#seq, sort: this.#sort };
    const request = { type: "packets/copy", list, from, count: to - from + 1, format, columns: this.#shownColumns } as const;
    this.#options.connection.ask(request).then(
      (answer) => {
        const { copied, asked } = expectAnswer(answer, "packets/copied");
        this.#say(copiedText(format, copied, asked));
      },
      (error: unknown) => this.#say(messageOf(error)),
    );
  }

  #say(sentence: string): void {
    this.#message.textContent = sentence;
  }
}

/** Id of the row of a packet. */
const idOf = (place: number): string => `packet-${place}`;

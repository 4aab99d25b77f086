/**
 * The packets of a finding, a page at a time, each with its whole row of the file on demand. Keys: Tab and the arrow keys go from row to
 * row, Enter and Space open one.
 */
import "@vscode-elements/elements/dist/vscode-button/index.js";
import type { EvidenceRole, PacketPage, PacketRow } from "../src/shared/findings";
import { formatCount } from "../src/shared/format";
import type { CaptureSummary } from "../src/shared/model";
import type { CsvRow } from "../src/shared/model";
import type { CanOpenRow } from "../src/shared/panelProtocol";
import { element, icon } from "./dom";
import { cannotOpenText, FLAGS_COLUMN, flagNames, MAX_ROW_CELL, packetCells, packetHeads, PACKET_NUMBERS, roleName } from "./findingText";
import * as l10n from "./l10n";
import { cleanText, NOTHING } from "./timelineText";

/** Packets of a page. */
export const PACKETS_PER_PAGE = 100;

/** What a table shows. */
export interface PacketTableContent {
  readonly summary: CaptureSummary;
  /** By PacketRow.row. */
  readonly roles: ReadonlyMap<number, EvidenceRole>;
  /** Places among the finding's packets. */
  readonly places: Readonly<Partial<Record<EvidenceRole, number>>>;
  readonly canOpenRow: CanOpenRow;
}

/** What a table asks for. Failures of `getPage` are the page's; those of the others are shown where they happen. */
export interface PacketTableHost {
  readonly getPage: (from: number, count: number) => Promise<PacketPage>;
  readonly getRow: (place: number) => Promise<CsvRow>;
  readonly openRow: (place: number) => Promise<void>;
  readonly copyFilter: (frame: number) => Promise<void>;
  readonly track: (work: Promise<void>) => void;
}

type Button = HTMLElementTagNameMap["vscode-button"];

/** See the file header. */
export class PacketTable {
  readonly element: HTMLElement;
  readonly #host: PacketTableHost;
  readonly #table = element("table", { id: "packets-table" });
  readonly #region = element("div", { class: "table-scroll packets", tabindex: "0", role: "region" }, this.#table);
  readonly #shown = element("span", { id: "packets-shown", role: "status" });
  readonly #buttons: Readonly<Record<"first" | "previous" | "next" | "last" | "strongest", Button>>;
  #content: PacketTableContent | undefined;
  #from = 0;
  #total = 0;
  /** Of several pages asked for only the last one counts. */
  #asked = 0;

  constructor(host: PacketTableHost) {
    this.#host = host;
    const button = (id: string, text: string, onClick: () => void): Button => {
      const made = element("vscode-button", { id: `packets-${id}`, secondary: true }, text);
      made.addEventListener("click", onClick);
      return made;
    };
    this.#buttons = {
      first: button("first", l10n.t("First"), () => this.#turnTo(0)),
      previous: button("previous", l10n.t("Previous"), () => this.#turnTo(this.#from - PACKETS_PER_PAGE)),
      next: button("next", l10n.t("Next"), () => this.#turnTo(this.#from + PACKETS_PER_PAGE)),
      last: button("last", l10n.t("Last"), () => this.#turnTo(this.#total - 1)),
      strongest: button("strongest", l10n.t("Go to the Strongest"), () => this.#goToStrongest()),
    };
    const pager = element("div", { class: "pager", role: "group", "aria-label": l10n.t("Pages of packets") });
    const { first, previous, next, last, strongest } = this.#buttons;
    pager.append(this.#shown, first, previous, next, last, strongest);
    this.#region.setAttribute("aria-label", l10n.t("Packets of the finding"));
    this.element = element("div", { class: "packet-table" }, pager, this.#region);
    this.#table.addEventListener("keydown", (event) => this.#onKey(event));
  }

  /** Shows the first page. */
  async show(content: PacketTableContent): Promise<void> {
    this.#content = content;
    await this.#load(0);
  }

  async #load(from: number): Promise<void> {
    const asked = ++this.#asked;
    const page = await this.#host.getPage(from, PACKETS_PER_PAGE);
    if (asked !== this.#asked) return;
    this.#from = from;
    this.#total = page.total;
    this.#draw(page.packets);
  }

  /** The page that holds a place. */
  #turnTo(place: number, thenFocus?: number): void {
    const from = Math.floor(Math.max(0, Math.min(place, this.#total - 1)) / PACKETS_PER_PAGE) * PACKETS_PER_PAGE;
    this.#host.track(
      this.#load(from).then(() => {
        if (thenFocus !== undefined) this.#openers()[thenFocus - from]?.focus();
      }),
    );
  }

  #goToStrongest(): void {
    const place = this.#content?.places.strongest;
    if (place !== undefined) this.#turnTo(place, place);
  }

  #draw(packets: readonly PacketRow[]): void {
    const content = this.#content;
    if (!content) return;
    const { time, labelField } = content.summary;
    const heads = packetHeads(time, labelField).map((head, i) => element("th", { scope: "col", class: classOf(i) }, head));
    const body = element("tbody");
    for (const packet of packets) body.append(this.#rowOf(packet, content));
    this.#table.replaceChildren(
      element("caption", { class: "visually-hidden" }, l10n.t("Packets of the finding")),
      element("thead", {}, element("tr", {}, ...heads)),
      body,
    );
    this.#region.scrollTop = 0;
    const to = this.#from + packets.length;
    this.#shown.textContent =
      this.#total === 0
        ? l10n.t("No packets")
        : l10n.t("Packets {0} to {1} of {2}", formatCount(this.#from + 1), formatCount(to), formatCount(this.#total));
    const hasPages = this.#total > PACKETS_PER_PAGE;
    const { first, previous, next, last, strongest } = this.#buttons;
    for (const each of [first, previous, next, last]) each.hidden = !hasPages;
    first.disabled = previous.disabled = this.#from === 0;
    next.disabled = last.disabled = to >= this.#total;
    strongest.hidden = content.places.strongest === undefined || this.#total < 2;
  }

  #rowOf(packet: PacketRow, content: PacketTableContent): HTMLTableRowElement {
    const { time, labelField } = content.summary;
    const role = content.roles.get(packet.row);
    const [frame = NOTHING, ...rest] = packetCells(packet, time, labelField !== null);
    const opener = element("button", { type: "button", class: "opener", "aria-expanded": "false" }, icon("chevron-right"), frame);
    opener.setAttribute("aria-label", packet.frame === null ? l10n.t("Row {0}", String(packet.row)) : l10n.t("Frame {0}", frame));
    const marks = role === undefined ? [] : [element("span", { class: `role role-${role}` }, roleName(role))];
    const head = element("th", { scope: "row" }, element("div", { class: "frame-cell" }, opener, ...marks));
    const cells = rest.map((text, i) => {
      const made = element("td", { class: classOf(i + 1) }, text);
      if (i + 1 === FLAGS_COLUMN)
        made.replaceChildren(visualOnly(text), element("span", { class: "visually-hidden" }, flagNames(packet.flags)));
      return made;
    });
    const row = element("tr", { class: role === undefined ? "packet" : "packet evidence" }, head, ...cells);
    row.addEventListener("click", (event) => {
      // A click selects text, too; only one without a selection opens.
      if (event.target !== opener && !opener.contains(event.target as Node) && getSelection()?.isCollapsed === false) return;
      this.#toggle(row, opener, packet, content);
    });
    return row;
  }

  #toggle(row: HTMLTableRowElement, opener: HTMLButtonElement, packet: PacketRow, content: PacketTableContent): void {
    const isOpen = opener.getAttribute("aria-expanded") === "true";
    opener.setAttribute("aria-expanded", String(!isOpen));
    opener.firstElementChild?.classList.toggle("codicon-chevron-right", isOpen);
    opener.firstElementChild?.classList.toggle("codicon-chevron-down", !isOpen);
    if (isOpen) {
      row.nextElementSibling?.remove();
      return;
    }
    row.after(this.#detailsOf(packet, content, row.cells.length));
  }

  /** The whole row of the file below its packet. */
  #detailsOf(packet: PacketRow, { canOpenRow }: PacketTableContent, columns: number): HTMLTableRowElement {
    const message = element("p", { class: "muted", role: "status" });
    const fields = element("div", { class: "fields" });
    const place = element("span", { class: "muted" });
    const reason = cannotOpenText(canOpenRow);
    const report = (work: Promise<void>, done: string): void => {
      work.then(
        () => (message.textContent = done),
        (error: unknown) => (message.textContent = error instanceof Error ? error.message : String(error)),
      );
    };
    const open = element("vscode-button", { class: "open-row" }, l10n.t("Go to Row"));
    open.disabled = reason !== null;
    open.addEventListener("click", () => report(this.#host.openRow(packet.place), ""));
    const copy = element("vscode-button", { class: "copy-frame", secondary: true }, l10n.t("Copy Wireshark Filter"));
    const { frame } = packet;
    copy.disabled = frame === null;
    if (frame !== null) copy.addEventListener("click", () => report(this.#host.copyFilter(frame), l10n.t("Copied.")));
    const why = [reason, frame === null ? l10n.t("The file has no frame numbers to filter by.") : null].filter((text) => text !== null);
    const actions = element(
      "div",
      { class: "row-actions" },
      open,
      copy,
      place,
      ...why.map((text) => element("span", { class: "muted" }, text)),
    );
    message.textContent = l10n.t("Reading the row…");
    this.#host.getRow(packet.place).then(
      (cells) => {
        message.textContent = "";
        place.textContent = l10n.t("Line {0}, byte {1}", formatCount(cells.line), formatCount(cells.byteOffset));
        fields.replaceChildren(fieldList(cells));
      },
      (error: unknown) => (message.textContent = error instanceof Error ? error.message : String(error)),
    );
    const cell = element("td", { colspan: String(columns) }, element("div", { class: "row-box" }, actions, message, fields));
    return element("tr", { class: "row-details" }, cell);
  }

  #openers(): HTMLElement[] {
    return [...this.#table.querySelectorAll<HTMLElement>(".opener")];
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof HTMLElement)) return;
    const openers = this.#openers();
    const at = openers.indexOf(event.target);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: openers.length - 1 }[event.key];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    openers[Math.max(0, Math.min(next, openers.length - 1))]?.focus();
  }
}

const classOf = (column: number): string | undefined =>
  column === FLAGS_COLUMN ? "flags" : PACKET_NUMBERS.includes(column) ? (column === 0 ? "frame" : "number") : undefined;

const visualOnly = (text: string): HTMLElement => element("span", { "aria-hidden": "true" }, text);

/** Fields with their values; those the packet does not have come last, as one line. */
function fieldList({ names, cells }: CsvRow): HTMLElement {
  const list = element("dl", { class: "field-list" });
  const empty: string[] = [];
  const count = Math.max(names.length, cells.length);
  for (let i = 0; i < count; i++) {
    const name = cleanText(names[i] ?? l10n.t("(column {0})", String(i + 1)), 80);
    const value = cells[i] ?? "";
    if (value === "") empty.push(name);
    else list.append(element("div", {}, element("dt", {}, name), element("dd", {}, cleanText(value, MAX_ROW_CELL))));
  }
  if (empty.length > 0)
    list.append(element("div", { class: "empty-fields" }, element("dt", {}, l10n.t("Empty")), element("dd", {}, empty.join(", "))));
  return list;
}

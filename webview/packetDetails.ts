/** The whole row of the file that a packet is, field by field, in a pane below its table. */
import "@vscode-elements/elements/dist/vscode-button/index.js";
import { formatCount } from "../src/shared/format";
import type { CsvRow } from "../src/shared/model";
import type { PacketRow } from "../src/shared/packets";
import type { CanOpenRow } from "../src/shared/panelProtocol";
import { element, icon } from "./dom";
import * as l10n from "./l10n";
import { cannotOpenText, MAX_ROW_CELL, packetName } from "./packetText";
import { expectAnswer, type HostConnection, messageOf } from "./requests";
import { cleanText } from "./timelineText";

/** See the file header. */
export class PacketDetails {
  readonly element = element("section", { id: "packet-details", class: "packet-details", hidden: true });
  readonly #connection: HostConnection;
  readonly #onClose: () => void;
  /** PacketRow.place of the packet shown. */
  #place: number | undefined;

  constructor(connection: HostConnection, onClose: () => void) {
    this.#connection = connection;
    this.#onClose = onClose;
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.#onClose();
    });
  }

  /** PacketRow.place of the packet shown; undefined for none. */
  get place(): number | undefined {
    return this.#place;
  }

  close(): void {
    this.#place = undefined;
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  show(packet: PacketRow, canOpenRow: CanOpenRow): void {
    this.#place = packet.place;
    const message = element("p", { class: "muted", role: "status" }, l10n.t("Reading the row…"));
    const fields = element("div", { class: "fields", role: "group", tabindex: "0" }); // scrolls
    const where = element("span", { class: "muted" });
    const fail = (error: unknown): void => void (message.textContent = messageOf(error));
    const reason = cannotOpenText(canOpenRow);
    const open = element("vscode-button", { class: "open-row" }, l10n.t("Go to Row"));
    open.disabled = reason !== null;
    open.addEventListener("click", () => {
      this.#connection.ask({ type: "row/open", place: packet.place }).then(() => (message.textContent = ""), fail);
    });
    const close = element("button", { type: "button", class: "icon-button", "aria-label": l10n.t("Close the packet") }, icon("close"));
    close.addEventListener("click", () => this.#onClose());
    const name = packetName(packet);
    const actions = element("div", { class: "row-actions" }, element("h2", {}, name), open, where);
    if (reason !== null) actions.append(element("span", { class: "muted" }, reason));
    actions.append(close);
    fields.setAttribute("aria-label", l10n.t("{0}, field by field", name));
    this.element.setAttribute("aria-label", l10n.t("{0}, field by field", name));
    this.element.replaceChildren(actions, message, fields);
    this.element.hidden = false;
    this.#connection.ask({ type: "row/get", place: packet.place }).then((answer) => {
      const { row } = expectAnswer(answer, "row/data");
      message.textContent = "";
      where.textContent = l10n.t("Line {0}, byte {1}", formatCount(row.line), formatCount(row.byteOffset));
      fields.replaceChildren(fieldList(row));
    }, fail);
  }
}

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

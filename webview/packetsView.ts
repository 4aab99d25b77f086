/** The tab "Packets": those of the number shown, or all, within what the user looks at of the capture. */
import type { CaptureSummary } from "../src/shared/model";
import type { PacketColumn } from "../src/shared/packets";
import type { CanOpenRow, PacketScope } from "../src/shared/panelProtocol";
import { Choice } from "./choice";
import { element } from "./dom";
import * as l10n from "./l10n";
import { PacketTable } from "./packetTable";
import type { ViewContext } from "./timelineView";

/** See the file header. */
export class PacketsView {
  readonly element: HTMLElement;
  readonly #context: ViewContext;
  readonly #scope: Choice;
  readonly #table: PacketTable;
  readonly #controls = element("div", { class: "controls", role: "group" });
  #shown: { readonly summary: CaptureSummary; readonly canOpenRow: CanOpenRow } | undefined;

  constructor(context: ViewContext, columns: readonly PacketColumn[]) {
    this.#context = context;
    const { connection, store } = context;
    this.#scope = new Choice({
      id: "packets-scope-select",
      label: l10n.t("Packets of"),
      onChange: (value) => {
        store.update({ packetScope: value === "all" ? "all" : "number" });
        this.#reload();
      },
    });
    this.#table = new PacketTable({
      connection,
      columns,
      label: l10n.t("Packets"),
      onSort: (packetSort) => store.update({ packetSort }),
    });
    this.#controls.setAttribute("aria-label", l10n.t("Which packets are listed"));
    this.#controls.append(this.#scope.element);
    const heading = element("h1", { class: "visually-hidden" }, l10n.t("Packets"));
    this.element = element("div", { id: "packets-view", class: "view" }, heading, this.#controls, this.#table.element);
  }

  /** Lists the packets anew. */
  async load(summary: CaptureSummary, canOpenRow: CanOpenRow): Promise<void> {
    this.#shown = { summary, canOpenRow };
    const { seq, packetScope, packetSort } = this.#context.store.state;
    this.#scope.set(
      [
        { value: "number" satisfies PacketScope, label: seq === null ? l10n.t("This number") : l10n.t("Number {0}", String(seq)) },
        { value: "all" satisfies PacketScope, label: l10n.t("All numbers") },
      ],
      packetScope,
    );
    const nothing =
      packetScope === "number"
        ? l10n.t("No packet has this number here. Choose all numbers, or take the filter or the range of time away.")
        : l10n.t("There are no packets here. Take the filter or the range of time away.");
    await this.#table.show({ summary, canOpenRow, nothing }, packetScope === "all" ? null : seq, packetSort);
  }

  /** Asks for the packets that are seen once more: their labels are known now. */
  refresh(): void {
    this.#table.refresh();
  }

  #reload(): void {
    if (this.#shown) this.#context.track(this.load(this.#shown.summary, this.#shown.canOpenRow));
  }
}

/** What the panel shows, kept by the editor while the page is hidden and across a window reload. */
import { parseFindingState, parsePanelState, type FindingState, type PanelReply, type PanelState } from "../src/shared/panelProtocol";

type Init = Extract<PanelReply, { type: "panel/init" }>;

/** The state to begin with: the kept one if it is of this capture, else the settings; what to show is always the host's word. */
export function makeState(kept: unknown, init: Init): PanelState {
  const earlier = parsePanelState(kept);
  const fresh: PanelState = {
    version: 2,
    key: init.key,
    name: init.name,
    view: init.target.view,
    seq: init.target.seq,
    bucketSeconds: init.settings.bucketSeconds,
    scale: "linear",
    clock: init.settings.clock,
    // Relative numbers crowd at the low end: bins of equal width would put nearly all packets into the first.
    bins: "log",
    measure: "packets",
    distributionScale: "linear",
    packetScope: "number",
    packetSort: null,
    compared: init.target.compared ?? [],
    hidden: [],
    styles: [],
    split: null,
    hasBackdrop: false,
    marksBursts: true,
    range: null,
  };
  if (earlier?.key !== init.key) return fresh;
  const { name, view, seq, compared } = fresh;
  return { ...earlier, name, view, seq, compared, split: compared.length > 0 ? null : earlier.split };
}

type FindingInit = Extract<PanelReply, { type: "finding/init" }>;

/** Likewise for a finding's page. */
export function makeFindingState(kept: unknown, { key, name, finding, title }: FindingInit): FindingState {
  const earlier = parseFindingState(kept);
  const isSame = earlier?.key === key && earlier.finding === finding;
  const fresh = { stream: null, direction: null, range: "all", packetSort: null } as const;
  const { stream, direction, range, packetSort } = isSame ? earlier : fresh;
  return { version: 1, kind: "finding", key, name, finding, title, stream, direction, range, packetSort };
}

/** Holds the state and hands every change to the editor. */
export class PanelStore<T extends PanelState | FindingState = PanelState> {
  #state: T;

  constructor(
    readonly api: { setState(state: T): void },
    state: T,
  ) {
    this.#state = state;
    api.setState(state);
  }

  get state(): T {
    return this.#state;
  }

  update(change: Partial<T>): void {
    this.#state = { ...this.#state, ...change };
    this.api.setState(this.#state);
  }
}

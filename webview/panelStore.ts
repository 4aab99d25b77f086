/** What the panel shows, kept by the editor while the page is hidden and across a window reload. */
import { parsePanelState, type PanelReply, type PanelState } from "../src/shared/panelProtocol";
import type { WebviewApi } from "./requests";

type Init = Extract<PanelReply, { type: "panel/init" }>;

/** The state to begin with: the kept one if it is of this capture, else the settings; what to show is always the host's word. */
export function makeState(kept: unknown, init: Init): PanelState {
  const earlier = parsePanelState(kept);
  const fresh: PanelState = {
    version: 1,
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
  };
  return earlier?.key === init.key ? { ...earlier, name: init.name, view: init.target.view, seq: init.target.seq } : fresh;
}

/** Holds the state and hands every change to the editor. */
export class PanelStore {
  #state: PanelState;

  constructor(
    readonly api: Pick<WebviewApi, "setState">,
    state: PanelState,
  ) {
    this.#state = state;
    api.setState(state);
  }

  get state(): PanelState {
    return this.#state;
  }

  update(change: Partial<PanelState>): void {
    this.#state = { ...this.#state, ...change };
    this.api.setState(this.#state);
  }
}

/** What the user looks at of the capture, as the page knows it: set here and told to the host, or set elsewhere and told by it. */
import { NO_FOCUS, sameFocus, type Focus, type TimeSpan } from "../src/shared/selection";
import type { HostConnection } from "./requests";

/** See the file header. */
export class PanelFocus {
  readonly #connection: Pick<HostConnection, "ask">;
  readonly #onChange: () => void;
  #current: Focus = NO_FOCUS;
  /** How many changes of here the host has not answered; news that come meanwhile may speak of what was set before. */
  #pending = 0;
  /** The host's last word. */
  #held: Focus = NO_FOCUS;

  /** `onChange`: to be shown anew, whoever set the focus. Called for what was set here when the host has answered, also when it refused. */
  constructor(connection: Pick<HostConnection, "ask">, onChange: () => void) {
    this.#connection = connection;
    this.#onChange = onChange;
  }

  get current(): Focus {
    return this.#current;
  }

  /** The host's word as the capture is opened. */
  opened(focus: Focus): void {
    this.#current = this.#held = focus;
  }

  /** The host's news. */
  changed(focus: Focus): void {
    if (sameFocus(this.#held, focus)) return;
    this.#held = focus;
    if (this.#pending === 0) this.#settle();
  }

  /** Sets the range, also for all other views of the capture; null for all of the time. Rejects with RequestError. */
  setRange(range: TimeSpan | null): Promise<void> {
    return this.set({ ...this.#current, range });
  }

  /** Sets all of it. Rejects with RequestError when the host does not take it; then all stays as it was. */
  async set(focus: Focus): Promise<void> {
    this.#current = focus;
    this.#pending++;
    try {
      await this.#connection.ask({ type: "focus/set", focus });
    } finally {
      // The host's news of it came before its answer.
      if (--this.#pending === 0) this.#settle();
    }
  }

  #settle(): void {
    this.#current = this.#held;
    this.#onChange();
  }
}

/** What the user looks at of the capture, as the page knows it: set here and told to the host, or set elsewhere and told by it. */
import { NO_FOCUS, sameFocus, type Focus, type TimeSpan } from "../src/shared/selection";
import type { HostConnection } from "./requests";

/** See the file header. */
export class PanelFocus {
  readonly #connection: Pick<HostConnection, "ask">;
  readonly #onChange: () => void;
  #current: Focus = NO_FOCUS;
  /** What was set here and is not yet confirmed; news that come meanwhile may speak of what was set before. */
  #pending = 0;
  #news: Focus | undefined;

  /** `onChange`: another focus than the page knew. */
  constructor(connection: Pick<HostConnection, "ask">, onChange: () => void) {
    this.#connection = connection;
    this.#onChange = onChange;
  }

  get current(): Focus {
    return this.#current;
  }

  /** The host's word as the capture is opened. */
  opened(focus: Focus): void {
    this.#current = focus;
  }

  /** The host's news. */
  changed(focus: Focus): void {
    if (this.#pending > 0) {
      this.#news = focus;
      return;
    }
    if (sameFocus(this.#current, focus)) return;
    this.#current = focus;
    this.#onChange();
  }

  /** Sets the range, also for all other views of the capture; null for all of the time. Rejects with RequestError. */
  setRange(range: TimeSpan | null): Promise<void> {
    return this.set({ ...this.#current, range });
  }

  /** Sets all of it. Calls no `onChange`: who sets it knows. */
  async set(focus: Focus): Promise<void> {
    this.#current = focus;
    this.#pending++;
    try {
      await this.#connection.ask({ type: "focus/set", focus });
    } finally {
      const news = this.#news;
      if (--this.#pending === 0 && news) {
        this.#news = undefined;
        this.changed(news);
      }
    }
  }
}

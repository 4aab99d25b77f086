/** What a focus lets through of the packets that a graph shows; the graph itself stays whole. */
import type { GraphFocus } from "../shared/findingGraph";
import { isNoFocus, type Focus } from "../shared/selection";
import type { RowBits } from "./rowBits";

/** A focus and its rows; undefined for all. */
export interface FocusedRows {
  readonly focus: Focus;
  readonly bits: RowBits;
}

/** With more points in focus than this share of those drawn they need no place of their own. */
const KEPT_SHARE = 0.5;

/** The rows of a focus; undefined for one that lets all through. Throws as `bitsOf`. */
export function focusedRows(focus: Focus, bitsOf: (focus: Focus) => RowBits | undefined): FocusedRows | undefined {
  const bits = isNoFocus(focus) ? undefined : bitsOf(focus);
  return bits && { focus, bits };
}

/** See the file header. One per graph, for rows in the order of its points. */
export class PointFocus {
  readonly #rows: ArrayLike<number>;
  readonly #focused: FocusedRows | undefined;
  readonly #passing: number;

  constructor(rows: ArrayLike<number>, focused: FocusedRows | undefined) {
    this.#rows = rows;
    this.#focused = focused;
    let passing = 0;
    if (focused) for (let i = 0; i < rows.length; i++) if (focused.bits.has(rows[i])) passing++;
    this.#passing = passing;
  }

  /** Whether thinning out at `limit` must not take a point: few that pass would be lost among the others. */
  keeps(limit: number): (i: number) => boolean {
    const bits = this.#passing <= KEPT_SHARE * limit ? this.#focused?.bits : undefined;
    return (i) => bits?.has(this.#rows[i]) ?? false;
  }

  /** What is said of the chosen points; undefined when all pass. */
  of(chosen: ArrayLike<number>): { readonly focused: GraphFocus } | undefined {
    if (!this.#focused) return undefined;
    const { focus, bits } = this.#focused;
    const isOutside = Uint8Array.from(chosen, (i) => (bits.has(this.#rows[i]) ? 0 : 1));
    return { focused: { focus, passing: this.#passing, packets: this.#rows.length, isOutside } };
  }
}

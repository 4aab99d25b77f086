/** Counts and the timeline for parsers that only deliver rows of text: what remains to be done by whoever uses one. */
import { TOP, fillMinutes, type Answer } from "../answer";

interface Minute {
  count: number;
  alert: string | null;
  alertAt: number;
  protocols: string | null;
  protocolsAt: number;
}

/** Indices of the columns that the query needs, by the header's names. */
export function findColumns(header: readonly string[]): readonly [seq: number, time: number, protocols: number, alert: number] {
  const of = (name: string): number => header.indexOf(name);
  return [of("tcp.seq"), of("frame.time"), of("frame.protocols"), of("alert")];
}

/** Takes rows in the file's order. */
export class Tally {
  readonly #counts = new Map<number, number>();
  // One entry a row: the timeline is that of a number which is known only at the end.
  readonly #seq: number[] = [];
  readonly #minute: number[] = [];
  readonly #second: number[] = [];
  readonly #protocols: number[] = [];
  readonly #alert: number[] = [];
  readonly #texts = new Map<string, number>();
  readonly #minutes = new Map<string, number>();

  /** `time` looks like "Jun  4, 2023 12:32:40.564708000 EDT". Rows without a number, such as a repeated header, are left out. */
  add(cell: string, time: string, protocols: string, alert: string): void {
    const seq = cell === "" ? NaN : Number(cell);
    if (Number.isNaN(seq)) return;
    this.#counts.set(seq, (this.#counts.get(seq) ?? 0) + 1);
    this.#seq.push(seq);
    const colon = time.lastIndexOf(":");
    this.#minute.push(codeOf(this.#minutes, time.slice(0, colon)));
    this.#second.push(Number(time.slice(colon + 1, time.indexOf(" ", colon))));
    this.#protocols.push(codeOf(this.#texts, protocols));
    this.#alert.push(codeOf(this.#texts, alert));
  }

  answer(): Answer {
    // Sorting is stable, so equal counts stay in the order in which their numbers came.
    const top = [...this.#counts]
      .sort((a, b) => b[1] - a[1])
      .slice(0, TOP)
      .map(([seq, count]) => ({ seq, count }));
    return { rowsTcp: this.#seq.length, distinct: this.#counts.size, top, buckets: fillMinutes(this.#timeline(top[0].seq)) };
  }

  #timeline(seq: number): Parameters<typeof fillMinutes>[0] {
    const texts = [...this.#texts.keys()];
    const minutes = new Map<number, Minute>();
    for (let row = 0; row < this.#seq.length; row++) {
      if (this.#seq[row] !== seq) continue;
      let minute = minutes.get(this.#minute[row]);
      if (!minute) minutes.set(this.#minute[row], (minute = { count: 0, alert: null, alertAt: -1, protocols: null, protocolsAt: -1 }));
      minute.count++;
      const second = this.#second[row];
      const alert = texts[this.#alert[row]];
      const protocols = texts[this.#protocols[row]];
      if (alert !== "" && second >= minute.alertAt) [minute.alert, minute.alertAt] = [alert, second];
      if (protocols !== "" && second >= minute.protocolsAt) [minute.protocols, minute.protocolsAt] = [protocols, second];
    }
    const starts = [...this.#minutes.keys()].map((text) => Date.parse(`${text} UTC`) / 1000);
    return [...minutes].map(([code, { count, alert, protocols }]) => ({ startSec: starts[code], count, alert, protocols }));
  }
}

function codeOf(codes: Map<string, number>, text: string): number {
  let code = codes.get(text);
  if (code === undefined) codes.set(text, (code = codes.size));
  return code;
}

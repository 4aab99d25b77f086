/** What the tables of packets ask, in pages of either kind, answered from the capture. Knows no vscode. */
import { assertNever } from "../shared/errors";
import { frameFilters } from "../shared/frameRanges";
import type { CaptureSummary } from "../shared/model";
import type { PacketColumn, PacketRow, PacketsQuery } from "../shared/packets";
import { packetsCsv } from "../shared/packetsCsv";
import {
  MAX_EDITOR_BYTES,
  MAX_PACKETS_COPIED,
  MAX_PACKETS_PER_PAGE,
  type CanOpenRow,
  type ListedPackets,
  type PacketRequest,
  type PanelAnswer,
} from "../shared/panelProtocol";
import type { Focus } from "../shared/selection";
import type { Capture } from "../worker/client";
import { frameFilter } from "./findingFilter";

/** Which columns the user has chosen, in all tables. */
export interface ChosenColumns {
  get(): readonly PacketColumn[];
  set(columns: readonly PacketColumn[]): Promise<void>;
}

/** What answering needs around it. */
export interface PacketAnswersOptions {
  /** Throws AnalysisError when the capture is closed. */
  readonly capture: () => Capture;
  /** Finding.id whose packets are listed; null for those of numbers. */
  readonly finding: string | null;
  /** What the user looks at of the capture. */
  readonly readFocus: () => Focus;
  readonly columns: ChosenColumns;
  /** Shows a line of the capture's file in the editor. */
  readonly openLine: (line: number) => Promise<void>;
  readonly copy: (text: string) => Promise<void>;
}

/** See the file header. */
export class PacketAnswers {
  readonly #options: PacketAnswersOptions;

  constructor(options: PacketAnswersOptions) {
    this.#options = options;
  }

  get columns(): readonly PacketColumn[] {
    return this.#options.columns.get();
  }

  /** Rejects with AnalysisError. */
  async answer(request: PacketRequest): Promise<PanelAnswer> {
    const { id } = request;
    const { capture, columns, openLine } = this.#options;
    switch (request.type) {
      case "packets/get": {
        const { list, from, count, showing } = request;
        return { type: "packets/data", id, page: await capture().getPackets({ ...this.#query(list), from, count, showing }) };
      }
      case "packets/copy":
        return { type: "packets/copied", id, ...(await this.#copy(request)) };
      case "columns/changed":
        await columns.set(request.columns);
        return { type: "request/done", id };
      case "row/get":
        return { type: "row/data", id, row: await capture().getRow(request.place) };
      case "row/open":
        await openLine((await capture().getRow(request.place)).line);
        return { type: "request/done", id };
      default:
        return assertNever(request);
    }
  }

  #query({ seq, sort }: ListedPackets): Pick<PacketsQuery, "selection" | "sort"> {
    const { finding, readFocus } = this.#options;
    const { filter, range } = readFocus();
    return { selection: { seq, finding, filter, range }, sort };
  }

  /** Puts as many as may be copied on the clipboard, and nothing where none can be. */
  async #copy({
    list,
    from,
    count,
    format,
    columns,
  }: PacketRequest & { type: "packets/copy" }): Promise<{ copied: number; asked: number }> {
    const capture = this.#options.capture();
    const query = this.#query(list);
    const packets: PacketRow[] = [];
    let asked = count;
    for (let end = Math.min(count, MAX_PACKETS_COPIED); packets.length < end;) {
      const size = Math.min(MAX_PACKETS_PER_PAGE, end - packets.length);
      const page = await capture.getPackets({ ...query, from: from + packets.length, count: size, showing: null });
      asked = Math.min(count, Math.max(0, page.total - from));
      end = Math.min(end, asked);
      packets.push(...page.packets.slice(0, end - packets.length));
      if (page.packets.length === 0) break;
    }
    const { text, copied } =
      format === "csv" ? { text: packetsCsv(packets, columns, capture.summary.time), copied: packets.length } : filterOf(packets);
    if (copied > 0) await this.#options.copy(text);
    return { copied, asked };
  }
}

/** A filter for exactly these packets, as far as they have frame numbers and a command line takes it. */
function filterOf(packets: readonly PacketRow[]): { text: string; copied: number } {
  const frames = packets.map(({ frame }) => frame).filter((frame) => frame !== null);
  const distinct = Uint32Array.from(new Set(frames)).sort();
  const text = distinct.length === 1 ? frameFilter(distinct[0]) : frameFilters(distinct, null)[0];
  if (text === undefined) return { text: "", copied: 0 };
  if (typeof text === "string") return { text, copied: frames.length };
  const last = distinct[text.frames - 1];
  return { text: text.filter, copied: frames.filter((frame) => frame <= last).length };
}

/** Whether the editor takes the file. */
export function canOpen({ bytes, compression }: CaptureSummary): CanOpenRow {
  if (compression !== null) return "compressed";
  return bytes > MAX_EDITOR_BYTES ? "tooLarge" : "yes";
}

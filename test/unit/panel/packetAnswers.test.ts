import assert from "node:assert/strict";
import { PacketAnswers } from "../../../src/panel/packetAnswers";
import { DEFAULT_PACKET_COLUMNS, type PacketColumn, type PacketRow, type PacketsQuery } from "../../../src/shared/packets";
import { MAX_PACKETS_COPIED, MAX_PACKETS_PER_PAGE } from "../../../src/shared/panelProtocol";
import { NO_FOCUS, type Focus } from "../../../src/shared/selection";
import type { Capture } from "../../../src/worker/client";
import { makePacket } from "../webview/findings";
import { makeSummary } from "../webview/samples";

const RANGE = { clock: "capture", fromSec: 0, toSec: 60 } as const;
const list = { seq: 7, sort: { column: "len", isDescending: true } } as const;

function start({ total = 3, packetAt = (i) => makePacket({ frame: i + 1 }), finding = null, focus = NO_FOCUS }: Partial<Options> = {}) {
  const asked: PacketsQuery[] = [];
  const copied: string[] = [];
  const lines: number[] = [];
  let columns: readonly PacketColumn[] = DEFAULT_PACKET_COLUMNS;
  const capture: Partial<Capture> = {
    summary: makeSummary(),
    getPackets: (query) => {
      asked.push(query);
      const length = Math.max(0, Math.min(query.count, total - query.from));
      return Promise.resolve({ total, from: query.from, packets: Array.from({ length }, (_, i) => packetAt(query.from + i)), shown: null });
    },
    getRow: (place) => Promise.resolve({ names: ["tcp.seq"], cells: ["7"], byteOffset: 9, line: place + 2 }),
  };
  const answers = new PacketAnswers({
    capture: () => capture as Capture,
    finding,
    readFocus: () => focus,
    columns: {
      get: () => columns,
      set: (next) => {
        columns = next;
        return Promise.resolve();
      },
    },
    openLine: (line) => {
      lines.push(line);
      return Promise.resolve();
    },
    copy: (text) => {
      copied.push(text);
      return Promise.resolve();
    },
  });
  return { answers, asked, copied, lines };
}

interface Options {
  total: number;
  packetAt: (i: number) => PacketRow;
  finding: string | null;
  focus: Focus;
}

describe("PacketAnswers", () => {
  it("asks for packets of the page's own finding, within what the user looks at", async () => {
    const { answers, asked } = start({ finding: "a/b", focus: { filter: "tcp.len > 0", range: RANGE } });
    await answers.answer({ type: "packets/get", id: 1, list, from: 5, count: 10, showing: 20 });
    const selection = { seq: 7, finding: "a/b", filter: "tcp.len > 0", range: RANGE };
    assert.deepEqual(asked, [{ selection, sort: list.sort, from: 5, count: 10, showing: 20 }]);
  });

  it("copies packets as CSV, with the columns shown, and no cell that a spreadsheet runs", async () => {
    const { answers, copied } = start({ packetAt: (i) => makePacket({ frame: i + 1, label: "=1+1", protocols: 'a"b,c' }) });
    const columns = ["frame", "time", "flags", "analysis", "protocols", "label"] as const;
    const reply = await answers.answer({ type: "packets/copy", id: 1, list, from: 1, count: 1, format: "csv", columns });
    assert.deepEqual(reply, { type: "packets/copied", id: 1, copied: 1, asked: 1 });
    assert.deepEqual(copied, [
      "frame,time,flags,analysis,protocols,label\r\n" +
        `2,2023-06-04T11:23:33.466544000,0x018,retransmission spurious_retransmission,"a""b,c",'=1+1\r\n`,
    ]);
  });

  const copyFilter = { type: "packets/copy", id: 1, list, from: 0, format: "filter", columns: ["frame"] } as const;

  it("copies a filter for exactly the packets", async () => {
    const { answers, copied } = start({ packetAt: (i) => makePacket({ frame: [9, 3, 4][i] ?? 0 }) });
    await answers.answer({ ...copyFilter, count: 3 });
    await answers.answer({ ...copyFilter, count: 1 });
    assert.deepEqual(copied, ["frame.number in {3..4, 9}", "frame.number == 9"]);
  });

  it("says how many of the packets a filter is for, and copies none that is for nothing", async () => {
    const some = start({ packetAt: (i) => makePacket({ frame: i === 0 ? null : 5 }) });
    assert.deepEqual(await some.answers.answer({ ...copyFilter, count: 3 }), { type: "packets/copied", id: 1, copied: 2, asked: 3 });
    const none = start({ packetAt: () => makePacket({ frame: null }) });
    assert.deepEqual(await none.answers.answer({ ...copyFilter, count: 3 }), { type: "packets/copied", id: 1, copied: 0, asked: 3 });
    assert.deepEqual(none.copied, []);
    const long = start({ total: 20_000, packetAt: (i) => makePacket({ frame: 2 * i + 1 }) });
    const reply = await long.answers.answer({ ...copyFilter, count: 20_000 });
    const [filter = ""] = long.copied;
    assert.ok(filter.length <= 32_000);
    assert.equal(reply.type === "packets/copied" && reply.copied, filter.split(",").length);
  });

  it("copies what is there, page by page, and no more than anybody pastes", async () => {
    const few = start({ total: 3 });
    const csv = { ...copyFilter, format: "csv" } as const;
    assert.deepEqual(await few.answers.answer({ ...csv, from: 2, count: 100 }), { type: "packets/copied", id: 1, copied: 1, asked: 1 });
    assert.deepEqual(await few.answers.answer({ ...csv, from: 9, count: 100 }), { type: "packets/copied", id: 1, copied: 0, asked: 0 });
    const many = start({ total: 3_000_000 });
    const reply = await many.answers.answer({ ...csv, count: 2_000_000 });
    assert.deepEqual(reply, { type: "packets/copied", id: 1, copied: MAX_PACKETS_COPIED, asked: 2_000_000 });
    assert.equal(many.asked.length, MAX_PACKETS_COPIED / MAX_PACKETS_PER_PAGE);
    assert.equal(many.copied[0]?.split("\r\n").length, MAX_PACKETS_COPIED + 2);
  });

  it("reads a row, shows it in the editor, and remembers columns", async () => {
    const { answers, lines } = start();
    const reply = await answers.answer({ type: "row/get", id: 1, place: 5 });
    assert.equal(reply.type === "row/data" && reply.row.line, 7);
    await answers.answer({ type: "row/open", id: 2, place: 5 });
    assert.deepEqual(lines, [7]);
    await answers.answer({ type: "columns/changed", id: 3, columns: ["seq"] });
    assert.deepEqual(answers.columns, ["seq"]);
  });
});

import assert from "node:assert/strict";
import { PACKET_COLUMNS } from "../../../src/shared/packets";
import {
  cannotOpenText,
  cellText,
  columnHead,
  columnsOf,
  copiedText,
  flagLetters,
  flagNames,
  packetName,
  shownText,
} from "../../../webview/packetText";
import { makePacket } from "./findings";
import { makeTime } from "./samples";

describe("flags", () => {
  const cases: readonly (readonly [number | null, string, string])[] = [
    [0x18, "·······AP···", "PSH, ACK"],
    [0x12, "·······A··S·", "SYN, ACK"],
    [0, "············", "none"],
    [0xfff, "RRRNCEUAPRSF", "FIN, SYN, RST, PSH, ACK, URG, ECE, CWR, AE"],
    [null, "–", "unknown"],
  ];
  for (const [flags, letters, spoken] of cases) {
    it(`are ${letters}, spoken ${spoken}`, () => {
      assert.equal(flagLetters(flags), letters);
      assert.equal(flagNames(flags), spoken);
    });
  }
});

describe("the table of packets", () => {
  const capture = { time: makeTime(), labelField: "alert" };
  const cellsOf = (packet: ReturnType<typeof makePacket>): string[] => PACKET_COLUMNS.map((column) => cellText(packet, column, capture));

  it("has a head and a cell for every column", () => {
    assert.deepEqual(
      PACKET_COLUMNS.map((column) => columnHead(column, capture)),
      [
        "Row",
        "Frame",
        "Time (EDT)",
        "Source",
        "Destination",
        "Stream",
        "Flags",
        "Seq",
        "Ack",
        "Len",
        "Window",
        "Analysis",
        "Protocols",
        "alert",
      ],
    );
    assert.deepEqual(cellsOf(makePacket({ label: "benign" })), [
      ...["20", "20", "2023-06-04 11:23:33.466544000", "10.0.0.1:1000", "10.0.0.2:80", "3", "·······AP···", "361", "161", "120", "65536"],
      ...["retransmission, spurious retransmission", "eth:ethertype:ip:tcp", "benign"],
    ]);
  });

  it("has no column of labels where the file has none", () => {
    assert.deepEqual(columnsOf(capture), PACKET_COLUMNS);
    assert.ok(!columnsOf({ ...capture, labelField: null }).includes("label"));
  });

  it("has a dash for what the file does not say", () => {
    const empty = makePacket({
      frame: null,
      time: null,
      source: null,
      stream: null,
      flags: null,
      seq: null,
      analysis: [],
      protocols: null,
    });
    assert.deepEqual(cellsOf(empty), ["20", "–", "–", "–", "10.0.0.2:80", "–", "–", "–", "161", "120", "65536", "–", "–", "–"]);
  });

  it("shows no invisible characters of a capture, and no cell without end", () => {
    assert.equal(cellText(makePacket({ label: "a\u202eb" }), "label", capture), "a\ufffdb");
    assert.equal(cellText(makePacket({ protocols: "x".repeat(5000) }), "protocols", capture).length, 120);
  });

  it("calls packets by their frames, else by their rows", () => {
    assert.equal(packetName(makePacket()), "Frame 20");
    assert.equal(packetName(makePacket({ frame: null })), "Row 20");
  });

  it("says how many there are, and what became of copying them", () => {
    assert.equal(shownText(999, 1020, 3_000_000), "Packets 1,000 to 1,020 of 3,000,000");
    assert.equal(shownText(0, 0, 0), "No packets");
    assert.equal(copiedText("csv", 2000, 2000), "2,000 packets copied.");
    assert.match(copiedText("csv", 50_000, 60_000), /^The first 50,000 of 60,000 packets /);
    assert.match(copiedText("filter", 5, 6), /^5 of 6 packets are in the filter/);
    assert.match(copiedText("filter", 0, 6), /no frame numbers/);
  });

  it("says why the editor cannot show a row", () => {
    assert.equal(cannotOpenText("yes"), null);
    assert.match(cannotOpenText("compressed") ?? "", /compressed/);
    assert.match(cannotOpenText("tooLarge") ?? "", /50 MB/);
  });
});

import assert from "node:assert/strict";
import { formatMoment } from "../../../src/shared/format";
import { allCounts, analyzeText, problem, timelineOf } from "../../support/capture";

const HEADER = "frame.number,frame.time,frame.time_epoch,frame.time_relative,frame.protocols,ip.src,ip.dst,tcp.seq,tcp.stream,alert";

describe("analyze", () => {
  it("counts rows by fate, and the fates add up", async () => {
    const capture = await analyzeText(
      [
        "tcp.seq,tcp.ack,alert",
        "1,,benign",
        "1.0,,benign",
        ",,benign",
        "tcp.seq,tcp.ack,alert",
        "TCP.SEQ,tcp.ack,alert",
        "minus one,,x",
        "",
        "0,1,2,3,x",
        '"2",,x',
        "3",
        "  ",
        "4,,x",
      ].join("\n"),
    );
    const { rows } = capture.summary;
    assert.deepEqual(rows, {
      read: 10,
      tcp: 5,
      repeatedHeaders: 2,
      withoutSeq: 1,
      badSeq: 1,
      leftOut: 1,
      outsideRange: 0,
      badTime: null,
      extraCells: 1,
      missingCells: 1,
    });
    assert.deepEqual(allCounts(capture), [
      [1, 2],
      [2, 1],
      [3, 1],
      [4, 1],
    ]);
    assert.deepEqual(problem(capture, "badSeq"), { count: 1, lines: [7], byteOffsets: [97] });
    assert.deepEqual(problem(capture, "missingCells").lines, [11]);
  });

  it("puts ties in the order of their first appearance, and pages through all", async () => {
    const capture = await analyzeText("tcp.seq\n9\n5\n7\n5\n9\n1\n");
    assert.deepEqual(allCounts(capture), [
      [9, 2],
      [5, 2],
      [7, 1],
      [1, 1],
    ]);
    assert.deepEqual(
      capture.listSequences({ order: "count", from: 1, count: 2 }).map(({ seq }) => seq),
      [5, 7],
    );
    assert.deepEqual(
      capture.listSequences({ order: "number", from: 0, count: 9 }).map(({ seq }) => seq),
      [1, 5, 7, 9],
    );
    assert.deepEqual(capture.listSequences({ order: "number", from: 4, count: 9 }), []);
  });

  it("keeps the largest numbers apart", async () => {
    const capture = await analyzeText("tcp.seq\n4294967295\n4294967294\n4294967296\n2147483648\n");
    assert.deepEqual(allCounts(capture), [
      [4294967295, 1],
      [4294967294, 1],
      [2147483648, 1],
    ]);
    assert.equal(capture.summary.rows.badSeq, 1);
  });

  it("takes no property of an object for a zone", async () => {
    for (const name of ["constructor", "toString", "__proto__"]) {
      const capture = await analyzeText(`${HEADER}\n1,"Jun  4, 2023 21:53:33.5 ${name}",,,a,,,1,0,x\n`);
      assert.equal(capture.summary.time?.zone.offsetMinutes ?? null, null, name);
      structuredClone(capture.summary);
    }
  });

  it("reads seconds since 1970 in frame.time, and counts dates without seconds as imprecise", async () => {
    const capture = await analyzeText("frame.time,tcp.seq\n1685895813.466543000,1\n2023-06-04 16:24,1\n");
    assert.equal(formatMoment(capture.summary.time!.first), "2023-06-04T16:23:33.466543000");
    assert.equal(problem(capture, "lostPrecision").count, 1);
  });

  it("settles an ambiguous zone by the epoch", async () => {
    const capture = await analyzeText(`${HEADER}\n1,"Jun  4, 2023 21:53:33.5 IST",1685895813.5,0,a,,,1,0,x\n`);
    assert.deepEqual(capture.summary.time?.zone, { label: "IST", offsetMinutes: 330 });
    assert.equal(capture.summary.time?.isUtcKnown, true);
  });

  it("brings rows dated by the epoch or the start onto the capture's clock", async () => {
    const capture = await analyzeText(
      [
        HEADER,
        '1,"Jun  4, 2023 12:23:33.500000000 EDT",1685895813.500000000,10.250000000,a,,,1,0,x',
        "2, 2023 12:23:34.000000000 ,1685895814.000000001,10.75,b,,,1,0,y",
        "3,gone,,12.000000000,c,,,1,0,z",
        "4,gone,,,d,,,1,0,z",
      ].join("\n"),
    );
    const { time, rows } = capture.summary;
    assert.equal(formatMoment(time!.first), "2023-06-04T12:23:33.500000000");
    assert.equal(formatMoment(time!.last), "2023-06-04T12:23:35.250000000");
    assert.equal(time!.zone.label, "EDT");
    assert.equal(rows.badTime, 1);
    assert.equal(problem(capture, "timeFallback").count, 2);
    assert.deepEqual([...timelineOf(capture, 1, 1).counts], [1, 1, 1]);
  });

  it("knows a capture that only says how long after its start", async () => {
    const capture = await analyzeText("frame.time_relative,tcp.seq\n0.000000000,0\n61.500000000,0\n");
    assert.equal(capture.summary.time?.isRelative, true);
    assert.deepEqual(capture.summary.time?.zone, { label: null, offsetMinutes: null });
    assert.deepEqual([...timelineOf(capture, 0).counts], [1, 1]);
  });

  it("judges completeness by different frames", async () => {
    const capture = await analyzeText("frame.number,tcp.seq\n10,1\n11,1\n11,1\n19,\n");
    assert.deepEqual(capture.summary.completeness, { frames: 3, span: 10, share: 0.3 });
    const wide = await analyzeText("frame.number,tcp.seq\n1,1\n4000000000,1\n1,1\n");
    assert.deepEqual(wide.summary.completeness, { frames: 2, span: 4_000_000_000, share: 2 / 4_000_000_000 });
    assert.equal((await analyzeText("tcp.seq\n1\n")).summary.completeness, null);
  });

  it("describes a number: times, streams, labels", async () => {
    const capture = await analyzeText(
      [
        HEADER,
        '1,"Jun  4, 2023 12:23:33.5 EDT",,,a,,,7,0,bad',
        '2,"Jun  4, 2023 12:23:32.5 EDT",,,a,,,7,5.0,good',
        "3,,,,a,,,7,5,",
        "4,,,,a,,,8,5,",
      ].join("\n"),
    );
    const details = capture.describeSequence(7);
    assert.equal(details.count, 3);
    assert.equal(details.share, 0.75);
    assert.equal(formatMoment(details.first!), "2023-06-04T12:23:32.500000000");
    assert.equal(formatMoment(details.last!), "2023-06-04T12:23:33.500000000");
    assert.equal(details.streams, 2);
    assert.deepEqual(
      new Map(details.labels.map(({ label, count }) => [label, count])),
      new Map([
        ["bad", 1],
        ["good", 1],
        [null, 1],
      ]),
    );
    assert.equal(capture.describeSequence(99).count, 0);
  });

  it("names what a file lacks and the command that makes a better one", async () => {
    await assert.rejects(analyzeText("a,b,c\n1,2,3\n"), (error: { code: string; message: string; details: string[] }) => {
      assert.equal(error.code, "missingColumns");
      assert.deepEqual(error.details.slice(0, 2), ["test.csv", "tcp.seq, frame.time"]);
      assert.match(error.message, /tshark -r .* -e frame\.time .* -e tcp\.seq /);
      return true;
    });
    await assert.rejects(analyzeText(""), { code: "emptyFile" });
    await assert.rejects(analyzeText("\n\n"), { code: "emptyFile" });
    await assert.rejects(analyzeText("\ufeff"), { code: "emptyFile" });
    await assert.rejects(analyzeText("time,info,level\n1,GET /?Seq=1,x\n"), { code: "missingColumns" });
  });

  it("reads Wireshark's own export, and only what TCP's Info says", async () => {
    const capture = await analyzeText(
      [
        '"No.","Time","Source","Destination","Protocol","Length","Info"',
        '"1","0.000000","10.0.0.1","10.0.0.2","TCP","74","51234  >  443 [SYN] Seq=9 no"',
        '"2","0.000100","10.0.0.1","10.0.0.2","TCP","74","51234 → 443 [SYN] Seq=0 Win=64240 Len=0 MSS=1460"',
        '"3","0.000200","10.0.0.2","10.0.0.1","TCP","74","[TCP Retransmission] https(443) → 51234 [SYN, ACK] Seq=0 Ack=1 Win=65535 Len=0"',
        '"4","0.000300","10.0.0.1","10.0.0.2","HTTP","174","GET /?a → b [SYN] Seq=5 HTTP/1.1 "',
        '"5","60.000300","10.0.0.1","10.0.0.2","TCP","1514","51234 > 443 [ACK] Seq=1449 Ack=1 Win=65535 Len=1448 [TCP segment of a reassembled PDU]"',
        '"6","60.000400","10.0.0.1","10.0.0.2","TCP","54","40000 → 80 [<None>] Seq=1 Win=1024 Len=0"',
        '"7","60.000500","10.0.0.1","10.0.0.2","TCP","54","40000→80 [FIN, PSH, URG, Reserved] Seq=1 Win=1024 Len=0"',
      ].join("\n"),
    );
    assert.deepEqual(allCounts(capture), [
      [0, 2],
      [1, 2],
      [1449, 1],
    ]);
    assert.equal(capture.summary.rows.withoutSeq, 2);
    assert.equal(capture.summary.time?.isRelative, true);
  });

  it("leaves out a line that is too long to be a packet, and goes on", async () => {
    const capture = await analyzeText(`tcp.seq,alert\n1,a\n2,${"x".repeat(17 << 20)}\n3,c\n`);
    assert.deepEqual(allCounts(capture), [
      [1, 1],
      [3, 1],
    ]);
    assert.deepEqual(problem(capture, "leftOut").lines, [3]);
  });

  it("ignores the last cell of a line that breaks off", async () => {
    const cut = await analyzeText("frame.number,tcp.seq,alert\n1,1449,x\n2,14");
    assert.deepEqual(allCounts(cut), [[1449, 1]]);
    assert.equal(problem(cut, "cutOffLastLine").count, 1);
    const later = await analyzeText("frame.number,tcp.seq,tcp.len,alert\n1,1449,0,x\n2,1449,14");
    assert.deepEqual(allCounts(later), [[1449, 2]]);
    const quoted = await analyzeText('"frame.number","tcp.seq","alert"\n"1","1449","x"\n"2","1449","susp');
    assert.deepEqual(allCounts(quoted), [[1449, 2]]);
    assert.deepEqual(
      quoted
        .describeSequence(1449)
        .labels.map(({ label }) => label)
        .sort(),
      [null, "x"].sort(),
    );
    const whole = await analyzeText("frame.number,tcp.seq,alert\n1,1449,x");
    assert.equal(whole.summary.problems.length, 0);
  });
});

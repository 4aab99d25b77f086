import assert from "node:assert/strict";
import fc from "fast-check";
import type { CaptureStore } from "../../../../src/engine/captureStore";
import { CaptureFields } from "../../../../src/engine/filter/captureFields";
import { compileFilter } from "../../../../src/engine/filter/compile";
import { Pattern } from "../../../../src/engine/filter/pattern";
import { FilterError } from "../../../../src/engine/filter/problem";
import { isFilterText } from "../../../../src/shared/panelProtocol";
import { FILTER_MESSAGES } from "../../../../src/shared/filterMessages";
import { MAX_FILTER_LENGTH, type FilterProblem } from "../../../../src/shared/displayFilter";
import { MAX_FILTER_CHARS } from "../../../../src/shared/frameRanges";
import { MemorySource } from "../../../../src/engine/bytes";
import { readColumnTexts } from "../../../../src/engine/columnTexts";
import { encodeUtf8 } from "../../../../src/engine/utf8";
import { createReferenceReader } from "../../../../src/worker/referenceReader";
import { analyzeText } from "../../../support/capture";

const HEADER = "frame.number,frame.time,frame.protocols,ip.src,ip.dst,tcp.srcport,tcp.dstport,tcp.seq,tcp.flags,http.host,my column,alert";
const ROWS = [
  '1,"Jun  4, 2023 11:00:00.000000000 EDT",eth:ip:tcp,10.0.0.1,10.0.0.2,50000,80,0,0x002,,red,benign',
  '2,"Jun  4, 2023 11:01:00.500000000 EDT",eth:ip:tcp:http,10.0.0.1,10.0.0.2,50000,80,1,0x018,a.example,7,suspicious',
  '3,"Jun  4, 2023 11:02:00.000000000 EDT",eth:ip:tcp:http,10.0.0.2,10.0.0.1,80,50000,1,0x018,"b.example,a.example",0x08,benign',
  HEADER,
  "4,,eth:ip:udp:dns,10.0.0.3,192.168.0.1,,,,,,10.1.2.3,",
  '5,"Jun  4, 2023 11:03:00.000000000 EDT",eth:ip:tcp,10.0.0.3,10.0.0.1,81,82,4000000000,0x004,,Blue,suspicious',
];
const TEXT = `${HEADER}\n${ROWS.join("\n")}\n`;

async function open(text = TEXT): Promise<CaptureStore> {
  const capture = await analyzeText(text);
  const reader = { kind: "csv-parse", create: createReferenceReader } as const;
  capture.filters.means = {
    memoryLimitBytes: Infinity,
    pause: () => Promise.resolve(),
    readColumns: async (columns) => {
      const read = [];
      for (const column of columns)
        read.push(
          ...(await readColumnTexts(new MemorySource(encodeUtf8(text)), capture, [column], {
            reader,
            labelFields: ["alert"],
            now: () => 0,
          })),
        );
      return read;
    },
  };
  return capture;
}

describe("A display filter", function () {
  this.timeout(30_000);
  let capture: CaptureStore;
  before(async () => (capture = await open()));

  async function frames(filter: string): Promise<number[]> {
    const focus = { filter, range: null };
    await capture.prepare(focus);
    const bits = capture.bitsOf(focus);
    return [...capture.columns.frame.subarray(0, capture.columns.rows)].filter((_, row) => bits?.has(row) ?? true);
  }
  function problemOf(filter: string): FilterProblem {
    try {
      compileFilter(filter, capture.filters.fields, capture.columns);
    } catch (error) {
      if (error instanceof FilterError) return error.problem;
      throw error;
    }
    return assert.fail(`${filter} is valid`);
  }

  it("names columns that the file has by their own names, also such as are no fields", async () => {
    assert.deepEqual(await frames('alert == "suspicious"'), [2, 5]);
    assert.deepEqual(await frames("alert != suspicious"), [1, 3]);
    assert.deepEqual(await frames("!(alert == suspicious)"), [1, 3, 4]);
    assert.deepEqual(await frames("my_column == 7 || my_column == 8"), [2, 3]);
    assert.deepEqual(await frames("my_column == 10.1.0.0/16"), [4]);
    assert.deepEqual(await frames('my_column matches "^blue$"'), [5]);
    assert.deepEqual(await frames('my_column == "blue"'), []);
    assert.deepEqual(await frames("ALERT == suspicious"), [2, 5]);
  });

  it("takes each of several values of a cell", async () => {
    assert.deepEqual(await frames('http.host == "a.example"'), [2, 3]);
    assert.deepEqual(await frames('http.host != "a.example"'), []);
    assert.deepEqual(await frames('http.host !== "a.example"'), [3]);
  });

  it("never lets a header in the middle of a file through, nor what lies behind the last row", async () => {
    assert.deepEqual(await frames("!tcp"), [4]);
    assert.deepEqual(await frames("frame"), [1, 2, 3, 4, 5]);
    const bits = capture.bitsOf({ filter: "not arp", range: null })!;
    assert.equal(bits.count(), 5);
  });

  it("asks flags of tcp.flags, sets with and without commas, sides of any order, and comparisons in a row", async () => {
    assert.deepEqual(await frames("tcp.flags.syn == 1"), [1]);
    assert.deepEqual(await frames("tcp.flags.push == True"), [2, 3]);
    assert.deepEqual(await frames("tcp.port in {80 82}"), [1, 2, 3, 5]);
    assert.deepEqual(await frames("80 == tcp.dstport"), [1, 2]);
    assert.deepEqual(await frames("1 < frame.number <= 3"), [2, 3]);
    assert.deepEqual(await frames("tcp xor http"), [1, 5]);
    assert.deepEqual(await frames("tcp.seq > 2147483648"), [5]);
  });

  it("compares times on the capture's clock, and in zones where its own is known", async () => {
    assert.deepEqual(await frames('frame.time >= "2023-06-04 11:01:00.5"'), [2, 3, 5]);
    assert.deepEqual(await frames('frame.time < "2023-06-04 15:01:00Z"'), [1]);
    assert.deepEqual(await frames("frame.time_epoch == 1685890860.5"), [2]);
    assert.deepEqual(await frames('frame.time in {"2023-06-04 11:01".."2023-06-04 11:02"}'), [2, 3]);
    const other = await open(TEXT.replaceAll("EDT", "IST"));
    const focus = { filter: 'frame.time < "2023-06-04 15:01:00Z"', range: null };
    assert.throws(() => other.bitsOf(focus), { code: "badFilter" });
    assert.equal(other.bitsOf({ filter: 'frame.time < "2023-06-04 11:01:00"', range: null })!.count(), 1);
  });

  it("says what is wrong, and where", () => {
    const cases: [filter: string, marked: string, details?: readonly string[]][] = [
      ["tcp.port == 80 && foo", "foo", ["foo"]],
      ["tcp.window_size == 0", "tcp.window_size", ["tcp.window_size", "-e tcp.window_size"]],
      ["ipv6.addr == ::1", "ipv6.addr", ["ipv6.addr", "-e ipv6.src -e ipv6.dst"]],
      ["tcp.port == abc", "abc", ["abc"]],
      ["ip.src == 10.0.0.256", "10.0.0.256", ["10.0.0.256"]],
      ["ip.src == 10.0.0.1/33", "10.0.0.1/33", ["10.0.0.1/33"]],
      ['frame.time > "yesterday"', '"yesterday"', ["yesterday"]],
      ['http.host == "open', '"open', []],
      ["(tcp", "p", []],
      ["tcp.port ==", "=", []],
      ["tcp == 1", "tcp", ["tcp"]],
      ["tcp.port contains 8", "contains", ["contains", "tcp.port"]],
      ['http.host matches "(a"', '"(a"', ["(a"]],
      ['http.host matches "(?=a)"', '"(?=a)"', ["(?=a)"]],
      ['http.host matches "(a)\\\\1"', '"(a)\\\\1"', ["\\1"]],
      ["tcp.port in {}", "{}", []],
      ["tcp.port in {9..1}", "9..1", []],
      ["1 == 2", "1", ["1"]],
      ["rot13(http.host) == 1", "rot13", ["rot13"]],
      ["len(tcp.port) > 1", "tcp.port", ["len", "tcp.port"]],
      ["tcp tcp", "tcp", ["tcp"]],
      ["tcp § 1", "§", ["§"]],
    ];
    for (const [filter, marked, details] of cases) {
      const { span, message, details: said } = problemOf(filter);
      assert.equal(filter.slice(span.start, span.end), marked, filter);
      assert.ok((FILTER_MESSAGES as readonly string[]).includes(message), message);
      if (details) assert.deepEqual(said, details, filter);
    }
  });

  it("offers fields, operators, and values that the capture has", () => {
    const complete = (text: string): { texts: string[]; replaced: string } => {
      const at = text.indexOf("|");
      const plain = text.replace("|", "");
      const { span, items } = capture.filters.complete(plain, at);
      assert.ok(items.length <= 50);
      return { texts: items.map((item) => item.text), replaced: plain.slice(span.start, span.end) };
    };
    assert.equal(complete("tcp.fl|").texts[0], "tcp.flags");
    assert.equal(complete("tcp && ht|tp.ho == 1").replaced, "http.ho");
    assert.ok(complete("|").texts.includes("alert"));
    assert.ok(complete("tcp and |").texts.includes("ip.addr"));
    assert.deepEqual(complete("alert == |").texts, ['"benign"', '"suspicious"']);
    assert.deepEqual(complete('alert == "sus|').texts, ['"suspicious"']);
    assert.equal(complete('alert == "sus|').replaced, '"sus');
    assert.ok(complete("ip.src == 10|").texts.includes("10.0.0.1"));
    assert.ok(complete("ip.addr in {10.0.0.1, |").texts.includes("192.168.0.1"));
    assert.ok(complete("tcp.port |").texts.includes("=="));
    assert.ok(!complete("tcp.flags.syn |").texts.includes("contains"));
    assert.ok(complete('alert == "benign" |').texts.includes("&&"));
    assert.deepEqual(complete("nonsense == |").texts, []);
  });

  it("lists each field that it can be asked, and each of them can be", () => {
    const fields = new CaptureFields(capture).list();
    assert.ok(fields.length > 20);
    for (const { name } of fields) assert.doesNotThrow(() => compileFilter(name, capture.filters.fields, capture.columns), name);
  });

  it("gives up on what is too deep or too long, in words", () => {
    for (const deep of [
      "(".repeat(60_000),
      "!".repeat(60_000),
      "-".repeat(50_000),
      "{".repeat(50_000),
      "len(".repeat(15_000),
      `tcp.port${"+1".repeat(5000)} == 1`,
    ])
      assert.equal(problemOf(deep).message, "The filter is nested too deeply.");
    assert.equal(problemOf("a".repeat(MAX_FILTER_LENGTH + 1)).message, "The filter is too long.");
  });

  it("takes the longest filter that the extension makes itself", () => {
    const list = Array.from({ length: MAX_FILTER_CHARS / 4 }, (_, i) => 101 + (i % 899)).join(",");
    const filter = `frame.number in {${list}}`;
    assert.ok(filter.length >= MAX_FILTER_CHARS && isFilterText(filter));
    assert.doesNotThrow(() => compileFilter(filter, capture.filters.fields, capture.columns));
    assert.ok(isFilterText("a".repeat(MAX_FILTER_LENGTH)) && !isFilterText("a".repeat(MAX_FILTER_LENGTH + 1)));
  });

  it("has no slices of slices that grow without end", async () => {
    assert.deepEqual(await frames(`http.host${"[0:,0:]".repeat(100)} || frame.number == 1`), [1]);
    assert.deepEqual(await frames('http.host[0:,0:] == "a.examplea.example"'), [2, 3]);
  });

  it("takes thousands of conditions side by side", async () => {
    const many = Array.from({ length: 2500 }, (_, i) => `frame.number == ${String(i + 2)}`).join(" || ");
    assert.deepEqual(await frames(many), [2, 3, 4, 5]);
  });

  it("gives up on chains within brackets, as on any depth", () => {
    let deep = "tcp.seq";
    for (let i = 0; i < 10; i++) deep = `{${deep}${"+1".repeat(190)}}`;
    for (const filter of [`${deep} == 5`, `tcp.seq == ${deep}`, `frame.number in {${deep}}`, `len(${deep}) == 1`])
      assert.equal(problemOf(filter).message, "The filter is nested too deeply.");
    const slices = `http.host${"[0:1]".repeat(150)}`;
    assert.equal(problemOf(`lower(${slices})${"[0:1]".repeat(150)} == "a"`).message, "The filter is nested too deeply.");
    assert.doesNotThrow(() => compileFilter(`{tcp.seq${"+1".repeat(50)}}*2+{tcp.ack${"+1".repeat(50)}} == 5`.replace("tcp.ack", "tcp.port"), capture.filters.fields, capture.columns)); // prettier-ignore
  });

  it("throws nothing but problems, whatever the text", () => {
    const words = ["tcp", "tcp.port", "ip.src", "alert", "http.host", "frame.time", "==", "!=", "in", "{", "}", "(", ")", "!", "not", "&&", "or", "xor", "1", "10.0.0.1/8", '"a"', "..", ",", "[", "]", ":", "-", "&", "+", "contains", "matches", "len(", "any", "all", "'x'", '"', "\\", "0x", "::1"]; // prettier-ignore
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.array(fc.constantFrom(...words), { maxLength: 12 }).map((all) => all.join(" ")),
    );
    fc.assert(
      fc.property(texts, fc.nat(40), (text, position) => {
        assert.ok(capture.filters.complete(text, position).items.length <= 50);
        try {
          const { needs, run } = compileFilter(text, capture.filters.fields, capture.columns);
          if (needs.columns.size === 0 && !needs.labels) assert.ok(run().count() <= 5);
        } catch (error) {
          if (!(error instanceof FilterError)) throw error;
          const { span } = error.problem;
          assert.ok(span.start >= 0 && span.start <= span.end && span.end <= text.length, JSON.stringify(span));
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("A cell with very many values", function () {
  this.timeout(30_000);
  const list = (length: number): string => Array.from({ length }, (_, i) => String(i)).join(",");
  const count = async (values: number, filter: string): Promise<number> => {
    const header = "frame.number,frame.time,ip.src,ip.dst,tcp.seq,ip.id,ip.ttl,http.host,http.server";
    const time = '"Jun  4, 2023 11:00:00.000000000 EDT"';
    const cell = `"${list(values)}"`;
    const capture = await open(
      `${header}\n1,${time},10.0.0.1,10.0.0.2,5,1,1,a,a\n2,${time},10.0.0.1,10.0.0.2,5,${cell},${cell},${cell},${cell}\n`,
    );
    await capture.prepare({ filter, range: null });
    return capture.bitsOf({ filter, range: null })!.count();
  };

  it("has no sums where there would be too many, in little time", async () => {
    assert.equal(await count(8000, "ip.id + ip.ttl == -1"), 0);
    assert.equal(await count(8000, "ip.id + ip.ttl >= 0"), 1);
    assert.equal(await count(600, "ip.id + ip.id + ip.id == 5"), 0);
    assert.equal(await count(90, "ip.id + ip.ttl == 178"), 1);
  });

  it("passes no comparison with another that has many, too", async () => {
    assert.equal(await count(20_000, "ip.id == ip.ttl || ip.id > ip.ttl || http.host contains http.server && ip.id > 5"), 1);
    assert.equal(await count(100, "ip.id == ip.ttl && ip.id > ip.ttl"), 1);
    assert.equal(await count(100, "all ip.id == ip.ttl"), 1);
  });

  it("has a greatest and a least one", async () => {
    assert.equal(await count(200_000, "max(ip.id) == 199999 && min(ip.id) == 0"), 1);
  });
});

describe("A column whose name reads as a value", function () {
  this.timeout(30_000);
  it("does not take the place of the value", async () => {
    const header = "frame.number,frame.time,ip.src,tcp.seq,eth.src,http.host,http.referer,10.0.0.1,0.5,0011.2233.4455,evil.example";
    const time = '"Jun  4, 2023 11:00:00.000000000 EDT"';
    const capture = await open(
      `${header}\n1,${time},10.0.0.1,5,00:11:22:33:44:55,evil.example,a,9,9,a,b\n2,${time},10.0.0.2,0,00:11:22:33:44:56,b,b,10.0.0.2,9,b,b\n`,
    );
    const frames = async (filter: string): Promise<number[]> => {
      await capture.prepare({ filter, range: null });
      const bits = capture.bitsOf({ filter, range: null })!;
      return [1, 2].filter((_, row) => bits.has(row));
    };
    for (const filter of [
      "ip.src == 10.0.0.1",
      "10.0.0.1 == ip.src",
      "ip.src == 10.0.0.1 || ip.src == 10.0.0.9",
      "tcp.seq > 0.5",
      "0.5 < tcp.seq",
      "eth.src == 0011.2233.4455",
      "http.host == evil.example",
      "http.host == evil.example || http.host == other.example",
      "!(http.host != evil.example)",
    ])
      assert.deepEqual(await frames(filter), [1], filter);
    // Fields they are all the same where they stand for nothing else.
    assert.deepEqual(await frames("http.host == http.referer"), [2]);
    assert.deepEqual(await frames("evil.example == http.host"), [2]);
    assert.deepEqual(await frames("10.0.0.1 == 10.0.0.2"), [2]);
    assert.deepEqual(await frames("0.5 == 9"), [1, 2]);
  });
});

describe("What a filter can name", function () {
  this.timeout(30_000);
  it("is looked for once, however many columns and protocols there are", async () => {
    const columns = 10_000;
    const names = Array.from({ length: columns }, (_, i) => `x${String(i)}`).join(",");
    const capture = await open(
      `frame.number,frame.time,tcp.seq,frame.protocols,Tcp.Len,tcp.len,${names}\n1,,5,eth:ip:tcp:odd,,${",".repeat(columns)}\n`,
    );
    const { fields } = capture.filters;
    assert.ok(fields.list().length > columns);
    assert.equal(fields.find("tcp.len")?.name, "tcp.len");
    assert.equal(fields.find("TCP.LEN")?.name, "TCP.LEN");
    assert.ok(fields.find("X9999") && !fields.find("x10000"));

    const { protocolNames } = capture.columns;
    let decoded = 0;
    const valueOf = protocolNames.valueOf.bind(protocolNames);
    protocolNames.valueOf = (code) => (decoded++, valueOf(code));
    for (let i = 0; i < 3; i++) assert.ok(fields.protocols().includes("odd") && fields.isProtocol("odd"));
    assert.ok(decoded <= 1, String(decoded));
    // The dictionary grows while the file is read.
    const more = encodeUtf8("eth:ip:later");
    protocolNames.intern(more, 0, more.length);
    assert.ok(fields.isProtocol("later") && fields.isProtocol("odd"));
    assert.ok(decoded <= 2, String(decoded));
    for (let i = 0; i < 60_000; i++) {
      const text = encodeUtf8(String(i));
      protocolNames.intern(text, 0, text.length);
    }
    assert.ok(!fields.isProtocol("never"));
    assert.ok(decoded <= 50_000, String(decoded));
  });

  it("is completed with what cannot be seen written out", async () => {
    const hidden = "a\u202eb\u200bc\u2066\ufeff\u{e0041}\u3164d\u00ad";
    const capture = await open(
      `frame.number,frame.time,ip.src,tcp.seq,alert\n1,"Jun  4, 2023 11:00:00.000000000 EDT",\ufeff10.0.0.1,5,${hidden}\n`,
    );
    const [item] = capture.filters.complete("alert == ", 9).items;
    assert.equal(item.text, '"a\\u202eb\\u200bc\\u2066\\ufeff\\udb40\\udc41\\u3164d\\u00ad"');
    assert.equal(await capture.checkFilter(`alert == ${item.text}`).then((check) => check.kind === "valid" && check.packets), 1);
    for (const { text } of capture.filters.complete("ip.src == ", 10).items) assert.match(text, /^[\d.]+$/);
  });
});

describe("A focus", function () {
  this.timeout(30_000);
  it("leaves numbers, counts, ranking and distribution of its packets only", async () => {
    const capture = await open();
    const focus = { filter: "http", range: null };
    await capture.prepare(focus);
    assert.deepEqual(capture.listSequences({ order: "count", from: 0, count: 10, focus }), [{ seq: 1, count: 2 }]);
    assert.deepEqual(capture.countFocus(focus), { packets: 2, distinct: 1 });
    assert.deepEqual(capture.countFocus({ filter: " ", range: null }), { packets: 4, distinct: 3 });
    assert.equal(capture.describeSequence(1, focus).share, 1);
    assert.deepEqual(capture.describeSequence(0, focus).count, 0);
    const { packets } = capture.getDistribution({ bins: 1, scale: "linear", focus });
    assert.deepEqual([...packets], [2]);
    assert.deepEqual(await capture.checkFilter("http"), { kind: "valid", packets: 2 });
    assert.deepEqual(await capture.checkFilter("udp"), { kind: "valid", packets: 0 });
    assert.deepEqual(capture.listSequences({ order: "count", from: 0, count: 10, focus: { filter: "udp", range: null } }), []);
    assert.equal((await capture.checkFilter("udp udp")).kind, "invalid");
    const range = { clock: "capture", fromSec: Date.UTC(2023, 5, 4, 11, 2) / 1000, toSec: Date.UTC(2023, 5, 4, 11, 3) / 1000 } as const;
    assert.deepEqual(capture.countFocus({ ...focus, range }), { packets: 1, distinct: 1 });
  });

  it("is refused with the place of what is wrong", async () => {
    const capture = await open();
    await assert.rejects(capture.prepare({ filter: "tcp &&& udp", range: null }), { code: "badFilter" });
    assert.throws(() => capture.bitsOf({ filter: "foo", range: null }), (error: { details: string[] }) => error.details[1] === "0" && error.details[2] === "3"); // prettier-ignore
    assert.throws(() => capture.bitsOf({ filter: "http.host", range: null }), RangeError);
  });
});

describe("A pattern", function () {
  this.timeout(30_000);
  const SPAN = { start: 0, end: 1 };
  it("matches as JavaScript's own do", () => {
    const atoms = ["a", "b", "1", ".", "\\d", "\\w", "\\b", "^", "$", "[ab]", "[^a]", "(a|b1)", "(?:b)", "x"];
    const part = fc.tuple(fc.constantFrom(...atoms), fc.constantFrom("", "", "", "*", "+", "?", "{2}", "{1,3}", "{0,}"));
    const pattern = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.map(([atom, count]) => atom + (/^(?:\\b|\^|\$)$/.test(atom) ? "" : count)).join("")); // prettier-ignore
    const text = fc.array(fc.constantFrom("a", "b", "B", "1", " ", "x"), { maxLength: 10 }).map((all) => all.join(""));
    fc.assert(
      fc.property(pattern, text, (source, input) =>
        assert.equal(new Pattern(source, SPAN).test(input), new RegExp(source, "i").test(input)),
      ),
      { numRuns: 2000 },
    );
  });

  it("does not hang on patterns that make backtracking do so", () => {
    const long = "a".repeat(100_000) + "!";
    for (const source of ["(a+)+$", "^(a|aa)+$", "(a*)*b", "(.*)*=", "^(a|a?)+$", "((a+)+)+$", "(x+x+)+y", "a?".repeat(500) + "a{500}b"])
      assert.equal(new Pattern(source, SPAN).test(long), false, source);
  });

  it("finds the ranges of a class among thousands of them", () => {
    const chars = Array.from({ length: 3000 }, (_, i) => String.fromCharCode(0x4e00 + 2 * ((i * 7) % 3000))).join("");
    const pattern = new Pattern(`^[${chars}b-da-c]{2}$`, SPAN);
    for (const text of [`${chars[5]}${chars[2999]}`, "ad", "CB"]) assert.ok(pattern.test(text), text);
    for (const text of [`${chars[5]}\u4e01`, "ae", "\u4dff\u4e00"]) assert.ok(!pattern.test(text), text);
    const none = new Pattern(`^[^${chars}]$`, SPAN);
    assert.ok(none.test("\u4e01") && !none.test(chars[17]));
  });

  it("ends where it would take too long", () => {
    const chars = Array.from({ length: 800 }, (_, i) => String.fromCharCode(0x4e00 + 2 * i)).join("");
    const text = Array.from({ length: 20_000 }, (_, i) => chars[(i * 7919) % 800]).join("");
    const budget = { left: 5_000_000 };
    const pattern = new Pattern(`[${chars}]{1900}x`, SPAN, budget);
    assert.throws(() => pattern.test(text), FilterError);
    assert.ok(budget.left <= 0);
    // Text that it knows its way through costs nothing.
    const cheap = { left: 1000 };
    const known = new Pattern("a+b", SPAN, cheap);
    for (let i = 0; i < 100; i++) assert.ok(!known.test("a".repeat(1000)));
    assert.ok(cheap.left > 0);
  });

  it("says so where a capture's texts would take it too long", async () => {
    const chars = Array.from({ length: 1500 }, (_, i) => String.fromCharCode(0x4e00 + 2 * i)).join("");
    const cell = Array.from({ length: 60_000 }, (_, i) => chars[(i * 7919) % 1500]).join("");
    const capture = await open(
      `frame.number,frame.time,tcp.seq,http.host\n1,"Jun  4, 2023 11:00:00.000000000 EDT",5,${cell}\n2,"Jun  4, 2023 11:00:00.000000000 EDT",5,b\n`,
    );
    const filter = `http.host matches "[${chars}]{1900}x"`;
    const check = await capture.checkFilter(filter);
    assert.equal(check.kind === "invalid" && check.problem.message, "The pattern takes too long on the texts of this capture.");
    assert.deepEqual(await capture.checkFilter('http.host matches "^b$"'), { kind: "valid", packets: 1 });
  });

  it("is refused where it is too large or not understood", () => {
    for (const source of ["(a{1000}){1000}", "a{9999}", "((){9999}){9999}", "(".repeat(500) + ")".repeat(500), "(?<=a)b", "\\1", "[z-a]", "*a", "a**", "[[:foo:]]", "[a", "(a", "a)", "\\"])
      assert.throws(() => new Pattern(source, SPAN), FilterError, source); // prettier-ignore
  });
});

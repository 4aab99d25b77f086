import assert from "node:assert/strict";
import { parseFindingRequest, parseRequest } from "../../../src/panel/parseRequest";
import {
  MAX_IMAGE_BYTES,
  type FindingRequest,
  type FocusRequest,
  type PacketRequest,
  type TimelineRequest,
} from "../../../src/shared/panelProtocol";
import { MAX_FILTER_LENGTH } from "../../../src/shared/displayFilter";
import { chartQuery } from "../webview/samples";

const query = chartQuery(1);
const timeline = { type: "timelines/get", id: 3, query } as const;
const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3);
const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"></svg>');
const ask = (changes: Record<string, unknown>): unknown => ({ ...timeline, query: { ...query, ...changes } });
const eight = [1, 2, 3, 4, 5, 6, 7, 8];

describe("parseRequest", () => {
  const valid: readonly TimelineRequest[] = [
    { type: "panel/ready", id: 0 },
    { type: "capture/open", id: 1 },
    { type: "panel/analyzeAgain", id: Number.MAX_SAFE_INTEGER },
    { type: "view/changed", id: 2, view: "distribution" },
    timeline,
    { ...timeline, query: { ...query, seqs: [0xffff_ffff], bucketSeconds: null, clock: "utc", alignMinutes: -720, split: "source" } },
    {
      ...timeline,
      query: { ...query, seqs: eight, hasBackdrop: true, focus: { filter: "tcp", range: { clock: "utc", fromSec: 1, toSec: 2 } } },
    },
    { type: "bursts/get", id: 5, seqs: [1, 2], filter: "tcp.len > 0", clock: "utc" },
    { type: "numbers/changed", id: 6, seqs: [1449, 1] },
    { type: "numbers/add", id: 7 },
    { type: "save/choose", id: 8 },
    { type: "image/save", id: 9, format: "png", bytes: png },
    { type: "image/save", id: 9, format: "svg", bytes: svg },
    { type: "data/save", id: 10, format: "csv", query },
    { type: "distribution/get", id: 4, bins: 64, scale: "log" },
  ];
  for (const request of valid) {
    it(`takes ${JSON.stringify(request)}`, () => assert.deepEqual(parseRequest(structuredClone(request)), request));
  }

  const hostile: readonly (readonly [string, unknown])[] = [
    ["nothing", undefined],
    ["null", null],
    ["a string", "panel/ready"],
    ["a number", 1],
    ["an array", [timeline]],
    ["an array with the fields", Object.assign([], timeline)],
    ["an empty object", {}],
    ["no id", { type: "panel/ready" }],
    ["a text id", { type: "panel/ready", id: "1" }],
    ["a negative id", { type: "panel/ready", id: -1 }],
    ["a broken id", { type: "panel/ready", id: 0.5 }],
    ["NaN as id", { type: "panel/ready", id: NaN }],
    ["an id beyond exact integers", { type: "panel/ready", id: 2 ** 53 }],
    ["an unknown type", { type: "commands/run", id: 1 }],
    ["a type of Object.prototype", { type: "constructor", id: 1 }],
    ["an object as type", { type: { toString: () => "panel/ready" }, id: 1 }],
    ["a reply", { type: "panel/gone", id: 1 }],
    ["an unknown view", { type: "view/changed", id: 1, view: "__proto__" }],
    ["a negative number", ask({ seqs: [-1] })],
    ["a number of 33 bits", ask({ seqs: [2 ** 32] })],
    ["a number as text", ask({ seqs: ["1"] })],
    ["a number as bigint", ask({ seqs: [1n] })],
    ["an infinite number", ask({ seqs: [Infinity] })],
    ["a bucket of no length", ask({ bucketSeconds: 0 })],
    ["a negative bucket", ask({ bucketSeconds: -60 })],
    ["a bucket of half a second", ask({ bucketSeconds: 0.5 })],
    ["a bucket of centuries", ask({ bucketSeconds: 2 ** 40 })],
    ["no bucket", ask({ bucketSeconds: undefined })],
    ["a clock the engine does not have", ask({ clock: "local" })],
    ["an offset of days", ask({ alignMinutes: 1441 })],
    ["an offset as text", ask({ alignMinutes: "0" })],
    ["no number", ask({ seqs: [] })],
    ["nine numbers", ask({ seqs: [...eight, 9] })],
    ["a number twice", ask({ seqs: [1, 1] })],
    ["numbers that are no list", ask({ seqs: { 0: 1, length: 1 } })],
    ["several numbers in parts", ask({ seqs: [1, 2], split: "label" })],
    ["an unknown split", ask({ split: "constructor" })],
    ["a backdrop that is neither there nor not", ask({ hasBackdrop: 1 })],
    ["no focus", ask({ focus: null })],
    ["a range that ends before it begins", ask({ focus: { filter: "", range: { clock: "utc", fromSec: 2, toSec: 1 } } })],
    ["a filter as long as a book", ask({ focus: { filter: "x".repeat(MAX_FILTER_LENGTH + 1), range: null } })],
    ["no query", { ...timeline, query: undefined }],
    ["bursts of no number", { type: "bursts/get", id: 1, seqs: [], filter: "", clock: "utc" }],
    ["bursts on the viewer's clock", { type: "bursts/get", id: 1, seqs: [1], filter: "", clock: "local" }],
    ["no numbers left", { type: "numbers/changed", id: 1, seqs: [] }],
    ["a picture that is none", { type: "image/save", id: 1, format: "png", bytes: svg }],
    ["a picture of another format", { type: "image/save", id: 1, format: "svg", bytes: png }],
    ["a picture as text", { type: "image/save", id: 1, format: "svg", bytes: "<svg >" }],
    ["an empty picture", { type: "image/save", id: 1, format: "png", bytes: new Uint8Array() }],
    ["a page as a picture", { type: "image/save", id: 1, format: "html", bytes: new TextEncoder().encode("<html>") }],
    ["data in an unknown format", { type: "data/save", id: 1, format: "exe", query }],
    ["data of nothing", { type: "data/save", id: 1, format: "csv", query: { ...query, seqs: [] } }],
    ["no bins", { type: "distribution/get", id: 1, bins: 0, scale: "log" }],
    ["bins without end", { type: "distribution/get", id: 1, bins: 1e9, scale: "log" }],
    ["an unknown scale", { type: "distribution/get", id: 1, bins: 64, scale: "sqrt" }],
  ];
  for (const [what, message] of hostile) {
    it(`refuses ${what}`, () => assert.equal(parseRequest(message), undefined));
  }

  it("refuses a picture that is too large", () => {
    const bytes = new Uint8Array(MAX_IMAGE_BYTES + 1);
    bytes.set(png);
    assert.equal(parseRequest({ type: "image/save", id: 1, format: "png", bytes }), undefined);
    assert.notEqual(parseRequest({ type: "image/save", id: 1, format: "png", bytes: bytes.subarray(0, MAX_IMAGE_BYTES) }), undefined);
  });

  it("leaves out what it does not know", () => {
    assert.deepEqual(parseRequest({ ...timeline, query: { ...query, maxBuckets: 1e9 }, path: "/etc/passwd" }), timeline);
  });
});

describe("parseFindingRequest", () => {
  const graph = { type: "graph/get", id: 3, stream: 7, direction: 1 } as const;

  const valid: readonly FindingRequest[] = [
    { type: "panel/ready", id: 0 },
    { type: "panel/analyzeAgain", id: 1 },
    { type: "finding/open", id: 2 },
    graph,
    { ...graph, stream: null, direction: null },
    { type: "filter/copy", id: 7 },
  ];
  for (const request of valid) {
    it(`takes ${JSON.stringify(request)}`, () => assert.deepEqual(parseFindingRequest(structuredClone(request)), request));
  }

  const hostile: readonly (readonly [string, unknown])[] = [
    ["null", null],
    ["no id", { type: "finding/open" }],
    ["what a timeline asks", timeline],
    ["a negative stream", { ...graph, stream: -1 }],
    ["no stream", { type: "graph/get", id: 1, direction: null }],
    ["a third direction", { ...graph, direction: 2 }],
    ["a direction as text", { ...graph, direction: "1" }],
  ];
  for (const [what, message] of hostile) {
    it(`refuses ${what}`, () => assert.equal(parseFindingRequest(message), undefined));
  }

  it("is not what a timeline may ask", () => assert.equal(parseRequest(graph), undefined));
  it("leaves out what it does not know", () => assert.deepEqual(parseFindingRequest({ ...graph, finding: "x" }), graph));
});

describe("what a table of packets asks, in a page of either kind", () => {
  const list = { seq: 7, sort: null } as const;
  const page = { type: "packets/get", id: 4, list, from: 0, count: 100, showing: null } as const;
  const copy = { type: "packets/copy", id: 4, list, from: 0, count: 100, format: "csv", columns: ["time", "seq"] } as const;
  const valid: readonly PacketRequest[] = [
    page,
    { ...page, list: { seq: null, sort: { column: "analysis", isDescending: true } }, showing: 20 },
    copy,
    { ...copy, format: "filter", from: 5 },
    { type: "columns/changed", id: 5, columns: ["label"] },
    { type: "row/get", id: 5, place: 0 },
    { type: "row/open", id: 6, place: 3_000_000 },
  ];
  for (const request of valid) {
    it(`takes ${JSON.stringify(request)}`, () => {
      assert.deepEqual(parseRequest(structuredClone(request)), request);
      assert.deepEqual(parseFindingRequest(structuredClone(request)), request);
    });
  }

  const hostile: readonly (readonly [string, unknown])[] = [
    ["no list", { ...page, list: undefined }],
    ["a list that is text", { ...page, list: "all" }],
    ["a number of 33 bits", { ...page, list: { ...list, seq: 2 ** 32 } }],
    ["an order by something else", { ...page, list: { ...list, sort: { column: "constructor", isDescending: true } } }],
    ["an order without a direction", { ...page, list: { ...list, sort: { column: "seq" } } }],
    ["a page before the first", { ...page, from: -1 }],
    ["a page of nothing", { ...page, count: 0 }],
    ["a page of everything", { ...page, count: 1e9 }],
    ["half a row", { ...page, showing: 0.5 }],
    ["a format that nobody writes", { ...copy, format: "html" }],
    ["text to copy", { ...copy, columns: "=cmd()" }],
    ["no columns", { ...copy, columns: [] }],
    ["a column twice", { ...copy, columns: ["seq", "seq"] }],
    ["columns that are none", { type: "columns/changed", id: 1, columns: ["seq", "__proto__"] }],
    ["half a place", { type: "row/get", id: 1, place: 0.5 }],
    ["a place beyond all rows", { type: "row/open", id: 1, place: 2 ** 32 }],
    ["a path", { type: "row/open", id: 1, place: "/etc/passwd" }],
  ];
  for (const [what, message] of hostile) {
    it(`refuses ${what}`, () => {
      assert.equal(parseRequest(message), undefined);
      assert.equal(parseFindingRequest(message), undefined);
    });
  }

  it("leaves out what it does not know", () => {
    assert.deepEqual(parseRequest({ ...page, finding: "x", list: { ...list, filter: "tcp" } }), page);
  });
});

describe("what a filter bar asks, on either page", () => {
  const range = { clock: "utc", fromSec: 1_685_878_980, toSec: 1_685_879_040.5 } as const;
  const set = { type: "focus/set", id: 1, focus: { filter: "tcp.len > 0", range } } as const;
  const complete = { type: "filter/complete", id: 2, text: "tcp.s", position: 5 } as const;
  const valid: readonly FocusRequest[] = [
    set,
    { ...set, focus: { filter: "", range: null } },
    { ...set, focus: { filter: "x".repeat(MAX_FILTER_LENGTH), range: null } },
    { type: "focus/count", id: 3 },
    { type: "filter/check", id: 4, text: "\u202e((((" },
    complete,
    { ...complete, position: 0 },
    { type: "filter/recall", id: 5 },
    { type: "filter/stop", id: 7 },
    { type: "filter/forget", id: 6 },
  ];
  for (const request of valid) {
    it(`takes ${JSON.stringify(request).slice(0, 100)}`, () => {
      assert.deepEqual(parseRequest(structuredClone(request)), request);
      assert.deepEqual(parseFindingRequest(structuredClone(request)), request);
    });
  }

  const withRange = (change: object): unknown => ({ ...set, focus: { filter: "", range: { ...range, ...change } } });
  const hostile: readonly (readonly [string, unknown])[] = [
    ["no focus", { type: "focus/set", id: 1 }],
    ["a focus of text", { ...set, focus: "tcp" }],
    ["a focus without a range", { ...set, focus: { filter: "" } }],
    ["a filter that is no text", { ...set, focus: { filter: { toString: () => "tcp" }, range: null } }],
    ["a filter without end", { ...set, focus: { filter: "x".repeat(MAX_FILTER_LENGTH + 1), range: null } }],
    ["a range of text", { ...set, focus: { filter: "", range: "all" } }],
    ["a range on a clock the engine does not have", withRange({ clock: "local" })],
    ["a range backwards", withRange({ toSec: range.fromSec - 1 })],
    ["a range of nothing", withRange({ toSec: range.fromSec })],
    ["a range without end", withRange({ toSec: Infinity })],
    ["a range from nowhere", withRange({ fromSec: NaN })],
    ["a range of text times", withRange({ fromSec: "1" })],
    ["a check without text", { type: "filter/check", id: 1 }],
    ["a check without end", { type: "filter/check", id: 1, text: "x".repeat(MAX_FILTER_LENGTH + 1) }],
    ["a place behind the text", { ...complete, position: 6 }],
    ["a place before the text", { ...complete, position: -1 }],
    ["half a place", { ...complete, position: 0.5 }],
  ];
  for (const [what, message] of hostile) {
    it(`refuses ${what}`, () => {
      assert.equal(parseRequest(message), undefined);
      assert.equal(parseFindingRequest(message), undefined);
    });
  }

  it("leaves out what it does not know", () => {
    assert.deepEqual(parseRequest({ ...set, key: "x", focus: { ...set.focus, range: { ...range, x: 1 }, seq: 1 } }), set);
  });
});

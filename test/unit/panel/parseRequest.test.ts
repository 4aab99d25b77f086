import assert from "node:assert/strict";
import { parseRequest } from "../../../src/panel/parseRequest";
import type { PanelRequest } from "../../../src/shared/panelProtocol";

const timeline = { type: "timeline/get", id: 3, seq: 1, bucketSeconds: 60, clock: "capture", alignMinutes: 0 } as const;

describe("parseRequest", () => {
  const valid: readonly PanelRequest[] = [
    { type: "panel/ready", id: 0 },
    { type: "capture/open", id: 1 },
    { type: "panel/analyzeAgain", id: Number.MAX_SAFE_INTEGER },
    { type: "view/changed", id: 2, view: "distribution" },
    timeline,
    { ...timeline, seq: 0xffff_ffff, bucketSeconds: null, clock: "utc", alignMinutes: -720 },
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
    ["a negative number", { ...timeline, seq: -1 }],
    ["a number of 33 bits", { ...timeline, seq: 2 ** 32 }],
    ["a number as text", { ...timeline, seq: "1" }],
    ["a number as bigint", { ...timeline, seq: 1n }],
    ["an infinite number", { ...timeline, seq: Infinity }],
    ["a bucket of no length", { ...timeline, bucketSeconds: 0 }],
    ["a negative bucket", { ...timeline, bucketSeconds: -60 }],
    ["a bucket of half a second", { ...timeline, bucketSeconds: 0.5 }],
    ["a bucket of centuries", { ...timeline, bucketSeconds: 2 ** 40 }],
    ["no bucket", { ...timeline, bucketSeconds: undefined }],
    ["a clock the engine does not have", { ...timeline, clock: "local" }],
    ["an offset of days", { ...timeline, alignMinutes: 1441 }],
    ["an offset as text", { ...timeline, alignMinutes: "0" }],
    ["no bins", { type: "distribution/get", id: 1, bins: 0, scale: "log" }],
    ["bins without end", { type: "distribution/get", id: 1, bins: 1e9, scale: "log" }],
    ["an unknown scale", { type: "distribution/get", id: 1, bins: 64, scale: "sqrt" }],
  ];
  for (const [what, message] of hostile) {
    it(`refuses ${what}`, () => assert.equal(parseRequest(message), undefined));
  }

  it("leaves out what it does not know", () => {
    assert.deepEqual(parseRequest({ ...timeline, maxBuckets: 1e9, whenTooMany: "sparse", path: "/etc/passwd" }), timeline);
  });
});

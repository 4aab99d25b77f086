import assert from "node:assert/strict";
import { isSequenceNumber, parseSequenceNumber, wiresharkFilter } from "../../../src/analysis/sequenceNumber";

describe("a typed sequence number", () => {
  for (const [text, seq] of [
    ["0", 0],
    ["1449", 1449],
    [" 1449\t", 1449],
    ["007", 7],
    ["4294967295", 4_294_967_295],
    ["0x5A9", 1449],
    ["0XffffFFFF", 4_294_967_295],
  ] as const) {
    it(`${JSON.stringify(text)} is ${String(seq)}`, () => assert.equal(parseSequenceNumber(text), seq));
  }

  for (const text of ["", " ", "-1", "+1", "1.0", "1e3", "1,449", "0x", "5A9", "4294967296", "0x100000000", "1 2", "٣", "tcp.seq == 1"]) {
    it(`${JSON.stringify(text)} is none`, () => assert.equal(parseSequenceNumber(text), undefined));
  }
});

describe("a sequence number as command argument", () => {
  it("is an integer of 32 bits", () => {
    for (const value of [0, 1, 4_294_967_295]) assert.ok(isSequenceNumber(value));
    for (const value of [-1, 0.5, NaN, 4_294_967_296, "1", null, undefined]) assert.ok(!isSequenceNumber(value));
  });
});

describe("the Wireshark filter", () => {
  it("names the field the capture was counted by", () => {
    assert.equal(wiresharkFilter("tcp.seq", 1), "tcp.seq == 1");
    assert.equal(wiresharkFilter("tcp.seq_raw", 4_294_967_295), "tcp.seq_raw == 4294967295");
  });
});

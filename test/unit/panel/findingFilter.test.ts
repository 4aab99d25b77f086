import assert from "node:assert/strict";
import { findingFilter, frameFilter } from "../../../src/panel/findingFilter";
import { makeFinding } from "../webview/findings";

describe("findingFilter", () => {
  it("takes the stream where the file has Wireshark's own numbers", () => {
    assert.equal(findingFilter(makeFinding(), true), "tcp.stream == 3");
    assert.equal(findingFilter(makeFinding({ streams: [3, 5], streamCount: 2, source: null }), true), "tcp.stream in {3, 5}");
  });

  it("takes the ends where it has not, or where there are more streams than are listed", () => {
    const ends = "tcp && ip.addr == 10.0.0.1 && tcp.port == 1000 && ip.addr == 10.0.0.2 && tcp.port == 80";
    assert.equal(findingFilter(makeFinding(), false), ends);
    assert.equal(findingFilter(makeFinding({ streamCount: 500 }), true), ends);
    assert.equal(findingFilter(makeFinding({ source: null }), false), "tcp && ip.addr == 10.0.0.2 && tcp.port == 80");
    assert.equal(findingFilter(makeFinding({ source: "fd00::1", target: null }), false), "tcp && ipv6.addr == fd00::1");
    assert.equal(
      findingFilter(makeFinding({ source: "[fd00::1]:443", target: null }), false),
      "tcp && ipv6.addr == fd00::1 && tcp.port == 443",
    );
  });

  it("makes no filter of text that is no address", () => {
    assert.equal(findingFilter(makeFinding({ source: 'x" || frame', target: null }), false), undefined);
  });

  it("names one frame", () => assert.equal(frameFilter(7), "frame.number == 7"));
});

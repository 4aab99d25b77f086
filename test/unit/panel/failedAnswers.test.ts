import assert from "node:assert/strict";
import { describeMessage, refusedAnswer } from "../../../src/panel/failedAnswers";

describe("a message that is no request", () => {
  it("is answered when it has an id, so that nobody waits for ever", () => {
    const describe = ({ code }: { code: string }): string => `Sorry: ${code}`;
    assert.deepEqual(refusedAnswer({ type: "image/save", id: 7, bytes: 1 }, describe), {
      type: "request/failed",
      id: 7,
      code: "internal",
      message: "Sorry: internal",
    });
    for (const message of [undefined, null, 7, "x", [1], {}, { id: -1 }, { id: "7" }, { id: 1.5 }])
      assert.equal(refusedAnswer(message, describe), undefined);
  });

  it("is told by its type, its fields and their sizes", () => {
    const picture = { type: "image/save", id: 7, format: "png", bytes: new Uint8Array(40e6), list: [1, 2], focus: {}, none: null };
    assert.equal(
      describeMessage(picture),
      '"type": "image/save", "id": number, "format": string of 3, "bytes": 40000000 bytes, "list": array of 2, "focus": object, "none": null',
    );
    assert.equal(describeMessage("x".repeat(1e6)), "string of 1000000");
    assert.equal(describeMessage(new Uint8Array(3)), "3 bytes");
    assert.equal(describeMessage(undefined), "undefined");
    assert.equal(describeMessage({ type: "a\nb" }), '"type": "a\\nb"');
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`${String(i)}${"k".repeat(1000)}`, i]));
    assert.ok(describeMessage(many).length < 1500);
  });

  it("is told though it holds itself", () => {
    const message: Record<string, unknown> = { type: 1n };
    message.self = message;
    assert.equal(describeMessage(message), '"type": bigint, "self": object');
  });
});

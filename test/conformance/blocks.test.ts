/** The kernel looks at 64 bytes at a time: whatever matters to the grammar stands once at every place of a block. */
import assert from "node:assert/strict";
import { analyzeText } from "../support/capture";
import { describeRun } from "../support/describe";
import { readFastFrom } from "../support/fastReader";

/** Last cells of rows that the kernel takes, and of rows at which it stops, to begin anew with the next one. */
const REGULAR = ["b", "", '"b"', '""', '"b""c"', '""""', '"b,c"', '"b\nc"', '"b\r\n"', "b\r"];
const IRREGULAR = ['b"', 'b"c', '"b"c', '"b" ', '"b"\r', '"b"\rc', '"b""', "b,c", "b\nc", 'b"c,d"', 'b"c\nd"', '"b\n,c"d"'];

describe("at every place of a block", function () {
  this.timeout(60_000);

  for (const newline of ["\n", "\r\n"]) {
    for (const [kind, column, files] of [
      ["regular", "alert", [REGULAR]],
      // In a column that nobody wants: there the kernel alone decides whether the row is regular.
      ["irregular", "http.host", [...IRREGULAR.map((cell) => [cell]), ['"a"', 'b"c,d"']]],
    ] as const) {
      it(`${kind} cells before ${JSON.stringify(newline)} are read as by the reference`, async () => {
        for (const cells of files) {
          for (let before = 0; before < 64; before++) {
            const rows = [`0,${"x".repeat(before)},a`, ...cells.map((cell, i) => `${String(i)},a,${cell}`), '8,b,"z"', '"9","c","z"', ""];
            const bytes = Buffer.from([`tcp.seq,frame.protocols,${column}`, ...rows].join(newline));
            const fast = await readFastFrom(bytes);
            if (fast === "sequential") assert.fail();
            const expected = await describeRun(analyzeText(bytes));
            assert.equal(await describeRun(Promise.resolve(fast)), expected, `${String(cells)} behind ${String(before)}`);
          }
        }
      });
    }
  }
});

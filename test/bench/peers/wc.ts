/** `wc -l`: how fast the file can be read at all. It answers nothing. */
import { execFileSync } from "node:child_process";
import { performance } from "node:perf_hooks";
import { print } from "./peer";

const started = performance.now();
execFileSync("wc", ["-l", process.argv[2]]);
print({ elapsedMs: performance.now() - started, peakBytes: null, answer: null });

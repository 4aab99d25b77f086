/**
 * Loaded into every process of VS Code by NODE_OPTIONS; in the extension host it writes, four times a second, how long the
 * event loop stood still at most: lines of `<milliseconds since 1970> <milliseconds>` in the file that BENCH_PROBE names.
 */
import { appendFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

const file = process.env.BENCH_PROBE;
if (file !== undefined && isMainThread && process.argv.includes("--type=extensionHost")) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  setInterval(() => {
    appendFileSync(file, `${Date.now()} ${delay.max / 1e6}\n`);
    delay.reset();
  }, 250).unref();
}

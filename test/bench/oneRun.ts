/** One analysis in a fresh process, as the extension host runs it: the bundled thread, asked through the client. */
import { resolve } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { analyzeInWorker } from "../../src/worker/client";
import { measure } from "./ours";
import { print } from "./peers/peer";

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const [, , path] = process.argv;
const run = measure(
  path,
  async () => {
    const outcome = await analyzeInWorker({
      workerPath: resolve("dist/analyzeWorker.js"),
      source: { kind: "file", path },
      options: { labelFields: ["alert", "label"] },
    });
    if (outcome.kind !== "done") throw new Error("The run was cancelled.");
    return outcome.capture;
  },
  () => delay.max / 1e6,
);
void run.then(print);

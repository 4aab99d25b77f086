/** One analysis in the process's own thread: `FILE scalar` (the reader in plain TypeScript) or `FILE THREADS` (the kernel). */
import { basename, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { analyze } from "../../src/engine/analyze";
import type { CaptureStore } from "../../src/engine/captureStore";
import { createScalarScanner } from "../../src/engine/csv/scalarScanner";
import { PacketPages } from "../../src/engine/packetPages";
import type { PacketsQuery } from "../../src/shared/packets";
import type { SequenceQuery, TimelineQuery } from "../../src/shared/model";
import { FileByteSource } from "../../src/worker/fileByteSource";
import { loadModules, readCapture } from "../../src/worker/readCapture";
import { measure } from "./ours";
import { print } from "./peers/peer";

const [, , path, reader] = process.argv;
const labelFields = ["alert", "label"];

/** A capture of this thread as one of another is asked. */
const ask = (capture: CaptureStore) => {
  const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const pages = new PacketPages(capture, pause);
  // As the analysis thread does.
  void capture.whenComplete.then(pause).then(() => pages.headStart());
  return {
    get summary() {
      return capture.summary;
    },
    complete: capture.whenComplete,
    listSequences: (query: SequenceQuery) => capture.listSequences(query),
    getTimeline: (query: TimelineQuery) => capture.getTimeline(query),
    getPackets: (query: PacketsQuery) => pages.list(query),
  };
};

void measure(path, async () => {
  if (reader !== "scalar") {
    return ask(await readCapture({ kind: "file", path }, { labelFields }, { distPath: resolve("dist"), threads: Number(reader) }));
  }
  const file = await FileByteSource.open(path);
  try {
    const scalar = { kind: "scalar", create: createScalarScanner } as const;
    return ask(
      await analyze(file, {
        name: basename(path),
        labelFields,
        reader: scalar,
        modules: loadModules(resolve("dist")),
        now: () => performance.now(),
      }),
    );
  } finally {
    await file.close();
  }
}).then(print);

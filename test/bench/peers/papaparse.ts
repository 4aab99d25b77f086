/** papaparse, rows as arrays, chunk by chunk. */
import { createReadStream } from "node:fs";
import { loadPeer, report } from "./peer";
import { Tally, findColumns } from "./tally";

interface Papaparse {
  parse(
    stream: NodeJS.ReadableStream,
    options: { delimiter: string; chunk: (results: { data: string[][] }) => void; complete: () => void; error: (error: Error) => void },
  ): void;
}

const library = loadPeer("papaparse") as Papaparse;
void report(async (file) => {
  const tally = new Tally();
  let columns: ReturnType<typeof findColumns> | undefined;
  await new Promise<void>((resolve, reject) =>
    library.parse(createReadStream(file, { encoding: "utf8", highWaterMark: 1 << 20 }), {
      delimiter: ",",
      chunk: ({ data }) => {
        for (const row of data) {
          if (!columns) columns = findColumns(row);
          else if (row.length > 1) tally.add(row[columns[0]], row[columns[1]], row[columns[2]], row[columns[3]]);
        }
      },
      complete: resolve,
      error: reject,
    }),
  );
  return tally.answer();
});

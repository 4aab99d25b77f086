/** csv-parse, rows as arrays, none of them kept. */
import { createReadStream } from "node:fs";
import { finished } from "node:stream/promises";
import { parse } from "csv-parse";
import { report } from "./peer";
import { Tally, findColumns } from "./tally";

void report(async (file) => {
  const tally = new Tally();
  let columns: ReturnType<typeof findColumns> | undefined;
  const parser = parse({
    on_record: (row: string[]) => {
      if (columns) tally.add(row[columns[0]], row[columns[1]], row[columns[2]], row[columns[3]]);
      else columns = findColumns(row);
      return null; // nothing to hand on
    },
  });
  createReadStream(file, { highWaterMark: 1 << 20 }).pipe(parser);
  parser.resume();
  await finished(parser);
  return tally.answer();
});

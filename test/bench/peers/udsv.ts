/** uDSV, rows as arrays of text (its fastest form), chunk by chunk, none of them kept. */
import { createReadStream } from "node:fs";
import { loadPeer, report } from "./peer";
import { Tally, findColumns } from "./tally";

interface Parser {
  schema: { cols: { name: string }[] };
  stringArrs: unknown;
  chunk(text: string, parse: unknown, onRow: (row: string[]) => void): void;
  end(): void;
}
interface Udsv {
  readonly inferSchema: (text: string) => unknown;
  readonly initParser: (schema: unknown) => Parser;
}

const library = loadPeer("udsv") as Udsv;
void report(async (file) => {
  const { inferSchema, initParser } = library;
  const tally = new Tally();
  let parser: Parser | undefined;
  let seq = 0;
  let time = 0;
  let protocols = 0;
  let alert = 0;
  const onRow = (row: string[]): void => tally.add(row[seq], row[time], row[protocols], row[alert]);
  for await (const chunk of createReadStream(file, { encoding: "utf8", highWaterMark: 1 << 20 })) {
    const text = chunk as string;
    if (!parser) {
      parser = initParser(inferSchema(text));
      [seq, time, protocols, alert] = findColumns(parser.schema.cols.map(({ name }) => name));
    }
    parser.chunk(text, parser.stringArrs, onRow);
  }
  parser?.end();
  return tally.answer();
});

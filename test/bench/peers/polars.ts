/** polars: a lazy scan of the four columns, counts and timeline from there. It maps the file, which counts as its memory. */
import { TOP, fillMinutes } from "../answer";
import { loadPeer, report } from "./peer";

/** Names of nodejs-polars, as far as they are used. */
interface Expr {
  cast(type: unknown, isStrict?: boolean): Expr;
  alias(name: string): Expr;
  isNotNull(): Expr;
  eq(value: unknown): Expr;
  mul(value: number): Expr;
  count(): Expr;
  min(): Expr;
  last(): Expr;
  filter(condition: Expr): Expr;
  str: { slice(from: number, length: number): Expr; strptime(type: unknown, format: string): Expr };
  date: { strftime(format: string): Expr };
}
interface Frame {
  readonly height: number;
  filter(condition: Expr): Frame;
  sort(columns: string[]): Frame;
  head(rows: number): Frame;
  withColumns(...columns: Expr[]): Frame;
  groupBy(column: string): { agg(...columns: Expr[]): Frame };
  toRecords(): Record<string, unknown>[];
}
interface LazyFrame {
  select(...columns: Expr[]): LazyFrame;
  filter(condition: Expr): LazyFrame;
  withRowCount(name: string): LazyFrame;
  collect(): Promise<Frame>;
}
interface Polars {
  scanCSV(file: string, options: { inferSchemaLength: number }): LazyFrame;
  readonly col: (name: string) => Expr;
  readonly Int64: unknown;
  readonly Datetime: unknown;
}

const library = loadPeer("nodejs-polars") as Polars;
void report(async (file) => {
  const pl = library;
  const { col } = pl;
  // All as text: a repeated header stands among the numbers.
  const packets = await pl
    .scanCSV(file, { inferSchemaLength: 0 })
    .select(
      col("tcp.seq").cast(pl.Int64, false).alias("seq"),
      col("frame.time").alias("time"),
      col("frame.protocols").alias("protocols"),
      col("alert"),
    )
    .filter(col("seq").isNotNull())
    .withRowCount("row")
    .collect();
  const counts = packets
    .groupBy("seq")
    .agg(col("row").count().alias("count"), col("row").min().alias("first"))
    .withColumns(col("count").cast(pl.Int64).mul(-1).alias("order"))
    .sort(["order", "first"]);
  const top = counts
    .head(TOP)
    .toRecords()
    .map(({ seq, count }) => ({ seq: Number(seq), count: Number(count) }));
  // "Jun  4, 2023 12:32:40.564708000 EDT", without the zone.
  const time = col("time").str.slice(0, 31).str.strptime(pl.Datetime, "%b %e, %Y %H:%M:%S%.f");
  const lastOf = (name: string): Expr => col(name).filter(col(name).isNotNull()).last().alias(name);
  const minutes = packets
    .filter(col("seq").eq(top[0].seq))
    .withColumns(time.alias("time"))
    .sort(["time", "row"])
    .withColumns(col("time").date.strftime("%Y-%m-%dT%H:%M:00Z").alias("start"))
    .groupBy("start")
    .agg(col("row").count().alias("count"), lastOf("alert"), lastOf("protocols"))
    .toRecords();
  const buckets = fillMinutes(
    minutes.map(({ start, count, alert, protocols }) => ({
      startSec: Date.parse(start as string) / 1000,
      count: Number(count),
      alert: alert as string | null,
      protocols: protocols as string | null,
    })),
  );
  return { rowsTcp: packets.height, distinct: counts.height, top, buckets };
});

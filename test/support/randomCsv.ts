/** Random packet CSV, mostly plausible and partly broken, for differential tests. */
import fc from "fast-check";

const FIELDS = [
  "frame.number",
  "frame.time",
  "frame.time_epoch",
  "frame.time_relative",
  "frame.protocols",
  "ip.src",
  "ipv6.src",
  "ip.dst",
  "tcp.srcport",
  "tcp.len",
  "tcp.seq",
  "tcp.ack",
  "tcp.flags",
  "tcp.stream",
  "tcp.checksum",
  "ip.ttl",
  "tcp.options.timestamp.tsval",
  "http.user_agent",
  "alert",
];

const numbers = fc.oneof(
  { weight: 8, arbitrary: fc.nat({ max: 3000 }).map(String) },
  { weight: 2, arbitrary: fc.nat({ max: 0xffffffff }).map(String) },
  fc.constantFrom(
    "",
    "1.0",
    "22340.00",
    "0x0012",
    "0xZZ",
    "True",
    "1.4E+03",
    "4294967296",
    "-1",
    "1,2",
    "NaN",
    " 7 ",
    "tcp.seq",
    "1.",
    ".5",
    "00012",
  ),
);
const seconds = fc.nat({ max: 59 });
const dates = fc
  .oneof(
    {
      weight: 6,
      arbitrary: fc.tuple(
        fc.constantFrom("Jun  4, 2023", "Jun 14, 2023", "2023-06-04"),
        fc.nat({ max: 23 }),
        seconds,
        fc.nat({ max: 999 }),
        fc.constantFrom(" EDT", " EST", " IST", "", " Romance Standard Time"),
      ),
    },
    { weight: 1, arbitrary: fc.constant(["Feb 30, 2023", 1, 1, 1, " UTC"] as [string, number, number, number, string]) },
  )
  .map(
    ([day, hour, second, fraction, zone]) =>
      `${day} ${String(hour).padStart(2, "0")}:00:${String(second).padStart(2, "0")}.${String(fraction).padStart(9, "0")}${zone}`,
  );
const times = fc.oneof(
  { weight: 8, arbitrary: dates },
  fc.constantFrom(
    "",
    "never",
    " 2023 11:44:10.08 ",
    "2023-06-04T12:00:00Z",
    "Jun  4\\, 2023 12:00:00.5 EDT",
    "12:00:00",
    "Jun  4, 2023 12:00:00. EDT",
  ),
);
const epochs = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.integer({ min: 1685800000, max: 1685990000 }), fc.nat({ max: 999 }))
      .map(([s, f]) => `${String(s)}.${String(f).padStart(9, "0")}`),
  },
  fc.constantFrom("", "1.68E+09", "x", "-3.5", "1685895813", "1685895813."),
);
const texts = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom("", "benign", "suspicious", "eth:ethertype:ip:tcp", "10.0.0.1", "fe80::1", "nan", "None") },
  fc.constantFrom(
    'a"b',
    '"',
    '""',
    'text/xml; charset="UTF-8"',
    "a,b",
    "10.0.0.1,10.0.0.2",
    "x\ny",
    "x\r\ny",
    "ünï",
    "\u0000",
    "\\",
    "\\,",
    "=cmd",
    'x"',
    '"x',
  ),
  fc.string({ maxLength: 12, unit: "binary" }),
);

function cellsOf(field: string): fc.Arbitrary<string> {
  if (field === "frame.time") return times;
  if (field.startsWith("frame.time_")) return epochs;
  if (/^(frame\.number|tcp\.|ip\.ttl)/.test(field)) return numbers;
  return texts;
}

/** How a cell is written: bare, as RFC 4180 has it, or as tshark 4.0 does, which does not double inner quotes. */
const write = (cell: string, style: number, delimiter: string): string => {
  if (style === 0) return cell;
  if (style === 1 || (style === 3 && /["\n\r]/.test(cell)) || (style === 3 && cell.includes(delimiter)))
    return `"${cell.replaceAll('"', '""')}"`;
  return style === 2 && cell !== "" ? `"${cell}"` : cell;
};

/** Bytes of a file. */
export const randomCsv: fc.Arbitrary<Buffer> = fc
  .record({
    fields: fc.shuffledSubarray(FIELDS, { minLength: 1 }).map((fields) => (fields.includes("tcp.seq") ? fields : [...fields, "tcp.seq"])),
    delimiter: fc.constantFrom(",", ",", "\t", ";"),
    newline: fc.constantFrom("\n", "\n", "\r\n", "\r"),
    style: fc.constantFrom(3, 3, 3, 0, 1, 2),
    endsWithNewline: fc.boolean(),
  })
  .chain(({ fields, delimiter, newline, style, endsWithNewline }) => {
    const row = fc.tuple(...fields.map(cellsOf)).map((cells) => cells.map((cell) => write(cell, style, delimiter)).join(delimiter));
    const odd = fc.oneof(
      { weight: 12, arbitrary: row },
      fc.constantFrom("", fields.join(delimiter), "x", delimiter.repeat(fields.length + 2), "  ", '"', '"open'),
      fc.tuple(row, row).map(([a, b]) => a.slice(0, a.length >> 1) + b.slice(b.length >> 1)),
    );
    return fc
      .array(odd, { maxLength: 40 })
      .map((rows) => [fields.join(delimiter), ...rows].join(newline) + (endsWithNewline ? newline : ""));
  })
  .chain((text) => {
    const edit = fc.record({
      at: fc.nat({ max: text.length }),
      byte: fc.constantFrom(0, 10, 13, 34, 44, 9, 59, 92, 48, 65, 255),
      kind: fc.constantFrom("insert", "replace", "delete"),
    });
    return fc.tuple(fc.boolean(), fc.array(edit, { maxLength: 3 })).map(([bom, edits]) => {
      const bytes = [...Buffer.from(text)];
      for (const { at, byte, kind } of edits) {
        const position = Math.min(at, bytes.length);
        bytes.splice(position, kind === "insert" ? 0 : 1, ...(kind === "delete" ? [] : [byte]));
      }
      return Buffer.from(bom ? [0xef, 0xbb, 0xbf, ...bytes] : bytes);
    });
  });

/**
 * Makes test/fixtures/csv/ from test/fixtures/captures/basic.pcapng: one short capture in every shape and
 * with every kind of damage that packet CSVs come in. Real exports are tshark's own output, byte for byte;
 * derived ones change exactly what their note says. The README table there is written from the list below.
 *
 *   node scripts/samples/makeFixtures.mjs      needs tshark 4.0, editcap and mergecap
 *
 * Another version of tshark prints other bytes (that is the point of some files), so it is checked first.
 */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");
const capture = path.join(root, "test", "fixtures", "captures", "basic.pcapng");
const target = path.join(root, "test", "fixtures", "csv");
const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "fixtures-"));

const NEW_YORK = "America/New_York";
/** What most fixtures hold; short enough to be read in an editor. */
const FIELDS = (
  "frame.number frame.time frame.time_epoch frame.protocols ip.src ip.dst ip.len ip.ttl tcp.srcport tcp.dstport tcp.len tcp.seq tcp.ack " +
  "tcp.flags tcp.flags.syn tcp.flags.ack tcp.flags.fin tcp.flags.reset tcp.window_size tcp.checksum tcp.stream udp.srcport udp.dstport icmp.type " +
  "http.request.uri http.user_agent http.content_type http.referer dns.qry.name"
).split(" ");
/** Without the cells that hold quotes: exports of 4.0 that any CSV reader understands. */
const PLAIN_FIELDS = FIELDS.filter((name) => !name.startsWith("http."));
const ALL_FIELDS = fs
  .readFileSync(path.join(root, "scripts", "samples", "columns.txt"), "utf8")
  .split("\n")
  .filter((name) => name !== "");
/** Frames that show one of everything, for files whose damage should be easy to see. */
const FEW = [3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 18, 19, 20, 23, 24, 25, 26, 28, 35, 36, 37, 38, 39, 40, 50, 51, 52, 53];

/**
 * @typedef {{ fields?: string[], separator?: string, quote?: boolean, occurrence?: "f" | "a", header?: boolean, bom?: boolean,
 *   zone?: string, file?: string, filter?: string, more?: string[] }} ExportOptions
 */

/** tshark's own output. @returns {Buffer} */
function tshark(/** @type {ExportOptions} */ options = {}) {
  const {
    fields = PLAIN_FIELDS,
    separator = ",",
    quote = true,
    occurrence = "f",
    header = true,
    bom = false,
    zone = NEW_YORK,
    file = capture,
    filter,
    more = [],
  } = options;
  const given = ["-n", "-r", file, ...(filter ? ["-Y", filter] : []), ...more, "-T", "fields"];
  given.push(
    "-E",
    `header=${header ? "y" : "n"}`,
    "-E",
    `separator=${separator}`,
    "-E",
    `quote=${quote ? "d" : "n"}`,
    "-E",
    `occurrence=${occurrence}`,
  );
  given.push("-E", `bom=${bom ? "y" : "n"}`, ...fields.flatMap((field) => ["-e", field]));
  return execFileSync("tshark", given, {
    env: { ...process.env, TZ: zone, LC_ALL: "C.UTF-8" },
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 1 << 26,
  });
}

/** The same as a table of plain cells, first row the header. @returns {string[][]} */
function table(/** @type {ExportOptions} */ options = {}) {
  const text = tshark({ fields: FIELDS, ...options, separator: "/t", quote: false }).toString("utf8");
  return text
    .replace(/\n+$/, "")
    .split("\n")
    .map((line) => line.split("\t"));
}

/** The header and the frames of FEW. */
function fewRows() {
  const [header = [], ...rows] = table();
  return [header, ...rows.filter((row) => FEW.includes(Number(row[0])))];
}

/** A copy of the capture with its times moved; `shift` in seconds. */
function shifted(/** @type {number} */ shift, name = "shifted.pcapng") {
  const file = path.join(temporary, name);
  execFileSync("editcap", ["-t", String(shift), capture, file], { stdio: "ignore" });
  return file;
}

const needsQuotes = (/** @type {string} */ cell, /** @type {string} */ separator) => cell.includes(separator) || /["\r\n]/.test(cell);
const quoted = (/** @type {string} */ cell) => `"${cell.replaceAll('"', '""')}"`;
/** CSV as RFC 4180 has it, quotes only where needed, as pandas and spreadsheets write it. */
const csv = (/** @type {string[][]} */ rows, separator = ",", end = "\n") =>
  rows.map((row) => row.map((cell) => (needsQuotes(cell, separator) ? quoted(cell) : cell)).join(separator) + end).join("");

/** Change cells by column name; the header row stays. */
function change(/** @type {string[][]} */ rows, /** @type {Record<string, (cell: string, row: number) => string>} */ changes) {
  const [header = [], ...data] = rows;
  return [header, ...data.map((row, number) => row.map((cell, column) => changes[header[column] ?? ""]?.(cell, number) ?? cell))];
}

/** Only some columns, in the order given. */
function pick(/** @type {string[][]} */ rows, /** @type {string[]} */ names) {
  const places = names.map((name) => (rows[0] ?? []).indexOf(name));
  return rows.map((row) => places.map((place) => row[place] ?? ""));
}

/** Append a column. */
const append = (
  /** @type {string[][]} */ rows,
  /** @type {string} */ name,
  /** @type {(row: string[], number: number) => string} */ value,
) => rows.map((row, number) => [...row, number === 0 ? name : value(row, number - 1)]);

const BOOLEANS = ["tcp.flags.syn", "tcp.flags.ack", "tcp.flags.fin", "tcp.flags.reset"];
const asWords = Object.fromEntries(
  BOOLEANS.map((name) => [name, (/** @type {string} */ cell) => (cell === "" ? "" : cell === "1" ? "True" : "False")]),
);
const toIso = (/** @type {string} */ cell) => cell.replace(/^Jun {2}(\d), (\d+) ([\d:.]+) EDT$/, "$2-06-0$1T$3-0400");
/** Every non-empty cell in quotes, inner quotes doubled, header bare: quote=d from 4.4 on. */
const quoteAll = (/** @type {string[][]} */ rows) =>
  rows.map((row, number) => row.map((cell) => (number === 0 || cell === "" ? cell : quoted(cell))).join(",") + "\n").join("");
const utf16be = (/** @type {string} */ text) => Buffer.from(`\ufeff${text}`, "utf16le").swap16();

/** Whether a row of FIELDS belongs to the attempt at port 81, where nobody listens. */
const usesClosedPort = (/** @type {string[]} */ row) =>
  row[FIELDS.indexOf("tcp.srcport")] === "81" || row[FIELDS.indexOf("tcp.dstport")] === "81";

/** Wireshark's own export: every cell quoted, the header too. */
function wiresharkColumns(/** @type {string[]} */ more) {
  const fields = ["No.", "Time", "Source", "Destination", "Protocol", "Length", "Info"];
  const [, ...rows] = table({ fields: fields.map((name) => `_ws.col.${name}`), more });
  return [fields, ...rows].map((row) => row.map(quoted).join(",") + "\n").join("");
}

const REAL = "tshark 4.0";

/** @type {{ file: string, how: string, teaches: string, make: () => string | Buffer }[]} */
const FIXTURES = [
  // Shapes
  {
    file: "tshark40-quoted.csv",
    how: `${REAL}: \`-E separator=, -E quote=d -E occurrence=f\``,
    teaches:
      'the usual export. Inner quotes are not doubled (frames 8, 13). A cell ends at a quote before a separator or the line end, but `"Lab "quoted", agent/1.0"` breaks that rule too: after the separator a real next cell is empty or starts with a quote. Header and empty cells are bare',
    make: () => tshark({ fields: FIELDS }),
  },
  {
    file: "tshark40-quoted-types.csv",
    how: `${REAL}: the same without the cells that hold commas besides quotes`,
    teaches: 'only `"text/xml; charset="UTF-8""` (frame 13) is left: a CSV library reads it without an error, but not as it was',
    make: () => tshark({ fields: [...PLAIN_FIELDS, "http.content_type"] }),
  },
  {
    file: "tshark40-quoted-plain.csv",
    how: `${REAL}: the same without any of the four http columns; the base of the derived files named "plain" below`,
    teaches: "the usual export, nothing odd in it",
    make: () => tshark(),
  },
  {
    file: "tshark40-quoted-full.csv",
    how: `${REAL}: the same with the 56 columns of scripts/samples/columns.txt`,
    teaches: "all named columns; rows of ARP, UDP, ICMP and IPv6 leave most empty",
    make: () => tshark({ fields: ALL_FIELDS }),
  },
  {
    file: "tshark40-tab.tsv",
    how: `${REAL}: defaults with \`-E header=y\` (tab, no quotes, all occurrences)`,
    teaches: "tab separated; commas and quotes in cells mean nothing. Frame 36 has two addresses in a cell",
    make: () => tshark({ fields: FIELDS, separator: "/t", quote: false, occurrence: "a" }),
  },
  {
    file: "tshark40-tab-noheader.tsv",
    how: `${REAL}: plain defaults`,
    teaches: "no header at all: no column can be named",
    make: () => tshark({ fields: FIELDS, separator: "/t", quote: false, occurrence: "a", header: false }),
  },
  {
    file: "tshark40-comma.csv",
    how: `${REAL}: \`-E separator=,\` without quoting`,
    teaches: "the comma of frame.time gives every row one cell too many; the User-Agent and Referer of frame 8 one each more",
    make: () => tshark({ fields: FIELDS, quote: false }),
  },
  {
    file: "tshark40-comma-plain.csv",
    how: `${REAL}: the same without the http columns`,
    teaches:
      "exactly one cell too many in every row: a CSV library takes the first cell for a row name, and frame.time becomes ` 2023 11:23:58…`",
    make: () => tshark({ quote: false }),
  },
  {
    file: "tshark40-pipe.csv",
    how: `${REAL}: \`-E separator='|'\` without quoting`,
    teaches: "another separator; nothing to repair",
    make: () => tshark({ fields: FIELDS, separator: "|", quote: false }),
  },
  {
    file: "tshark40-occurrence-all.csv",
    how: `${REAL}: quote=d, \`-E occurrence=a\``,
    teaches: "several values in one quoted cell (frame 36, an ICMP error: `10.20.0.1,10.20.0.21`)",
    make: () => tshark({ occurrence: "a" }),
  },
  {
    file: "tshark40-seq-raw.csv",
    how: `${REAL}: with tcp.seq_raw, tcp.ack_raw, timestamps and tcp.payload`,
    teaches: "numbers on the wire beside relative ones",
    make: () =>
      tshark({
        fields: [
          ...FIELDS.slice(0, 13),
          "tcp.seq_raw",
          "tcp.ack_raw",
          ...FIELDS.slice(13, 21),
          "tcp.options.timestamp.tsval",
          "tcp.options.timestamp.tsecr",
          "tcp.payload",
        ],
        filter: "tcp && frame.len < 400",
      }),
  },
  {
    file: "tshark40-seq-absolute.csv",
    how: `${REAL}: \`-o tcp.relative_sequence_numbers:FALSE\``,
    teaches: "tcp.seq itself may hold raw numbers up to 2^32 - 1",
    make: () => tshark({ more: ["-o", "tcp.relative_sequence_numbers:FALSE"] }),
  },
  {
    file: "tshark40-ipv6.csv",
    how: `${REAL}: with ipv6.src and ipv6.dst`,
    teaches: "IPv6 rows have their addresses in other columns",
    make: () => tshark({ fields: [...PLAIN_FIELDS.slice(0, 6), "ipv6.src", "ipv6.dst", ...PLAIN_FIELDS.slice(6)] }),
  },
  {
    file: "tshark40-bom.csv",
    how: `${REAL}: quote=d, \`-E bom=y\``,
    teaches: "EF BB BF before the first column's name",
    make: () => tshark({ bom: true }),
  },
  {
    file: "tshark34-quoted.csv",
    how: "derived from plain: tcp.flags and tcp.checksum with eight digits",
    teaches: "`0x00000012`",
    make: () =>
      tshark()
        .toString()
        .replaceAll(/"0x([0-9a-f]{4})"/g, '"0x0000$1"'),
  },
  {
    file: "tshark44-comma.csv",
    how: "derived from the 4.0 cells as 4.4 prints them: separator `,`, no quoting, all occurrences",
    teaches: "commas inside a value are `\\,`; booleans are True and False",
    make: () =>
      change(table({ occurrence: "a" }), asWords)
        .map((row) => row.map((cell) => cell.replaceAll(",", "\\,")).join(",") + "\n")
        .join(""),
  },
  {
    file: "tshark44-quoted.csv",
    how: "derived from the 4.0 cells as 4.4 prints them: quote=d",
    teaches: "inner quotes are doubled, commas are not escaped; True and False",
    make: () => quoteAll(change(table(), asWords)),
  },
  {
    file: "tshark46-quoted.csv",
    how: "derived from the 4.0 cells as 4.6 prints them: quote=d",
    teaches: "frame.time is `2023-06-04T11:23:58.750874000-0400`",
    make: () => quoteAll(change(table(), { ...asWords, "frame.time": toIso })),
  },
  {
    file: "wireshark-export.csv",
    how: `${REAL}, columns \`_ws.col.*\`, written as Wireshark's Export Packet Dissections, As CSV`,
    teaches: "no tcp.seq column: numbers only in the Info text, with an arrow (U+2192)",
    make: () => wiresharkColumns([]),
  },
  {
    file: "wireshark-export-absolute.csv",
    how: "the same with the time display Date and Time of Day (`-t ad`)",
    teaches: "Time without a zone",
    make: () => wiresharkColumns(["-t", "ad"]),
  },
  // Time
  {
    file: "time-epoch-only.csv",
    how: `${REAL}: without frame.time`,
    teaches: "frame.time_epoch alone",
    make: () => tshark({ fields: PLAIN_FIELDS.filter((name) => name !== "frame.time") }),
  },
  {
    file: "time-relative-only.csv",
    how: `${REAL}: frame.time_relative as the only time`,
    teaches: "seconds since the first packet; no wall clock",
    make: () =>
      tshark({
        fields: PLAIN_FIELDS.filter((name) => name !== "frame.time").map((name) =>
          name === "frame.time_epoch" ? "frame.time_relative" : name,
        ),
      }),
  },
  {
    file: "time-missing.csv",
    how: `${REAL}: no time column`,
    teaches: "counts are possible, a timeline is not",
    make: () => tshark({ fields: PLAIN_FIELDS.filter((name) => !name.startsWith("frame.time")) }),
  },
  {
    file: "time-cut.csv",
    how: "derived (FEW frames): frame.time cut by its own comma, epoch intact",
    teaches: "` 2023 11:23:58.75…`: fall back to frame.time_epoch",
    make: () => csv(change(fewRows(), { "frame.time": (cell) => cell.slice(cell.indexOf(",") + 1) })),
  },
  {
    file: "time-damaged.csv",
    how: "derived (FEW frames): in rows 5 to 8 frame.time is `-`, empty, `Jun 31, 2023 …` and `########`, in row 9 the epoch is gone too",
    teaches: "unreadable times are counted, the row still counts for its seq",
    make: () =>
      csv(
        change(fewRows(), {
          "frame.time": (cell, row) => ["-", "", cell.replace("Jun  4", "Jun 31"), "########", "########"][row - 4] ?? cell,
          "frame.time_epoch": (cell, row) => (row === 8 ? "" : cell),
        }),
      ),
  },
  {
    file: "zone-ist.csv",
    how: `${REAL}: TZ=Asia/Kolkata`,
    teaches: "IST is India, Israel or Ireland; only the epoch tells",
    make: () => tshark({ zone: "Asia/Kolkata" }),
  },
  {
    file: "zone-numeric.csv",
    how: `${REAL}: TZ=America/Sao_Paulo`,
    teaches: "zones without an abbreviation print an offset: `-03`",
    make: () => tshark({ zone: "America/Sao_Paulo" }),
  },
  {
    file: "zone-windows.csv",
    how: `${REAL}: TZ=Europe/Paris in January (editcap -t), CET replaced by \`Romance Standard Time\``,
    teaches: "Windows prints the long name",
    make: () =>
      tshark({ zone: "Europe/Paris", file: shifted(-151 * 86_400) })
        .toString()
        .replaceAll(" CET", " Romance Standard Time"),
  },
  {
    file: "zone-none.csv",
    how: "derived from plain: the zone removed",
    teaches: "wall clock without any zone",
    make: () => tshark().toString().replaceAll(" EDT", ""),
  },
  {
    file: "zone-fall-back.csv",
    how: `${REAL}: TZ=America/New_York, moved (editcap -t) to 2023-11-05 05:59:58 UTC`,
    teaches: "the wall clock runs from 01:59:59 EDT to 01:00:00 EST: file order and epoch go on, the naive clock jumps back an hour",
    make: () => tshark({ file: shifted(Date.UTC(2023, 10, 5, 5, 59, 58) / 1_000 - Date.UTC(2023, 5, 4, 15, 23, 58) / 1_000) }),
  },
  {
    file: "time-years-apart.csv",
    how: `${REAL}: the capture merged with a copy nine years later (editcap -t, mergecap)`,
    teaches: "a dense table of minutes would have 4.7 million rows",
    make: () => {
      const file = path.join(temporary, "years.pcapng");
      execFileSync("mergecap", ["-w", file, capture, shifted(9 * 365 * 86_400, "later.pcapng")], { stdio: "ignore" });
      return tshark({
        file,
        fields: [
          "frame.number",
          "frame.time",
          "frame.time_epoch",
          "frame.protocols",
          "ip.src",
          "ip.dst",
          "tcp.srcport",
          "tcp.dstport",
          "tcp.len",
          "tcp.seq",
          "tcp.ack",
          "tcp.flags",
          "tcp.stream",
        ],
      });
    },
  },
  {
    file: "time-backwards.csv",
    how: "derived: rows of tshark40-quoted.csv in reverse order, quoted as RFC 4180",
    teaches: 'file order is not time order; "last" is by time',
    make: () => {
      const [header = [], ...rows] = table();
      return csv([header, ...rows.reverse()]);
    },
  },
  // Encodings and line ends
  {
    file: "utf16le.csv",
    how: "derived from plain: UTF-16LE, BOM, CRLF",
    teaches: "PowerShell 5.1 `>`; every second byte is NUL",
    make: () => Buffer.from(`\ufeff${tshark().toString().replaceAll("\n", "\r\n")}`, "utf16le"),
  },
  {
    file: "utf16be.csv",
    how: "derived from plain: UTF-16BE, BOM, LF",
    teaches: "the other byte order",
    make: () => utf16be(tshark().toString()),
  },
  {
    file: "crlf.csv",
    how: "derived from plain: CRLF",
    teaches: "the last cell must not keep CR",
    make: () => tshark().toString().replaceAll("\n", "\r\n"),
  },
  {
    file: "cr.csv",
    how: "derived from plain: bare CR",
    teaches: "lines end in CR only",
    make: () => tshark().toString().replaceAll("\n", "\r"),
  },
  {
    file: "no-final-newline.csv",
    how: "derived from plain: without its last byte",
    teaches: "the last row counts without a line end",
    make: () => tshark().subarray(0, -1),
  },
  {
    file: "blank-lines.csv",
    how: "derived (FEW frames): an empty line before the header, after it, every fifth row and two at the end",
    teaches: "empty lines are no rows",
    make: () => {
      const lines = csv(fewRows()).split("\n").slice(0, -1);
      return "\n" + lines.map((line, number) => (number % 5 === 0 ? `${line}\n\n` : `${line}\n`)).join("") + "\n\n";
    },
  },
  // Re-saved files
  {
    file: "excel-semicolon.csv",
    how: "derived, as Excel saves in many European locales: `sep=;` line, `;`, CRLF, doubled quotes, frame.time_epoch in E notation",
    teaches: "the separator is declared; `1.68589E+09` has lost its digits, frame.time has not",
    make: () =>
      "sep=;\r\n" +
      csv(
        change(table(), { "frame.time_epoch": (cell) => Number(cell).toExponential(5).toUpperCase().replace("E+9", "E+09") }),
        ";",
        "\r\n",
      ),
  },
  {
    file: "excel-seq-enotation.csv",
    how: "derived from the absolute numbers (FEW frames): tcp.seq in E notation",
    teaches: "`2.28E+09`-like cells still parse as a number, but is not the number that was there",
    make: () => {
      const [header = [], ...rows] = table({ more: ["-o", "tcp.relative_sequence_numbers:FALSE"] });
      return csv(
        change([header, ...rows.filter((row) => FEW.includes(Number(row[0])))], {
          "tcp.seq": (cell) =>
            cell === "" ? "" : Number(cell).toExponential(5).toUpperCase().replace("E+9", "E+09").replace("E+8", "E+08"),
        }),
      );
    },
  },
  {
    file: "floats.csv",
    how: "derived: numeric columns with gaps saved as floats, as pandas does",
    teaches: "`53828.0`, `1.0`; tcp.seq too",
    make: () =>
      csv(
        change(
          table(),
          Object.fromEntries(
            [
              "tcp.srcport",
              "tcp.dstport",
              "tcp.len",
              "tcp.seq",
              "tcp.ack",
              "tcp.stream",
              "tcp.window_size",
              "udp.srcport",
              "udp.dstport",
              "icmp.type",
              "ip.len",
              "ip.ttl",
              ...BOOLEANS,
            ].map((name) => [name, (cell) => (cell === "" ? "" : `${cell}.0`)]),
          ),
        ),
      ),
  },
  {
    file: "header-repeated.csv",
    how: "derived: the header again before row 41 and as the last line",
    teaches: "concatenated exports; not a packet",
    make: () => {
      const rows = table();
      const header = rows[0] ?? [];
      return csv([...rows.slice(0, 41), header, ...rows.slice(41), header]);
    },
  },
  {
    file: "columns-shuffled.csv",
    how: "derived: columns in reverse order, header in mixed case with spaces around two names",
    teaches: "columns are found by name, whatever place, case or padding",
    make: () =>
      csv(
        pick(table(), [...FIELDS].reverse()).map((row, number) =>
          number > 0
            ? row
            : row.map((name) => (name === "tcp.seq" ? " TCP.Seq" : name === "frame.time" ? "Frame.Time " : name.toUpperCase())),
        ),
      ),
  },
  {
    file: "column-duplicated.csv",
    how: "derived (FEW frames): the column tcp.seq twice, the second time shifted by 100",
    teaches: "the first of two equal names counts (pandas calls the second tcp.seq.1)",
    make: () =>
      csv(
        append(fewRows(), "tcp.seq", (row) => {
          const seq = row[FIELDS.indexOf("tcp.seq")];
          return seq ? String(Number(seq) + 100) : "";
        }),
      ),
  },
  // Labels
  {
    file: "label-alert.csv",
    how: "derived: column alert, suspicious for the connection to the closed port and the ICMP errors",
    teaches: "the label column of the notebook",
    make: () =>
      csv(append(table(), "alert", (row) => (usesClosedPort(row) || row[FIELDS.indexOf("icmp.type")] === "3" ? "suspicious" : "benign"))),
  },
  {
    file: "label-other.csv",
    how: "derived: column Label with BENIGN, PortScan and some empty cells",
    teaches: 'another name and other values; "last" means last non-empty',
    make: () => csv(append(table(), "Label", (row, number) => (usesClosedPort(row) ? "PortScan" : number % 4 === 3 ? "" : "BENIGN"))),
  },
  // Damage
  {
    file: "ragged.csv",
    how: "derived (FEW frames): row 4 with two cells too many, row 7 with five too few, row 10 only `frame`, the last line cut off in the middle",
    teaches: "repair what is certain, count the rest by kind with line numbers",
    make: () => {
      const lines = csv(fewRows()).trimEnd().split("\n");
      lines[4] += ",extra,cells";
      lines[7] = (lines[7] ?? "").split(",").slice(0, -5).join(",");
      lines[10] = "frame";
      return lines.join("\n").slice(0, -70);
    },
  },
  {
    file: "nul-bytes.csv",
    how: "derived (FEW frames): NUL inside a User-Agent and inside a number, 64 NULs at the end",
    teaches: "not a binary file; the number is bad, the row is not",
    make: () =>
      csv(
        change(fewRows(), {
          "http.user_agent": (cell) => cell.replace("Lab", "L\0ab"),
          "tcp.window_size": (cell, row) => (row === 6 ? `${cell.slice(0, 2)}\0${cell.slice(2)}` : cell),
        }),
      ) + "\0".repeat(64),
  },
  {
    file: "quoted-newline.csv",
    how: "derived (FEW frames): line ends inside quoted cells, one imitating a whole row, one the header",
    teaches: "a record may span lines",
    make: () => {
      const rows = fewRows();
      const imitation = csv([rows[3] ?? []]).trimEnd();
      return csv(
        change(rows, {
          "http.user_agent": (cell, row) =>
            row === 5 ? `agent\n${imitation}\nend` : row === 12 ? `first\r\n${FIELDS.join(",")}\r\nlast` : cell,
        }),
      );
    },
  },
  {
    file: "doubled-quotes.csv",
    how: "derived: tshark40-quoted.csv with quotes doubled inside every quoted cell (RFC 4180)",
    teaches: '`"text/xml; charset=""UTF-8"""`',
    make: () => quoteAll(table()),
  },
  {
    file: "quote-in-bare-cell.csv",
    how: 'derived (FEW frames): frame.time without quotes and comma, `5" disk`, `"half` and `say "hi" now` in bare cells',
    teaches: "a quote inside an unquoted cell is a character; one that opens and never closes costs one row",
    make: () =>
      fewRows()
        .map(
          (row, number) =>
            row
              .map((cell, column) =>
                number === 0
                  ? cell
                  : FIELDS[column] === "frame.time"
                    ? cell.replace(",", "")
                    : FIELDS[column] === "http.user_agent"
                      ? (["", "", '5" disk', "", 'say "hi" now', "", "", "", '"half'][number] ?? "")
                      : cell.replaceAll(/[",]/g, " "),
              )
              .join(",") + "\n",
        )
        .join(""),
  },
  {
    file: "hostile.csv",
    how: "derived (FEW frames): attacks in http.request.uri, http.user_agent, http.referer and dns.qry.name",
    teaches: "cells are data: never HTML, command link, formula or shell",
    make: () => {
      const attacks = [
        "=cmd|' /C calc'!A0",
        "<img src=x onerror=alert(1)>",
        "[click](command:workbench.action.quit)",
        "$(rm -rf /tmp/x)",
        "`id`",
        "+1+1",
        "@SUM(A1)",
        "-2+3",
        "\u202egnp.exe",
        "<script>alert(1)</script>",
        "$(alert)",
        "${7*7}",
        "javascript:alert(1)",
        "\u001b[2Jcleared",
        "%s%n%x",
        "../../../../etc/passwd",
        "\t=1+1",
      ];
      const put = (/** @type {number} */ skip) => (/** @type {string} */ _, /** @type {number} */ row) =>
        attacks[(row * 4 + skip) % attacks.length] ?? "";
      return csv(
        change(
          append(fewRows(), "alert", (_, row) => (row % 3 === 0 ? "<b>suspicious</b>" : row % 3 === 1 ? "=1+1" : "benign")),
          {
            "http.request.uri": put(0),
            "http.user_agent": put(1),
            "http.referer": put(2),
            "dns.qry.name": put(3),
            "frame.protocols": (cell, row) => (row === 2 ? "eth:<img src=x onerror=alert(2)>:tcp" : cell),
          },
        ),
      );
    },
  },
  {
    file: "seq-odd-values.csv",
    how: "derived (FEW frames): tcp.seq cells `4294967295`, `4294967296`, `-1`, `1e3`, `0x10`, ` 7 `, `1_000`, `nan`, `abc`, `1.5`, `007`, `+5`",
    teaches: "what is a number: pandas reads ` 7 `, `1e3`, `007`, `+5`, `1.5`, `-1`; only 0 to 2^32 - 1 can be a sequence number",
    make: () => {
      const odd = ["4294967295", "4294967296", "-1", "1e3", "0x10", " 7 ", "1_000", "nan", "abc", "1.5", "007", "+5"];
      return csv(change(fewRows(), { "tcp.seq": (cell, row) => odd[row - 3] ?? cell }));
    },
  },
  // Nothing to analyse
  {
    file: "no-tcp-seq.csv",
    how: `${REAL}: without tcp.seq`,
    teaches: "a packet CSV that cannot answer the question; says which tshark option adds the column",
    make: () => tshark({ fields: PLAIN_FIELDS.filter((name) => name !== "tcp.seq") }),
  },
  {
    file: "no-tcp-rows.csv",
    how: `${REAL}: only UDP and ICMP echo frames`,
    teaches: "the column is there, every cell is empty",
    make: () => tshark({ filter: "udp && !icmp || icmp.type == 8" }),
  },
  { file: "header-only.csv", how: `${REAL}: no frame selected`, teaches: "no rows", make: () => tshark({ filter: "frame.number == 0" }) },
  { file: "empty.csv", how: "zero bytes", teaches: "nothing at all", make: () => "" },
  {
    file: "not-packets.csv",
    how: "written by hand",
    teaches: "a CSV about something else",
    make: () => 'city,country,population\nLisbon,Portugal,567131\n"Washington, D.C.",United States,678972\nQuito,Ecuador,1763275\n',
  },
  {
    file: "not-csv.csv",
    how: "the first 4 KB of basic.pcapng under the wrong name",
    teaches: "a capture, not a CSV: says so",
    make: () => fs.readFileSync(capture).subarray(0, 4_096),
  },
];

const version =
  execFileSync("tshark", ["--version"], { stdio: ["ignore", "pipe", "ignore"] })
    .toString()
    .split("\n")[0] ?? "";
if (!/ 4\.0\./.test(version)) throw new Error(`the fixtures are exports of tshark 4.0, this is ${version}`);

try {
  fs.mkdirSync(target, { recursive: true });
  for (const old of fs.readdirSync(target)) fs.rmSync(path.join(target, old));
  let total = 0;
  const lines = FIXTURES.map(({ file, how, teaches, make }) => {
    const content = Buffer.from(make());
    fs.writeFileSync(path.join(target, file), content);
    total += content.length;
    if (content.length > 60_000) throw new Error(`${file} has ${content.length} bytes, more than a fixture should`);
    const cell = (/** @type {string} */ text) => text.replaceAll("|", "\\|");
    return `| ${file} | ${content.length} | ${cell(how)} | ${cell(teaches)} |`;
  });
  fs.writeFileSync(
    path.join(target, "README.md"),
    `# Packet CSVs in every shape\n\nOne short capture (\`../captures/basic.pcapng\`, ${table().length - 1} frames, 2023-06-04 11:23:58 to 11:24:02 EDT) exported and damaged in every way the\nreader has to cope with. Written by \`scripts/samples/makeFixtures.mjs\`, this table too: change the list there, not the files.\n"Real" exports are the output of ${version.replace(/ \(Git.*$/, "")} as it is; "derived" ones change only what is said. "FEW frames" means ${FEW.length} of them,\none of every kind. \`../expected/\` holds what a pandas notebook makes of those it can read.\n\n| File | Bytes | How made | What it teaches |\n| --- | --- | --- | --- |\n${lines.join("\n")}\n`,
  );
  console.log(`${FIXTURES.length} fixtures, ${total} bytes`);
} finally {
  fs.rmSync(temporary, { recursive: true });
}

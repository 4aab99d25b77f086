/**
 * The fields the engine reads, under the names tshark and Wireshark give them. One list: finding columns in a header
 * and checking cells while repairing a row use it.
 */

/** What the engine calls a column. Several names of a file can stand for one. */
export type FieldKey =
  | "frame"
  | "time"
  | "timeUtc"
  | "timeEpoch"
  | "timeRelative"
  | "displayTime"
  | "protocols"
  | "srcV4"
  | "dstV4"
  | "srcV6"
  | "dstV6"
  | "srcPort"
  | "dstPort"
  | "len"
  | "seq"
  | "seqRaw"
  | "ack"
  | "flags"
  | "window"
  | "stream"
  | "checksum"
  | "tsVal"
  | "tsEcr"
  | "ttl"
  | "ipLen"
  | "headerLen"
  | "payload"
  | "info"
  | "label";

/** Names of a field in a header, lower case. The first is tshark's. */
export const FIELD_NAMES: Readonly<Record<Exclude<FieldKey, "label">, readonly string[]>> = {
  frame: ["frame.number", "_ws.col.number", "no."],
  time: ["frame.time"],
  timeUtc: ["frame.time_utc"],
  timeEpoch: ["frame.time_epoch"],
  timeRelative: ["frame.time_relative"],
  displayTime: ["_ws.col.time", "_ws.col.def_time", "time"],
  protocols: ["frame.protocols", "_ws.col.protocol", "protocol"],
  srcV4: ["ip.src", "_ws.col.source", "_ws.col.def_src", "source"],
  dstV4: ["ip.dst", "_ws.col.destination", "_ws.col.def_dst", "destination"],
  srcV6: ["ipv6.src"],
  dstV6: ["ipv6.dst"],
  srcPort: ["tcp.srcport"],
  dstPort: ["tcp.dstport"],
  len: ["tcp.len"],
  seq: ["tcp.seq"],
  seqRaw: ["tcp.seq_raw"],
  ack: ["tcp.ack"],
  flags: ["tcp.flags"],
  window: ["tcp.window_size"],
  stream: ["tcp.stream"],
  checksum: ["tcp.checksum"],
  tsVal: ["tcp.options.timestamp.tsval"],
  tsEcr: ["tcp.options.timestamp.tsecr"],
  ttl: ["ip.ttl", "ipv6.hlim"],
  ipLen: ["ip.len"],
  headerLen: ["tcp.hdr_len"],
  // No column in memory: read again, row by row, where two segments are compared.
  payload: ["tcp.payload"],
  info: ["_ws.col.info", "info"],
};

/** Column of every field the header has, and the label column. */
export interface HeaderMap {
  /** Names as the file spells them. */
  readonly names: readonly string[];
  /** Position of each field found, from 0. */
  readonly columns: ReadonlyMap<FieldKey, number>;
}

/** Header names to columns: without case, in any order, the first of several columns with one name. */
export function mapHeader(names: readonly string[], labelFields: readonly string[]): HeaderMap {
  const clean = names.map((name) => name.trim().toLowerCase());
  const columns = new Map<FieldKey, number>();
  for (const [key, spellings] of Object.entries(FIELD_NAMES) as [FieldKey, readonly string[]][]) {
    for (const spelling of spellings) {
      const column = clean.indexOf(spelling);
      if (column < 0) continue;
      columns.set(key, column);
      break;
    }
  }
  // Of numbers on the wire, both: a relative ACK says nothing beside them.
  const rawAck = clean.indexOf("tcp.ack_raw");
  if (!columns.has("seq") && columns.has("seqRaw") && rawAck >= 0) columns.set("ack", rawAck);
  for (const label of labelFields) {
    const column = clean.indexOf(label.trim().toLowerCase());
    if (column < 0 || [...columns.values()].includes(column)) continue;
    columns.set("label", column);
    break;
  }
  return { names: names.map((name) => name.trim()), columns };
}

/** What a cell of a field can look like, to tell where a row with too many cells was torn. */
export type CellShape = "number" | "numbers" | "addresses" | "time" | "protocols" | "anything";

const SHAPES: Readonly<Record<FieldKey, CellShape>> = {
  frame: "number",
  time: "time",
  timeUtc: "time",
  timeEpoch: "number",
  timeRelative: "number",
  displayTime: "anything",
  protocols: "protocols",
  srcV4: "addresses",
  dstV4: "addresses",
  srcV6: "addresses",
  dstV6: "addresses",
  srcPort: "numbers",
  dstPort: "numbers",
  len: "numbers",
  seq: "numbers",
  seqRaw: "numbers",
  ack: "numbers",
  flags: "numbers",
  window: "numbers",
  stream: "numbers",
  checksum: "numbers",
  tsVal: "numbers",
  tsEcr: "numbers",
  ttl: "numbers",
  ipLen: "numbers",
  headerLen: "numbers",
  payload: "anything",
  info: "anything",
  label: "anything",
};

/** Families of fields that hold numbers only, whatever follows the dot. */
const NUMERIC_NAME =
  /^(?:frame\.(?:number|len|cap_len|time_epoch|time_relative|time_delta)|tcp\.(?:srcport|dstport|len|seq|seq_raw|nxtseq|ack|ack_raw|flags(?:\..+)?|window_size(?:_value)?|checksum|stream|hdr_len|urgent_pointer)|udp\.(?:srcport|dstport|length|checksum|stream)|ip\.(?:len|ttl|id|flags(?:\..+)?|frag_offset|proto|version|dsfield|checksum|hdr_len)|icmp\.(?:type|code|checksum)|eth\.type|http\.response\.code|dns\.(?:qry\.type|qry\.class|flags\.response))$/;

/** Shape of every column of a header, for the repair of rows. */
export function cellShapes(header: HeaderMap): CellShape[] {
  const shapes = header.names.map((name): CellShape => {
    const lower = name.toLowerCase();
    if (NUMERIC_NAME.test(lower)) return lower.startsWith("frame.") ? "number" : "numbers";
    return /^(?:eth|ip|ipv6)\.(?:src|dst|addr)$/.test(lower) ? "addresses" : "anything";
  });
  for (const [key, column] of header.columns) shapes[column] = SHAPES[key];
  return shapes;
}

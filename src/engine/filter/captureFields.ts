/**
 * The fields of one capture: which there are, what has to be read before they can be asked, and where their values stand. Columns in
 * memory come first; any other of the file's columns is read once, when a filter names it (`LoadedColumns`).
 */
import type { FilterField, FilterSpan } from "../../shared/displayFilter";
import type { CaptureStore } from "../captureStore";
import { Valid } from "../columns";
import type { ByteDictionary } from "../dictionary";
import { FIELD_NAMES, type FieldKey } from "../fields";
import { LABEL_FIELDS, SegmentLabel } from "../segmentLabels";
import { FLAG_FIELDS, isFieldName, PROTOCOLS, typeOfName, UNION_FIELDS, type FieldType } from "./fieldTypes";
import { FilterError } from "./problem";
import { CodeSource, NumberSource, takeMarked, UnionSource, type Source } from "./sources";
import { READ_CELL, splitCell, type Cell } from "./values";

/** A column of the file, all rows: text by code, in the places of PacketColumns. */
export interface LoadedColumn {
  readonly codes: Uint32Array;
  readonly dictionary: ByteDictionary;
}

/** What a column takes. */
export const bytesOf = ({ codes, dictionary }: LoadedColumn): number => codes.byteLength + dictionary.byteLength;

/** What a field needs before it can be asked. */
export interface Needs {
  /** Columns of the second pass. */
  rest: boolean;
  /** Labels of Wireshark's sequence analysis. */
  labels: boolean;
  /** Positions in the header. */
  readonly columns: Set<number>;
}

/** A field as the compiler sees it. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly need: (needs: Needs) => void;
  /** Once all it needs is there. For times: what is compared is in PacketColumns. */
  readonly open: () => Source;
}

type CaptureParts = Pick<CaptureStore, "columns" | "head" | "summary" | "segmentLabels">;

/** Columns of numbers with a bit of their own: 0 is a value there. */
const NUMBER_KEYS = ["frame", "stream", "len", "ack", "window", "flags", "srcPort", "dstPort", "checksum", "seqRaw", "tsVal"] as const;
type NumberKey = (typeof NUMBER_KEYS)[number];
const isNumberKey = (key: FieldKey): key is NumberKey => (NUMBER_KEYS as readonly string[]).includes(key);
/** Numbers that Wireshark's Info text gives. */
const INFO_KEYS: readonly FieldKey[] = ["seq", "ack", "window", "len", "flags", "srcPort", "dstPort"];
/** Fields whose column may have another name in files that Wireshark's own export wrote. */
const ALIAS_KEYS = ["frame", "protocols", "srcV4", "dstV4"] as const;
const TIME_KEYS: readonly FieldKey[] = ["time", "timeUtc", "timeEpoch"];

/** Texts of which commas do not separate values: free text, and columns that somebody added. */
const isFreeText = (name: string): boolean => !name.includes(".") || /^(?:_ws\.|frame\.)/.test(name);

/** A name as a filter can write it: what is no letter, digit, dot or dash becomes `_`. */
const plainName = (name: string): string => name.trim().replace(/[^\p{L}\p{N}_.-]+/gu, "_");

/** See the file header. */
export class CaptureFields {
  readonly loaded = new Map<number, LoadedColumn>();
  readonly #capture: CaptureParts;
  readonly #names: readonly string[];
  /** Of the summary that it was made for: a complete capture may have more. */
  #listed: { readonly summary: unknown; readonly fields: readonly FilterField[] } | undefined;
  readonly #keys: ReadonlyMap<number, FieldKey>;
  /** The first column of each name, as it is and in small letters. */
  readonly #byName = new Map<string, number>();
  readonly #byLowerName = new Map<string, number>();
  /** Of the first texts of the dictionary, which grows while the file is read. */
  #protocols: { readonly dictionary: ByteDictionary; readonly names: Set<string>; looked: number } | undefined;

  constructor(capture: CaptureParts) {
    this.#capture = capture;
    const { header } = capture.head;
    this.#names = header.names.map(plainName);
    this.#names.forEach((name, column) => {
      if (!this.#byName.has(name)) this.#byName.set(name, column);
      if (!this.#byLowerName.has(name.toLowerCase())) this.#byLowerName.set(name.toLowerCase(), column);
    });
    this.#keys = new Map([...header.columns].map(([key, column]) => [column, key]));
  }

  /** Undefined when the capture has no such field. */
  find(name: string): Field | undefined {
    // Single flags have columns of their own in many files; tcp.flags, which has them all, is in memory.
    const flag = this.#capture.head.header.columns.has("flags") ? this.#flag(name) : undefined;
    if (flag) return flag;
    const column = this.#columnOf(name);
    if (column >= 0) return this.#fieldOfColumn(name, column);
    return this.#fromInfo(name) ?? this.#union(name) ?? this.#flag(name) ?? this.#label(name) ?? this.#epoch(name);
  }

  /** A field, or FilterError that says how to get it. */
  get(name: string, span: FilterSpan): Field {
    const field = this.find(name);
    if (field) return field;
    if (!isFieldName(name) && !Object.hasOwn(UNION_FIELDS, name) && !Object.hasOwn(FLAG_FIELDS, name))
      throw new FilterError(span, "“{0}” is neither a field of this capture nor a protocol.", [name]);
    const missing = UNION_FIELDS[name] ?? (Object.hasOwn(FLAG_FIELDS, name) || name.startsWith("tcp.analysis") ? ["tcp.flags"] : [name]);
    const options = missing.map((each) => `-e ${each}`).join(" ");
    throw new FilterError(span, "This capture has no column for {0}. Export it again with {1} added to the tshark command.", [
      name,
      options,
    ]);
  }

  /** Whether a name alone is a protocol. */
  isProtocol(name: string): boolean {
    return PROTOCOLS.has(name) || (/^[a-z_][\w.-]*$/.test(name) && this.#protocolsOf().has(name));
  }

  /** A protocol as a field that is there or not. */
  protocol(name: string, span: FilterSpan): Field {
    const { columns, head } = this.#capture;
    const hasProtocols = head.header.columns.has("protocols");
    // Wireshark's own column has only the last protocol, under another name than filters have.
    const protocolColumn = head.header.columns.get("protocols");
    const isChain = protocolColumn !== undefined && this.#names[protocolColumn].toLowerCase() === "frame.protocols";
    const own = this.#names.flatMap((each, column) => (each.toLowerCase().startsWith(`${name}.`) ? [column] : []));
    const isTcp = name === "tcp";
    if (!hasProtocols && own.length === 0 && !isTcp && name !== "frame")
      throw new FilterError(span, "This capture has no column of protocols. Export it again with {0} added to the tshark command.", [
        "-e frame.protocols",
      ]);
    const fields = isChain ? [] : own.map((column) => this.#fieldOfColumn(this.#names[column], column));
    return {
      name,
      type: "none",
      need: (needs) => fields.forEach((field) => field.need(needs)),
      open: () => {
        const { rows, valid, protocols, protocolNames } = columns;
        if (name === "frame") return existing((words) => words.fill(0xffff_ffff));
        const sources: Source[] = fields.map((field) =>
          field.type === "time" || field.type === "epoch" ? existing((words) => takeMarked(valid, Valid.time, rows, words)) : field.open(),
        );
        if (hasProtocols)
          sources.push(
            new CodeSource(protocols, protocolNames, rows, (text) => (text.toLowerCase().split(/[:,]/).includes(name) ? [1] : [])),
          );
        if (isTcp && !isChain) sources.push(existing((words) => takeMarked(valid, Valid.seq, rows, words)));
        return new UnionSource(sources);
      },
    };
  }

  /** Text columns that are in memory, for completion: name and values. */
  values(name: string): readonly string[] {
    const { columns } = this.#capture;
    const column = this.#columnOf(name);
    const key = this.#keys.get(column);
    const parts = UNION_FIELDS[name];
    const loaded = this.loaded.get(column);
    const [dictionary, isAddress] =
      key === "label"
        ? [columns.labelNames, false]
        : key === "protocols"
          ? [columns.protocolNames, false]
          : /^(?:src|dst)V[46]$/.test(key ?? "") || (parts && name.startsWith("ip"))
            ? [columns.addresses, true]
            : [loaded?.dictionary, false];
    if (!dictionary) return [];
    const read = READ_CELL[name.startsWith("ipv6") ? "ipv6" : "ipv4"];
    const values: string[] = [];
    const size = Math.min(dictionary.size, MAX_TEXTS);
    for (let code = 1; code < size && values.length < MAX_VALUES; code++) {
      const value = isAddress ? dictionary.valueOf(code).trim() : dictionary.valueOf(code);
      if (!isAddress || read(value) !== null) values.push(value);
    }
    return values;
  }

  /** Protocols that packets of this capture have. */
  protocols(): readonly string[] {
    return [...this.#protocolsOf()];
  }

  /** Every field a filter may name. */
  list(): readonly FilterField[] {
    const { summary } = this.#capture;
    if (this.#listed?.summary !== summary) this.#listed = { summary, fields: this.#list() };
    return this.#listed.fields;
  }

  #list(): FilterField[] {
    const names = new Set<string>(this.#names.filter((name) => name !== ""));
    const { columns } = this.#capture.head.header;
    for (const key of ALIAS_KEYS) if (columns.has(key)) names.add(FIELD_NAMES[key][0]);
    if (this.#hasInfo) for (const key of INFO_KEYS) names.add(FIELD_NAMES[key as Exclude<FieldKey, "label">][0]);
    for (const name of [...Object.keys(UNION_FIELDS), ...Object.keys(FLAG_FIELDS), "frame.time_epoch"]) names.add(name);
    for (const { field } of ANALYSIS) names.add(field);
    return [...names]
      .map((name) => this.find(name))
      .filter((field) => field !== undefined)
      .map(({ name, type }) => ({ name, type: SHOWN_TYPES[type] }));
  }

  /** Bytes that columns read on demand take. */
  get loadedBytes(): number {
    return [...this.loaded.values()].reduce((sum, column) => sum + bytesOf(column), 0);
  }

  get #hasInfo(): boolean {
    const { columns } = this.#capture.head.header;
    return columns.has("info") && !columns.has("seq") && !columns.has("seqRaw");
  }

  #protocolsOf(): Set<string> {
    const { protocolNames } = this.#capture.columns;
    if (this.#protocols?.dictionary !== protocolNames) this.#protocols = { dictionary: protocolNames, names: new Set(), looked: 1 };
    const known = this.#protocols;
    const size = Math.min(protocolNames.size, MAX_TEXTS);
    for (; known.looked < size && known.names.size < MAX_VALUES; known.looked++)
      for (const name of protocolNames.valueOf(known.looked).toLowerCase().split(/[:,]/)) if (name !== "") known.names.add(name);
    return known.names;
  }

  /** Position in the header: by its own name, else by the one it stands for; -1 without. */
  #columnOf(name: string): number {
    const own = this.#byName.get(name);
    if (own !== undefined) return own;
    const { columns } = this.#capture.head.header;
    const alias = ALIAS_KEYS.find((key) => FIELD_NAMES[key][0] === name);
    if (alias && columns.has(alias)) return columns.get(alias)!;
    return this.#byLowerName.get(name.toLowerCase()) ?? -1;
  }

  #fieldOfColumn(name: string, column: number): Field {
    const { columns, head } = this.#capture;
    const key = this.#keys.get(column);
    if (key && TIME_KEYS.includes(key)) {
      const type = key === "timeEpoch" ? "epoch" : "time";
      return { name, type, need: () => undefined, open: () => this.#times() };
    }
    if (key === "seq" || (key === "seqRaw" && !head.header.columns.has("seq"))) return this.#number(name, "seq", false);
    if (key && isNumberKey(key)) return this.#number(name, key, true);
    if (key === "label" || key === "protocols") {
      const read = textCells(name);
      const type = "text";
      const open =
        key === "label"
          ? () => new CodeSource(columns.label, columns.labelNames, columns.rows, read)
          : () => new CodeSource(columns.protocols, columns.protocolNames, columns.rows, read);
      return { name, type, need: () => undefined, open };
    }
    if (key === "srcV4" || key === "dstV4" || key === "srcV6" || key === "dstV6") return this.#address(name, column, key);
    const type = typeOfName(name.toLowerCase());
    return {
      name,
      type: type === "time" || type === "epoch" ? "any" : type,
      need: (needs) => needs.columns.add(column),
      open: () => this.#opened(column, type === "time" || type === "epoch" ? "any" : type, name),
    };
  }

  #opened(column: number, type: FieldType, name: string): Source {
    const loaded = this.loaded.get(column);
    if (!loaded) throw new Error(`The column ${name} is not read yet.`);
    return new CodeSource(loaded.codes, loaded.dictionary, this.#capture.columns.rows, cellsOf(type, name));
  }

  #number(name: string, key: NumberKey | "seq", isRest: boolean): Field {
    return {
      name,
      type: "number",
      need: (needs) => {
        needs.rest ||= isRest;
      },
      open: () => {
        const { columns } = this.#capture;
        return new NumberSource(columns[key], columns.valid, Valid[key], columns.rows);
      },
    };
  }

  /** Of several addresses in one cell the column in memory keeps the last: where there are such cells, the file's own is read. */
  #address(name: string, column: number, key: "srcV4" | "dstV4" | "srcV6" | "dstV6"): Field {
    const type = key.endsWith("V4") ? "ipv4" : "ipv6";
    return {
      name,
      type,
      need: (needs) => {
        needs.rest = true;
        if (this.#capture.summary.problems.some(({ kind }) => kind === "multipleValues")) needs.columns.add(column);
      },
      open: () => {
        if (this.loaded.has(column)) return this.#opened(column, type, name);
        const { columns } = this.#capture;
        return new CodeSource(key.startsWith("src") ? columns.src : columns.dst, columns.addresses, columns.rows, cellsOf(type, name));
      },
    };
  }

  #fromInfo(name: string): Field | undefined {
    if (!this.#hasInfo) return undefined;
    const key = INFO_KEYS.find((each) => FIELD_NAMES[each as Exclude<FieldKey, "label">][0] === name);
    if (key === undefined) return undefined;
    return this.#number(name, key as NumberKey | "seq", key !== "seq");
  }

  #union(name: string): Field | undefined {
    if (!Object.hasOwn(UNION_FIELDS, name)) return undefined;
    const parts = UNION_FIELDS[name].map((part) => this.find(part)).filter((part) => part !== undefined);
    // One side alone would answer with half of the packets.
    if (parts.length < UNION_FIELDS[name].length) return undefined;
    return {
      name,
      type: parts[0].type,
      need: (needs) => parts.forEach((part) => part.need(needs)),
      open: () => new UnionSource(parts.map((part) => part.open())),
    };
  }

  #flag(name: string): Field | undefined {
    const flags = Object.hasOwn(FLAG_FIELDS, name) ? this.find("tcp.flags") : undefined;
    if (!flags) return undefined;
    const bit = FLAG_FIELDS[name];
    return {
      ...flags,
      name,
      type: "boolean",
      open: () => {
        const source = flags.open();
        // A file's own column of flags is read as any other where it is no number column.
        const map = (value: number): number => ((value & bit) === 0 ? 0 : 1);
        return source instanceof NumberSource
          ? source.mapped(map)
          : (source as CodeSource).mapped((cells) => cells.map((cell) => map(Number(cell))));
      },
    };
  }

  #label(name: string): Field | undefined {
    const label = ANALYSIS.find(({ field }) => field === name);
    if (!label || !this.find("tcp.seq")) return undefined;
    return {
      name,
      type: "none",
      need: (needs) => {
        needs.rest = needs.labels = true;
      },
      open: () => {
        const { segmentLabels, columns } = this.#capture;
        if (!segmentLabels) throw new Error("Streams are not followed yet.");
        return new NumberSource(segmentLabels, segmentLabels, label.bits, columns.rows, () => 1);
      },
    };
  }

  /** Seconds since 1970, where the clock of every row is known. */
  #epoch(name: string): Field | undefined {
    const { columns } = this.#capture.head.header;
    const isKnown = this.#capture.summary.time?.isUtcKnown === true;
    if (name !== "frame.time_epoch" || !isKnown || !(columns.has("time") || columns.has("timeUtc"))) return undefined;
    return { name, type: "epoch", need: () => undefined, open: () => this.#times() };
  }

  #times(): Source {
    const { rows, valid } = this.#capture.columns;
    return existing((words) => takeMarked(valid, Valid.time, rows, words));
  }
}

/** Values of one column that are offered or looked at to know its protocols. */
const MAX_VALUES = 5000;
/** Texts of one column that are looked at for that. */
const MAX_TEXTS = 50_000;

/** Names under which labels are asked for; `flags`: any of them. */
const ANALYSIS: readonly { readonly field: string; readonly bits: number }[] = [
  ...LABEL_FIELDS.map(({ name, field }) => ({ field: `tcp.analysis.${field}`, bits: SegmentLabel[name] })),
  { field: "tcp.analysis.zero_window_probe", bits: SegmentLabel.zeroWindowProbe },
  { field: "tcp.analysis.zero_window_probe_ack", bits: SegmentLabel.zeroWindowProbeAck },
  { field: "tcp.analysis.flags", bits: 0x7fff },
];

const SHOWN_TYPES: Readonly<Record<FieldType, FilterField["type"]>> = {
  number: "number",
  boolean: "boolean",
  text: "text",
  ipv4: "address",
  ipv6: "address",
  ether: "address",
  time: "time",
  epoch: "time",
  any: "text",
  none: "boolean",
};

/** A field that has no values to compare, or whose values are compared elsewhere. */
const existing = (exists: (words: Uint32Array) => void): Source => ({
  exists,
  select: () => undefined,
  valuesAt: () => [],
});

/** How a cell of a text is read: as it is, and where commas can separate values, also these. */
const textCells =
  (name: string) =>
  (text: string): readonly Cell[] =>
    text === "" ? [] : text.includes(",") && !isFreeText(name) ? [...new Set([text, ...splitCell(text)])] : [text];

/** How a cell of a type is read. */
export function cellsOf(type: FieldType, name: string): (text: string) => readonly Cell[] {
  if (type === "text" || type === "any" || type === "time" || type === "epoch" || type === "none") return textCells(name);
  const read = READ_CELL[type];
  return (text) => {
    if (!text.includes(",")) {
      const cell = read(text);
      return cell === null ? [] : [cell];
    }
    return splitCell(text).flatMap((part) => read(part) ?? []);
  };
}

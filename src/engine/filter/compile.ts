/**
 * From a filter's syntax to something that gives rows. Checks that fields are there, that values can be compared with them, and says what
 * has to be read first; evaluates when that is there. A packet without a field passes no comparison of it, as in Wireshark, and so the
 * negation of each.
 */
import type { FilterSpan } from "../../shared/displayFilter";
import { Valid, type PacketColumns } from "../columns";
import { RowBits } from "../rowBits";
import type { CaptureFields, Field, Needs } from "./captureFields";
import { isFieldName, type FieldType } from "./fieldTypes";
import { parseFilter, type FilterNode, type Quantifier, type Relation, type ValueNode } from "./parser";
import { newPatternBudget, Pattern } from "./pattern";
import { FilterError } from "./problem";
import { CodeSource, NumberSource, RowSource, takeMarked, takeTimes, type MomentRange, type Source, type Test } from "./sources";
import {
  compareCells,
  READ_CELL,
  readBoolean,
  readEpoch,
  readEther,
  readIpv4,
  readIpv6,
  readNetwork,
  readNumber,
  readTime,
  type Cell,
  type TimeLiteral,
} from "./values";

/** A filter that fits the capture. */
export interface CompiledFilter {
  readonly needs: Needs;
  /** The rows that pass, once all it needs is there. Throws FilterError where finding them would take too long. */
  readonly run: () => RowBits;
}

type Comparison = FilterNode & { kind: "compare" };

/** Adds rows to empty words. */
type Evaluate = (words: Uint32Array) => void;

/** A value of packets. */
interface Operand {
  readonly name: string;
  readonly type: FieldType;
  readonly open: () => Source;
}

/** Throws FilterError. */
export function compileFilter(text: string, fields: CaptureFields, columns: PacketColumns): CompiledFilter {
  const node = parseFilter(text);
  const compiler = new Compiler(fields, columns);
  const evaluate = node && compiler.filter(node);
  return {
    needs: compiler.needs,
    run: () => {
      const { rows, valid } = columns;
      const bits = new RowBits(rows);
      if (evaluate) evaluate(bits.words);
      else bits.words.fill(0xffff_ffff);
      // A place without a row passes nothing, nor does what lies behind the last one.
      const empty = new Uint32Array(bits.words.length);
      takeMarked(valid, Valid.noRow, rows, empty);
      for (let i = 0; i < empty.length; i++) bits.words[i] &= ~empty[i];
      if ((rows & 31) !== 0) bits.words[bits.words.length - 1] &= 2 ** (rows & 31) - 1;
      return bits;
    },
  };
}

/** Characters that a slice of several parts has at most. */
const MAX_SLICED = 100_000;

/** Pairs of a packet's values of two fields at most: as many sums and comparisons are made. With more, it is as if it had none. */
const MAX_PAIRS = 10_000;

class Compiler {
  readonly needs: Needs = { rest: false, labels: false, columns: new Set() };
  readonly #fields: CaptureFields;
  readonly #columns: PacketColumns;
  readonly #patternBudget = newPatternBudget();

  constructor(fields: CaptureFields, columns: PacketColumns) {
    this.#fields = fields;
    this.#columns = columns;
  }

  filter(node: FilterNode): Evaluate {
    switch (node.kind) {
      case "or": {
        const parts = this.#joinEquals(node.of).map((each) => this.filter(each));
        return parts.length === 1 ? parts[0] : combine("or", parts);
      }
      case "and":
      case "xor":
        return combine(
          node.kind,
          node.of.map((each) => this.filter(each)),
        );
      case "not": {
        const inner = this.filter(node.of);
        return (words) => {
          inner(words);
          for (let i = 0; i < words.length; i++) words[i] = ~words[i];
        };
      }
      case "exists":
        return this.#exists(node.value);
      case "in":
        return this.#in(node);
      case "compare":
        return this.#compare(node);
    }
  }

  /** `a == 1 || a == 2 || ...` is `a in {1, 2, ...}`: one pass over the rows, however many there are. */
  #joinEquals(nodes: readonly FilterNode[]): FilterNode[] {
    const joined: FilterNode[] = [];
    const sets = new Map<string, { value: ValueNode; items: { first: ValueNode; last: undefined }[]; at: number }>();
    for (const node of nodes) {
      if (node.kind !== "compare" || node.relation !== "eq" || node.quantifier !== "any" || node.left.kind !== "word") {
        joined.push(node);
        continue;
      }
      const [left, right] = this.#sides(node);
      if (!left || right) {
        joined.push(node);
        continue;
      }
      const name = node.left.text;
      const item = { first: node.right, last: undefined };
      const known = sets.get(name);
      if (known) known.items.push(item);
      else sets.set(name, { value: node.left, items: [item], at: joined.push(node) - 1 });
    }
    for (const { value, items, at } of sets.values())
      if (items.length > 1) joined[at] = { kind: "in", quantifier: "any", value, items, start: value.start, end: value.end };
    return joined;
  }

  #exists(value: ValueNode): Evaluate {
    const operand = this.#operand(value, true);
    // Of bits, whether one is set; of anything else, whether it is there.
    if (value.kind === "arith" && value.operator === "&")
      return (words) => operand.open().select({ holds: (cell) => cell !== 0 }, "any", words);
    return (words) => operand.open().exists(words);
  }

  #in(node: FilterNode & { kind: "in" }): Evaluate {
    const operand = this.#operand(node.value);
    if (operand.type === "time" || operand.type === "epoch") {
      const ranges = node.items.map(({ first, last }) => {
        const [from, to] = [this.#time(first, operand), this.#time(last ?? first, operand)];
        return { range: { fromSec: from.seconds, fromNs: from.nanos, toSec: to.seconds, toNs: to.nanos }, literal: from };
      });
      return (words) => ranges.forEach(({ range, literal }) => this.#takeTimes(literal, range, words));
    }
    const tests = node.items.map(({ first, last }) => {
      if (!last) return literalTest("eq", operand, first);
      const [low, high] = [literalOf(operand, first), literalOf(operand, last)];
      // Of two networks, from the first's first address to the last's last.
      if (compareCells(low.first, high.last) > 0)
        throw new FilterError(span(first, last), "The first value of a range is above the last one.");
      return between(low.first, high.last, operand.type);
    });
    return this.#select(operand, anyOf(tests), node.quantifier);
  }

  #compare(node: Comparison): Evaluate {
    const { relation, quantifier } = node;
    const [left, right] = this.#sides(node);
    if (!left && right) {
      const turned = TURNED[relation];
      if (!turned) throw new FilterError(node.left, "A field is needed here; {0} is a value.", [describe(node.left)]);
      return this.#compareWith(turned, quantifier, right, node.left, node.at);
    }
    if (!left) return this.#compareWith(relation, quantifier, this.#operand(node.left), node.right, node.at);
    if (!right) return this.#compareWith(relation, quantifier, left, node.right, node.at);
    return this.#compareFields(relation, quantifier, left, right, node);
  }

  #compareWith(relation: Relation, quantifier: Quantifier, operand: Operand, literal: ValueNode, at: FilterSpan): Evaluate {
    if (operand.type === "time" || operand.type === "epoch") return this.#compareTime(relation, operand, literal, at);
    if (relation === "contains" || relation === "matches") {
      const name = relation === "contains" ? "contains" : "matches";
      if (operand.type !== "text" && operand.type !== "any")
        throw new FilterError(at, "{0} applies to text, and {1} has none.", [name, operand.name]);
      if (literal.kind !== "string" && literal.kind !== "word") throw new FilterError(literal, "Text is needed here.");
      const { text } = literal;
      const pattern = relation === "matches" ? new Pattern(text, literal, this.#patternBudget) : undefined;
      const holds = pattern ? (cell: Cell) => pattern.test(String(cell)) : (cell: Cell) => String(cell).includes(text);
      return this.#select(operand, { holds }, quantifier);
    }
    return this.#select(operand, literalTest(relation, operand, literal), quantifier);
  }

  #select(operand: Operand, test: Test, quantifier: Quantifier): Evaluate {
    return (words) => operand.open().select(test, quantifier, words);
  }

  #compareFields(relation: Relation, quantifier: Quantifier, left: Operand, right: Operand, node: Comparison): Evaluate {
    const [a, b] = [familyOf(left.type), familyOf(right.type)];
    if (relation === "contains" || relation === "matches") {
      if (relation === "matches" || a !== "text" || b !== "text") throw new FilterError(node.right, "Text is needed here.");
    } else if (a !== b || a === "time")
      throw new FilterError(node, "Values of {0} cannot be compared with those of {1}.", [left.name, right.name]);
    const { rows } = this.#columns;
    const compare = COMPARE[relation];
    return (words) => {
      const [from, to] = [left.open(), right.open()];
      const passes = (row: number): boolean => {
        const [these, those] = [from.valuesAt(row), to.valuesAt(row)];
        const pairs = these.length * those.length;
        if (pairs === 0 || pairs > MAX_PAIRS) return false;
        return quantifier === "any"
          ? these.some((x) => those.some((y) => compare(x, y)))
          : these.every((x) => those.every((y) => compare(x, y)));
      };
      for (let row = 0; row < rows; row++) if (passes(row)) words[row >>> 5] |= 1 << (row & 31);
    };
  }

  #compareTime(relation: Relation, operand: Operand, literal: ValueNode, at: FilterSpan): Evaluate {
    if (relation === "contains" || relation === "matches")
      throw new FilterError(at, "{0} applies to text, and {1} has none.", [relation, operand.name]);
    const time = this.#time(literal, operand);
    const { seconds, nanos } = time;
    const before = nanos > 0 ? { sec: seconds, ns: nanos - 1 } : { sec: seconds - 1, ns: 999_999_999 };
    const behind = nanos < 999_999_999 ? { sec: seconds, ns: nanos + 1 } : { sec: seconds + 1, ns: 0 };
    const upTo = (toSec: number, toNs: number): MomentRange => ({ fromSec: -Infinity, fromNs: 0, toSec, toNs });
    const from = (fromSec: number, fromNs: number): MomentRange => ({ fromSec, fromNs, toSec: Infinity, toNs: 0 });
    const ranges: Readonly<Record<Exclude<Relation, "contains" | "matches">, readonly MomentRange[]>> = {
      eq: [{ fromSec: seconds, fromNs: nanos, toSec: seconds, toNs: nanos }],
      ne: [upTo(before.sec, before.ns), from(behind.sec, behind.ns)],
      lt: [upTo(before.sec, before.ns)],
      le: [upTo(seconds, nanos)],
      gt: [from(behind.sec, behind.ns)],
      ge: [from(seconds, nanos)],
    };
    return (words) => ranges[relation].forEach((range) => this.#takeTimes(time, range, words));
  }

  /** A moment that a filter names. Throws FilterError when the capture's clock cannot be compared with it. */
  #time(node: ValueNode, operand: Operand): TimeLiteral {
    const text = node.kind === "string" || node.kind === "word" ? node.text : node.kind === "negate" ? literalText(node) : undefined;
    const time = text === undefined ? null : operand.type === "epoch" ? readEpoch(text) : readTime(text);
    if (!time) throw new FilterError(node, "“{0}” is not a time.", [text ?? describe(node)]);
    const { offsetMinutes } = time;
    // Wireshark takes a time without a zone as one on the clock it shows; `frame.time_utc` shows UTC.
    const literal = operand.name === "frame.time_utc" && offsetMinutes === null ? { ...time, offsetMinutes: 0 } : time;
    if (literal.offsetMinutes !== null && this.#columns.zones.some((zone) => zone.offsetMinutes === null))
      throw new FilterError(node, "The capture's time zone is not known, so its times can only be compared on its own clock.");
    return literal;
  }

  #takeTimes({ offsetMinutes }: TimeLiteral, range: MomentRange, words: Uint32Array): void {
    const { zones, rows } = this.#columns;
    const offsets = new Float64Array(256);
    if (offsetMinutes !== null) zones.forEach((zone, code) => (offsets[code] = 60 * ((zone.offsetMinutes ?? 0) - offsetMinutes)));
    takeTimes(this.#columns, Valid.time, offsets, range, rows, words);
  }

  /**
   * The two sides of a comparison; undefined for a literal. A word is a literal where it reads as one of the other side's type, though
   * there be a column of that name: whoever wrote the file must not change what a filter means.
   */
  #sides({ relation, left, right }: Comparison): [left: Operand | undefined, right: Operand | undefined] {
    if (left.kind === "word" && right.kind === "word" && /^[\d.]/.test(left.text)) {
      const other = isFieldName(right.text) ? this.#fields.find(right.text) : undefined;
      if (other && familyOf(other.type) !== "text" && readsAs(other, left)) return [undefined, this.#use(other)];
    }
    const operand = this.#tryOperand(left);
    if (right.kind !== "word") return [operand, this.#tryOperand(right)];
    // `contains` and `matches` take words as text; words without a dot are text, too.
    if (relation === "contains" || relation === "matches" || !right.text.includes(".")) return [operand, undefined];
    const isText = operand !== undefined && familyOf(operand.type) === "text";
    if (operand && (isText ? !isFieldName(right.text) : readsAs(operand, right))) return [operand, undefined];
    return [operand, this.#tryOperand(right)];
  }

  /** What is a value of packets; undefined for a literal. */
  #tryOperand(node: ValueNode): Operand | undefined {
    if (node.kind === "word") {
      const field = this.#fields.find(node.text);
      return field && this.#use(field);
    }
    return node.kind === "string" || literalText(node) !== undefined ? undefined : this.#operand(node);
  }

  /** `isAlone`: protocols count too. Throws FilterError for what is no value of packets. */
  #operand(node: ValueNode, isAlone = false): Operand {
    switch (node.kind) {
      case "string":
        throw new FilterError(node, "A field is needed here; {0} is a value.", [describe(node)]);
      case "word": {
        const field = this.#fields.find(node.text);
        if (field) return this.#use(field);
        if (isAlone && this.#fields.isProtocol(node.text)) return this.#use(this.#fields.protocol(node.text, node));
        if (this.#fields.isProtocol(node.text))
          throw new FilterError(node, "{0} has no values to compare: it is there or not.", [node.text]);
        if (/^[\d.:]/.test(node.text)) throw new FilterError(node, "A field is needed here; {0} is a value.", [node.text]);
        return this.#use(this.#fields.get(node.text, node));
      }
      case "call":
        return this.#call(node);
      case "slice":
        return this.#slice(node);
      case "negate":
        if (literalText(node) !== undefined) throw new FilterError(node, "A field is needed here; {0} is a value.", [describe(node)]);
        return this.#mapNumbers(this.#numbers(this.#operand(node.of), "-", node), (value) => -value);
      case "arith":
        return this.#arith(node);
    }
  }

  #use(field: Field): Operand {
    field.need(this.needs);
    return field;
  }

  #numbers(operand: Operand, name: string, at: FilterSpan): Operand {
    if (operand.type === "any") return { ...operand, type: "number", open: () => mapCells(operand.open(), this.#columns.rows, toNumbers) };
    if (familyOf(operand.type) !== "number") throw new FilterError(at, "{0} applies to numbers, and {1} has none.", [name, operand.name]);
    return operand;
  }

  #mapNumbers(operand: Operand, map: (value: number) => number): Operand {
    const { rows } = this.#columns;
    return {
      name: operand.name,
      type: "number",
      open: () => {
        const source = operand.open();
        return source instanceof NumberSource
          ? source.mapped(map)
          : mapCells(source, rows, (cells) => cells.map((cell) => map(Number(cell))));
      },
    };
  }

  #arith(node: ValueNode & { kind: "arith" }): Operand {
    const apply = ARITHMETIC[node.operator];
    const [left, right] = [node.left, node.right].map((side) => {
      const literal = literalText(side);
      const value = literal === undefined ? NaN : readNumber(literal);
      if (!Number.isNaN(value)) return value;
      const operand = this.#tryOperand(side) ?? this.#operand(side);
      return this.#numbers(operand, node.operator, side);
    });
    if (typeof left === "number" && typeof right === "number")
      throw new FilterError(node, "A field is needed here; {0} is a value.", [String(apply(left, right))]);
    if (typeof right === "number") return this.#mapNumbers(left as Operand, (value) => apply(value, right));
    if (typeof left === "number") return this.#mapNumbers(right, (value) => apply(left, value));
    const { rows } = this.#columns;
    return {
      name: left.name,
      type: "number",
      open: () => {
        const [from, to] = [left.open(), right.open()];
        return new RowSource(rows, (row) => {
          const [these, those] = [from.valuesAt(row), to.valuesAt(row)];
          if (these.length * those.length > MAX_PAIRS) return [];
          return these.flatMap((x) => those.map((y) => apply(Number(x), Number(y))));
        });
      },
    };
  }

  #call(node: ValueNode & { kind: "call" }): Operand {
    const { name, args } = node;
    if (!Object.hasOwn(FUNCTIONS, name))
      throw new FilterError({ start: node.start, end: node.start + name.length }, "There is no function {0}.", [name]);
    if (args.length !== 1) throw new FilterError(node, "{0} takes one field.", [name]);
    const of = this.#operand(args[0]);
    if (of.type === "time" || of.type === "epoch" || of.type === "none")
      throw new FilterError(args[0], "{0} cannot be applied to {1}.", [name, of.name]);
    const { takes, gives, make } = FUNCTIONS[name];
    if (takes === "text" && familyOf(of.type) !== "text" && of.type !== "any")
      throw new FilterError(args[0], "{0} applies to text, and {1} has none.", [name, of.name]);
    const operand = takes === "number" ? this.#numbers(of, name, args[0]) : of;
    const { rows } = this.#columns;
    // What counts values sees them all; of several values of one cell the others count each.
    return { name: `${name}(${of.name})`, type: gives, open: () => mapCells(operand.open(), rows, (cells) => make(cells, operand.type)) };
  }

  #slice(node: ValueNode & { kind: "slice" }): Operand {
    const of = this.#operand(node.of);
    const isText = of.type === "text" || of.type === "any";
    const bytes = { ether: 6, ipv4: 4, ipv6: 16 } as Readonly<Record<string, number>>;
    if (!isText && !Object.hasOwn(bytes, of.type)) throw new FilterError(node, "{0} cannot be sliced.", [of.name]);
    const { rows } = this.#columns;
    const cut = (cell: Cell): string | null => {
      const units = isText ? [...String(cell)] : hexOf(cell, bytes[of.type]);
      // Parts of parts multiply.
      if (node.parts.length > 1 && node.parts.length * units.length > MAX_SLICED) return null;
      const parts = node.parts.map(({ from, length }) => {
        const first = from < 0 ? units.length + from : from;
        const end = length === null ? units.length : length < 0 ? units.length + length : first + length;
        return first < 0 || end > units.length || first >= end ? null : units.slice(first, end).join(isText ? "" : ":");
      });
      return parts.includes(null) ? null : parts.join(isText ? "" : ":");
    };
    return {
      name: of.name,
      type: "text",
      open: () => mapCells(of.open(), rows, (cells) => cells.flatMap((cell) => cut(cell) ?? [])),
    };
  }
}

/** Bytes of an address as two hexadecimal digits each. */
const hexOf = (cell: Cell, bytes: number): string[] =>
  cell
    .toString(16)
    .padStart(2 * bytes, "0")
    .match(/../g) ?? [];

function combine(kind: "or" | "and" | "xor", parts: readonly Evaluate[]): Evaluate {
  return (words) => {
    parts[0](words);
    const other = new Uint32Array(words.length);
    for (const part of parts.slice(1)) {
      other.fill(0);
      part(other);
      if (kind === "or") for (let i = 0; i < words.length; i++) words[i] |= other[i];
      else if (kind === "and") for (let i = 0; i < words.length; i++) words[i] &= other[i];
      else for (let i = 0; i < words.length; i++) words[i] ^= other[i];
    }
  };
}

/** Other cells out of a source's; once per text where there are codes. */
const mapCells = (source: Source, rows: number, map: (cells: readonly Cell[]) => readonly Cell[]): Source =>
  source instanceof CodeSource ? source.mapped(map) : new RowSource(rows, (row) => map(source.valuesAt(row)));

const toNumbers = (cells: readonly Cell[]): Cell[] => cells.flatMap((cell) => READ_CELL.number(String(cell)) ?? []);

interface FilterFunction {
  readonly takes: "text" | "number" | "anything";
  readonly gives: "text" | "number";
  readonly make: (cells: readonly Cell[], type: FieldType) => readonly Cell[];
}

/** A value as tshark prints it. */
function textOf(cell: Cell, type: FieldType): string {
  if (type === "ipv4") return hexOf(cell, 4).map((byte) => String(parseInt(byte, 16))).join("."); // prettier-ignore
  if (type === "ether") return hexOf(cell, 6).join(":");
  if (type === "ipv6") return ipv6Text(cell);
  return String(cell);
}

/** Shortest form, RFC 5952. */
function ipv6Text(cell: Cell): string {
  const groups = (cell.toString(16).padStart(32, "0").match(/.{4}/g) ?? []).map((group) => group.replace(/^0+(?=.)/, ""));
  const text = groups.join(":");
  const zeros = [...text.matchAll(/(?:^|(?<=:))0(?::0)+(?=:|$)/g)].map(([run]) => run).sort((a, b) => b.length - a.length);
  if (zeros.length === 0) return text;
  return text.replace(zeros[0], "").replace(/^:?$|^:(?!:)|(?<!:):$|:{2,}/, "::");
}

const FUNCTIONS: Readonly<Record<string, FilterFunction>> = {
  len: { takes: "text", gives: "number", make: (cells) => cells.map((cell) => lengthOf(String(cell))) },
  count: { takes: "anything", gives: "number", make: (cells) => (cells.length === 0 ? [] : [cells.length]) },
  upper: { takes: "text", gives: "text", make: (cells) => cells.map((cell) => String(cell).toUpperCase()) },
  lower: { takes: "text", gives: "text", make: (cells) => cells.map((cell) => String(cell).toLowerCase()) },
  string: { takes: "anything", gives: "text", make: (cells, type) => cells.map((cell) => textOf(cell, type)) },
  abs: { takes: "number", gives: "number", make: (cells) => cells.map((cell) => Math.abs(Number(cell))) },
  max: {
    takes: "number",
    gives: "number",
    make: (cells) => (cells.length === 0 ? [] : [cells.map(Number).reduce((a, b) => Math.max(a, b))]),
  },
  min: {
    takes: "number",
    gives: "number",
    make: (cells) => (cells.length === 0 ? [] : [cells.map(Number).reduce((a, b) => Math.min(a, b))]),
  },
};

/** Names of the functions there are. */
export const FUNCTION_NAMES = Object.keys(FUNCTIONS);

/** Bytes of a text in UTF-8. */
function lengthOf(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  }
  return bytes;
}

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  "&": (a, b) =>
    a >= 0 && b >= 0 && a <= 0x7fff_ffff && b <= 0x7fff_ffff
      ? a & b
      : Number.isFinite(a) && Number.isFinite(b)
        ? Number(BigInt(Math.trunc(a)) & BigInt(Math.trunc(b)))
        : NaN,
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  // Whole numbers, as the fields are; nothing is divided by zero.
  "/": (a, b) => (b === 0 ? NaN : Math.trunc(a / b)),
  "%": (a, b) => (b === 0 ? NaN : a % b),
};

const COMPARE: Readonly<Record<Relation, (a: Cell, b: Cell) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => compareCells(a, b) < 0,
  le: (a, b) => compareCells(a, b) <= 0,
  gt: (a, b) => compareCells(a, b) > 0,
  ge: (a, b) => compareCells(a, b) >= 0,
  contains: (a, b) => String(a).includes(String(b)),
  matches: () => false,
};

/** Relations with their sides changed. */
const TURNED: Readonly<Partial<Record<Relation, Relation>>> = { eq: "eq", ne: "ne", lt: "gt", le: "ge", gt: "lt", ge: "le" };

/** Types whose values can be compared with one another. */
function familyOf(type: FieldType): string {
  if (type === "boolean") return "number";
  if (type === "any") return "text";
  return type === "epoch" ? "time" : type;
}

const span = (first: FilterSpan, last: FilterSpan): FilterSpan => ({ start: first.start, end: last.end });

/** A literal's text with its sign; undefined for a value of packets. */
function literalText(node: ValueNode): string | undefined {
  if (node.kind === "word") return node.text;
  if (node.kind !== "negate") return undefined;
  // `- -1` is no literal anybody writes.
  return node.of.kind === "word" && /^[\d.]/.test(node.of.text) ? `-${node.of.text}` : undefined;
}

const describe = (node: ValueNode): string => (node.kind === "string" ? `"${node.text}"` : (literalText(node) ?? node.kind));

/** First and last value that a literal stands for: a network has many. */
interface Literal {
  readonly first: Cell;
  readonly last: Cell;
}

/** What a literal is for a field of this type. Throws FilterError. */
function literalOf({ type, name }: Operand, node: ValueNode): Literal {
  const single = (cell: Cell): Literal => ({ first: cell, last: cell });
  const text = node.kind === "string" ? node.text : literalText(node);
  if (text === undefined) throw new FilterError(node, "Values of {0} cannot be compared with those of {1}.", [name, describe(node)]);
  switch (type) {
    case "none":
      throw new FilterError(node, "{0} has no values to compare: it is there or not.", [name]);
    case "number": {
      const value = node.kind === "string" && node.char !== undefined ? node.char : readNumber(text);
      if (!Number.isNaN(value)) return single(value);
      const truth = readBoolean(text);
      if (truth === null) throw new FilterError(node, "“{0}” is not a number.", [text]);
      return single(truth);
    }
    case "boolean": {
      const value = readBoolean(text);
      if (value === null) throw new FilterError(node, "“{0}” is neither true nor false.", [text]);
      return single(value);
    }
    case "ipv4":
    case "ipv6": {
      const network = readNetwork(text, type);
      if (network) return { first: network[0], last: network[1] };
      throw new FilterError(node, type === "ipv4" ? "“{0}” is not an IPv4 address." : "“{0}” is not an IPv6 address.", [text]);
    }
    case "ether": {
      const value = readEther(text);
      if (value === null) throw new FilterError(node, "“{0}” is not a hardware address.", [text]);
      return single(value);
    }
    case "any":
    case "text":
      return single(text);
    case "time":
    case "epoch":
      throw new FilterError(node, "“{0}” is not a time.", [text]);
  }
}

/** Whether a word is a literal of a field's type. */
function readsAs(operand: Operand, node: ValueNode & { kind: "word" }): boolean {
  if (operand.type === "time" || operand.type === "epoch") return (operand.type === "time" ? readTime : readEpoch)(node.text) !== null;
  try {
    literalOf(operand, node);
    return true;
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    return false;
  }
}

/** The values from one to another. */
function between(first: Cell, last: Cell, type: FieldType): Test {
  const isNumber = typeof first === "number" && typeof last === "number";
  if (type !== "any")
    return {
      holds: (cell) => compareCells(cell, first) >= 0 && compareCells(cell, last) <= 0,
      ranges: isNumber ? [first, last] : undefined,
    };
  const [low, high] = [readNumber(String(first)), readNumber(String(last))];
  return {
    holds: (cell) => {
      const value = READ_CELL.number(String(cell)) as number | null;
      return !Number.isNaN(low) && !Number.isNaN(high)
        ? value !== null && value >= low && value <= high
        : compareCells(cell, first) >= 0 && compareCells(cell, last) <= 0;
    },
  };
}

/** The test that comparing with a literal is. Throws FilterError. */
function literalTest(relation: Exclude<Relation, "contains" | "matches">, operand: Operand, node: ValueNode): Test {
  const { first, last } = literalOf(operand, node);
  if (operand.type === "any") return anyTypeTest(relation, String(first), node.kind === "string");
  const ranges =
    typeof first !== "number" || typeof last !== "number"
      ? undefined
      : {
          eq: [first, last],
          // Numbers of columns are whole.
          ne: [-Infinity, Math.ceil(first) - 1, Math.floor(last) + 1, Infinity],
          lt: [-Infinity, Math.ceil(first) - 1],
          le: [-Infinity, last],
          gt: [Math.floor(last) + 1, Infinity],
          ge: [first, Infinity],
        }[relation];
  const isWithin = (cell: Cell): boolean => compareCells(cell, first) >= 0 && compareCells(cell, last) <= 0;
  const holds = {
    eq: isWithin,
    ne: (cell: Cell) => !isWithin(cell),
    lt: (cell: Cell) => compareCells(cell, first) < 0,
    le: (cell: Cell) => compareCells(cell, last) <= 0,
    gt: (cell: Cell) => compareCells(cell, last) > 0,
    ge: (cell: Cell) => compareCells(cell, first) >= 0,
  }[relation];
  return { holds, ranges };
}

/** Values that nothing is known of are read as what they are compared with: as number or address where that is one, else as text. */
function anyTypeTest(relation: Exclude<Relation, "contains" | "matches">, text: string, isQuoted: boolean): Test {
  const number = isQuoted ? NaN : readNumber(text);
  const read: ((cell: string) => Cell | null) | undefined = isQuoted
    ? undefined
    : !Number.isNaN(number)
      ? READ_CELL.number
      : readNetwork(text, "ipv4") && text.includes(".")
        ? readIpv4
        : readNetwork(text, "ipv6")
          ? readIpv6
          : readEther(text) !== null
            ? readEther
            : undefined;
  const compare = COMPARE[relation];
  if (!read) return { holds: (cell) => compare(cell, text) };
  const [low, high]: readonly [Cell, Cell] = !Number.isNaN(number)
    ? [number, number]
    : (readNetwork(text, read === readIpv4 ? "ipv4" : "ipv6") ?? [readEther(text)!, readEther(text)!]);
  return {
    holds: (cell) => {
      const value = read(String(cell));
      if (value === null) return compare(cell, text);
      const isWithin = compareCells(value, low) >= 0 && compareCells(value, high) <= 0;
      return relation === "eq"
        ? isWithin
        : relation === "ne"
          ? !isWithin
          : compare(value, relation === "gt" || relation === "le" ? high : low);
    },
  };
}

/** Passes where one of them does. */
function anyOf(tests: readonly Test[]): Test {
  const ranges = tests.every((test) => test.ranges) ? mergeRanges(tests.map((test) => test.ranges!)) : undefined;
  if (!ranges) return { holds: (cell) => tests.some(({ holds }) => holds(cell)) };
  return { holds: (cell) => typeof cell === "number" && isInRanges(ranges, cell), ranges };
}

function isInRanges(ranges: readonly number[], value: number): boolean {
  let low = 0;
  let high = (ranges.length >>> 1) - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (ranges[2 * middle] <= value) low = middle;
    else high = middle - 1;
  }
  return value >= ranges[2 * low] && value <= ranges[2 * low + 1];
}

/** Ascending, and none touching another. */
function mergeRanges(all: readonly (readonly number[])[]): number[] {
  const pairs = all.map(([first, last]) => [first, last] as const).sort((a, b) => a[0] - b[0]);
  const merged: number[] = [];
  for (const [first, last] of pairs) {
    if (merged.length > 0 && first <= merged[merged.length - 1]) merged[merged.length - 1] = Math.max(merged[merged.length - 1], last);
    else merged.push(first, last);
  }
  return merged;
}

/**
 * The grammar of display filters, as Wireshark 4 has it: `or` binds weakest, then `xor`, `and`, `not`, comparisons, `&`, `+ -`, `* / %`.
 * Knows no fields: a word that is no keyword is a word, and whether it names a field the compiler finds out.
 */
import type { FilterSpan } from "../../shared/displayFilter";
import { readTokens, type Token } from "./lexer";
import { FilterError } from "./problem";

/** How two values are compared. */
export type Relation = "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "contains" | "matches";
/** Whether any or all of a packet's values of a field have to stand the comparison. */
export type Quantifier = "any" | "all";

/** What is compared. */
export type ValueNode = FilterSpan &
  (
    | { readonly kind: "word"; readonly text: string }
    /** `char`: the number of a character in single quotation marks. */
    | { readonly kind: "string"; readonly text: string; readonly char?: number }
    | { readonly kind: "call"; readonly name: string; readonly args: readonly ValueNode[] }
    /** Bytes or characters: from the first, so many; negative `from` counts from the end; length null is the rest. */
    | {
        readonly kind: "slice";
        readonly of: ValueNode;
        readonly parts: readonly { readonly from: number; readonly length: number | null }[];
      }
    | { readonly kind: "arith"; readonly operator: ArithOperator; readonly left: ValueNode; readonly right: ValueNode }
    | { readonly kind: "negate"; readonly of: ValueNode }
  );
export type ArithOperator = "&" | "+" | "-" | "*" | "/" | "%";

/** One value, or all from the first up to the last. */
export interface SetItem {
  readonly first: ValueNode;
  readonly last: ValueNode | undefined;
}

/** A filter. */
export type FilterNode = FilterSpan &
  (
    | { readonly kind: "or" | "xor" | "and"; readonly of: readonly FilterNode[] }
    | { readonly kind: "not"; readonly of: FilterNode }
    | { readonly kind: "exists"; readonly value: ValueNode }
    | {
        readonly kind: "compare";
        readonly relation: Relation;
        readonly quantifier: Quantifier;
        readonly left: ValueNode;
        readonly right: ValueNode;
        /** Of the operator. */
        readonly at: FilterSpan;
      }
    | { readonly kind: "in"; readonly quantifier: Quantifier; readonly value: ValueNode; readonly items: readonly SetItem[] }
  );

/** Brackets, `!`, and steps of a calculation or slice that build upon one another at most: levels of the tree that is walked later. */
const MAX_DEPTH = 200;

/** Relations by how they are written. `!=` and `ne` hold if all values differ (Wireshark 4), `!==` and `~=` if any does. */
export const RELATIONS: Readonly<Record<string, readonly [relation: Relation, quantifier: Quantifier]>> = {
  "==": ["eq", "any"],
  eq: ["eq", "any"],
  any_eq: ["eq", "any"],
  "===": ["eq", "all"],
  all_eq: ["eq", "all"],
  "!=": ["ne", "all"],
  ne: ["ne", "all"],
  all_ne: ["ne", "all"],
  "!==": ["ne", "any"],
  any_ne: ["ne", "any"],
  "~=": ["ne", "any"],
  "<": ["lt", "any"],
  lt: ["lt", "any"],
  "<=": ["le", "any"],
  le: ["le", "any"],
  ">": ["gt", "any"],
  gt: ["gt", "any"],
  ">=": ["ge", "any"],
  ge: ["ge", "any"],
  contains: ["contains", "any"],
  matches: ["matches", "any"],
  "~": ["matches", "any"],
};
const WORDS: Readonly<Record<string, string>> = { and: "&&", or: "||", xor: "^^", not: "!" };
/** Words that are no values. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  ...Object.keys(WORDS),
  ...Object.keys(RELATIONS).filter((name) => /^\w/.test(name)),
  "in",
]);

/** The filter that a text is; undefined for one without any words. Throws FilterError. */
export function parseFilter(text: string): FilterNode | undefined {
  const parser = new Parser(readTokens(text));
  return parser.parse();
}

/** Recursive descent, one token ahead. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  /** Steps of calculations and slices within the test at hand. */
  #steps = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): FilterNode | undefined {
    if (this.#token.kind === "end") return undefined;
    const node = this.#list("or", "||", () => this.#list("xor", "^^", () => this.#list("and", "&&", () => this.#not())));
    this.#expectEnd();
    return node;
  }

  get #token(): Token {
    return this.#tokens[this.#at];
  }

  /** The operator at hand: marks and keywords alike; undefined for anything else. */
  #operatorAt(at: number): string | undefined {
    const token = this.#tokens[Math.min(at, this.#tokens.length - 1)];
    if (token.kind === "mark") return token.text;
    if (token.kind !== "word") return undefined;
    const word = token.text.toLowerCase();
    // As Wireshark, small letters; AND, OR and NOT are too usual to refuse.
    if (Object.hasOwn(WORDS, word) && (token.text === word || token.text === word.toUpperCase())) return WORDS[word];
    return KEYWORDS.has(token.text) ? token.text : undefined;
  }

  get #operator(): string | undefined {
    return this.#operatorAt(this.#at);
  }

  #take(operator: string): boolean {
    if (this.#operator !== operator) return false;
    this.#at++;
    return true;
  }

  #expect(operator: string): Token {
    const token = this.#token;
    if (!this.#take(operator)) this.#unexpected();
    return token;
  }

  #expectEnd(): void {
    if (this.#token.kind !== "end") this.#unexpected();
  }

  #unexpected(): never {
    const { kind, start, end, text } = this.#token;
    // The last character is marked, since behind it there is nothing to see.
    if (kind === "end") throw new FilterError({ start: Math.max(0, start - 1), end }, "The filter ends too early.");
    throw new FilterError({ start, end }, "“{0}” was not expected here.", [text]);
  }

  #deeper<T>(read: () => T): T {
    this.#depth++;
    this.#checkDepth();
    const result = read();
    this.#depth--;
    return result;
  }

  /** One budget: chains within brackets add up. */
  #checkDepth(): void {
    if (this.#depth + this.#steps > MAX_DEPTH) throw new FilterError(this.#token, "The filter is nested too deeply.");
  }

  #list(kind: "or" | "xor" | "and", operator: string, read: () => FilterNode): FilterNode {
    const first = read();
    const of = [first];
    while (this.#take(operator)) of.push(read());
    return of.length === 1 ? first : { kind, of, start: first.start, end: of[of.length - 1].end };
  }

  #not(): FilterNode {
    const { start } = this.#token;
    if (this.#take("!")) {
      const of = this.#deeper(() => this.#not());
      return { kind: "not", of, start, end: of.end };
    }
    if (this.#take("(")) {
      const inner = this.#deeper(() =>
        this.#list("or", "||", () => this.#list("xor", "^^", () => this.#list("and", "&&", () => this.#not()))),
      );
      const { end } = this.#expect(")");
      return { ...inner, start, end };
    }
    return this.#test();
  }

  #test(): FilterNode {
    this.#steps = 0;
    const { start } = this.#token;
    const quantifier = this.#quantifier();
    const left = this.#value();
    const isNotIn = this.#operator === "!" && this.#operatorAt(this.#at + 1) === "in";
    if (isNotIn) this.#at++;
    if (this.#take("in")) {
      const items = this.#set();
      const end = this.#tokens[this.#at - 1].end;
      const test = { kind: "in", quantifier: quantifier ?? "any", value: left, items, start, end } as const;
      return isNotIn ? { kind: "not", of: test, start, end } : test;
    }
    const tests: FilterNode[] = [];
    for (let value = left; ;) {
      const relation = this.#relation();
      if (!relation) break;
      const right = this.#value();
      const [kind, usual] = relation.relation;
      const { at } = relation;
      tests.push({
        kind: "compare",
        relation: kind,
        quantifier: quantifier ?? usual,
        left: value,
        right,
        at,
        start: value.start,
        end: right.end,
      });
      value = right;
    }
    // A value alone is there or not; several comparisons in a row all have to hold.
    if (tests.length === 0) {
      if (quantifier) this.#unexpected();
      return { kind: "exists", value: left, start, end: left.end };
    }
    return tests.length === 1 ? tests[0] : { kind: "and", of: tests, start, end: tests[tests.length - 1].end };
  }

  #relation(): { relation: readonly [Relation, Quantifier]; at: FilterSpan } | undefined {
    const operator = this.#operator;
    if (operator === undefined || !Object.hasOwn(RELATIONS, operator)) return undefined;
    const at = this.#token;
    this.#at++;
    return { relation: RELATIONS[operator], at };
  }

  /** `any` and `all`, where a value follows. */
  #quantifier(): Quantifier | undefined {
    const { kind, text } = this.#token;
    const next = this.#tokens[this.#at + 1];
    if (kind !== "word" || (text !== "any" && text !== "all") || next.kind !== "word" || this.#operatorAt(this.#at + 1) !== undefined)
      return undefined;
    this.#at++;
    return text;
  }

  #set(): SetItem[] {
    const open = this.#expect("{");
    const items: SetItem[] = [];
    while (!this.#take("}")) {
      if (items.length > 0) this.#take(",");
      const first = this.#sum();
      items.push({ first, last: this.#take("..") ? this.#sum() : undefined });
    }
    if (items.length === 0) throw new FilterError({ start: open.start, end: this.#tokens[this.#at - 1].end }, "The set is empty.");
    return items;
  }

  #value(): ValueNode {
    return this.#arith(["&"], () => this.#sum());
  }

  #sum(): ValueNode {
    return this.#arith(["+", "-"], () => this.#arith(["*", "/", "%"], () => this.#unary()));
  }

  #arith(operators: readonly ArithOperator[], read: () => ValueNode): ValueNode {
    let left = read();
    for (;;) {
      const operator = operators.find((each) => this.#operator === each);
      if (operator === undefined) return left;
      this.#steps++;
      this.#checkDepth();
      this.#at++;
      const right = read();
      left = { kind: "arith", operator, left, right, start: left.start, end: right.end };
    }
  }

  #unary(): ValueNode {
    const { start } = this.#token;
    if (this.#take("+")) return this.#deeper(() => this.#unary());
    if (!this.#take("-")) return this.#sliced();
    const of = this.#deeper(() => this.#unary());
    return { kind: "negate", of, start, end: of.end };
  }

  #sliced(): ValueNode {
    let value = this.#primary();
    while (this.#take("[")) {
      this.#steps++;
      this.#checkDepth();
      const parts = [this.#slicePart()];
      while (this.#take(",")) parts.push(this.#slicePart());
      const { end } = this.#expect("]");
      value = { kind: "slice", of: value, parts, start: value.start, end };
    }
    return value;
  }

  /** `i:n` from i on n, `i-j` from i to j, `i`, `:n` and `i:`. */
  #slicePart(): { from: number; length: number | null } {
    const from = this.#operator === ":" ? 0 : this.#integer();
    if (this.#take(":")) {
      const isOpen = this.#operator === "]" || this.#operator === ",";
      return { from, length: isOpen ? null : this.#integer() };
    }
    const { start } = this.#token;
    if (!this.#take("-")) return { from, length: 1 };
    const last = this.#integer();
    if (from < 0 || last < from)
      throw new FilterError({ start, end: this.#tokens[this.#at - 1].end }, "The first value of a range is above the last one.");
    return { from, length: last - from + 1 };
  }

  #integer(): number {
    const isNegative = this.#take("-");
    const { kind, text } = this.#token;
    if (kind !== "word" || !/^\d{1,9}$/.test(text)) this.#unexpected();
    this.#at++;
    return isNegative ? -Number(text) : Number(text);
  }

  #primary(): ValueNode {
    const token = this.#token;
    const { kind, text, start, end } = token;
    if (kind === "string" || kind === "char") {
      this.#at++;
      const char = kind === "char" && [...text].length === 1 ? { char: text.codePointAt(0)! } : {};
      return { kind: "string", text, ...char, start, end };
    }
    if (this.#take("{")) {
      const inner = this.#deeper(() => this.#value());
      return { ...inner, start, end: this.#expect("}").end };
    }
    if (kind !== "word" || this.#operator !== undefined) this.#unexpected();
    this.#at++;
    if (this.#operator !== "(" || !/^[a-z]\w*$/i.test(text)) return { kind: "word", text, start, end };
    this.#at++;
    const args: ValueNode[] = [];
    while (this.#operator !== ")") {
      if (args.length > 0) this.#expect(",");
      args.push(this.#deeper(() => this.#value()));
    }
    return { kind: "call", name: text, args, start, end: this.#expect(")").end };
  }
}

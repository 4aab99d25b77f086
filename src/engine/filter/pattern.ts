/**
 * The patterns of `matches`: what is usual of PCRE, matched in time that grows with text and pattern, never with more, and within a budget.
 * A backtracking matcher can be made to hang; this one is an automaton, so there are no back references and no looking around.
 * As in Wireshark, letters match without case, unless `(?-i)` begins the pattern.
 */
import type { FilterSpan } from "../../shared/displayFilter";
import { FilterError } from "./problem";

/** Places of the automaton at most, counted repetitions written out. */
const MAX_STATES = 2000;
/** Brackets within one another at most. */
const MAX_DEPTH = 100;
/** Sets of places that are remembered at most; then remembering begins anew. */
const MAX_REMEMBERED = 2000;

/** Code units of a class, as ascending [first, last] pairs. */
type Ranges = readonly (readonly [first: number, last: number])[];

type Tree =
  | { readonly kind: "chars"; readonly ranges: Ranges }
  | { readonly kind: "assert"; readonly assert: Assertion }
  | { readonly kind: "sequence" | "either"; readonly of: readonly Tree[] }
  | { readonly kind: "repeat"; readonly of: Tree; readonly least: number; readonly most: number };
type Assertion = "start" | "end" | "border" | "inside";

const DIGITS: Ranges = [[0x30, 0x39]];
const WORDS: Ranges = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const SPACES: Ranges = [
  [0x09, 0x0d],
  [0x20, 0x20],
];
const NAMED: Readonly<Record<string, Ranges>> = {
  alpha: [
    [0x41, 0x5a],
    [0x61, 0x7a],
  ],
  digit: DIGITS,
  alnum: WORDS.filter(([first]) => first !== 0x5f),
  upper: [[0x41, 0x5a]],
  lower: [[0x61, 0x7a]],
  space: SPACES,
  punct: [
    [0x21, 0x2f],
    [0x3a, 0x40],
    [0x5b, 0x60],
    [0x7b, 0x7e],
  ],
  xdigit: [
    [0x30, 0x39],
    [0x41, 0x46],
    [0x61, 0x66],
  ],
  word: WORDS,
};

/** Ascending, none touching another: what `isIn` needs. */
function merge(ranges: Ranges): Ranges {
  const merged: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = merged.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

function complement(ranges: Ranges): Ranges {
  const sorted = merge(ranges);
  const result: [number, number][] = [];
  let next = 0;
  for (const [first, last] of sorted) {
    if (first > next) result.push([next, first - 1]);
    next = Math.max(next, last + 1);
  }
  if (next <= 0xffff) result.push([next, 0xffff]);
  return result;
}

function isIn(ranges: Ranges, code: number): boolean {
  let low = 0;
  let high = ranges.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (ranges[middle][0] <= code) low = middle;
    else high = middle - 1;
  }
  return ranges.length > 0 && code >= ranges[low][0] && code <= ranges[low][1];
}

const isWord = (code: number): boolean => isIn(WORDS, code);

/** Reads a pattern. Throws FilterError, with the whole pattern's span. */
class PatternReader {
  isCaseSensitive = false;
  readonly #text: string;
  readonly #span: FilterSpan;
  #at = 0;
  #depth = 0;

  constructor(text: string, span: FilterSpan) {
    this.#text = text;
    this.#span = span;
  }

  read(): Tree {
    const option = /^\(\?(-?)i\)/.exec(this.#text);
    if (option) {
      this.isCaseSensitive = option[1] === "-";
      this.#at = option[0].length;
    }
    const tree = this.#either();
    if (this.#at < this.#text.length) this.#fail(this.#at);
    return tree;
  }

  #fail(at: number): never {
    throw new FilterError(this.#span, "The pattern is not understood from “{0}” on.", [this.#text.slice(at, at + 20)]);
  }

  #either(): Tree {
    if (++this.#depth > MAX_DEPTH) throw new FilterError(this.#span, "The pattern is too large.");
    const of = [this.#sequence()];
    while (this.#text[this.#at] === "|") {
      this.#at++;
      of.push(this.#sequence());
    }
    this.#depth--;
    return of.length === 1 ? of[0] : { kind: "either", of };
  }

  #sequence(): Tree {
    const of: Tree[] = [];
    while (this.#at < this.#text.length && this.#text[this.#at] !== "|" && this.#text[this.#at] !== ")") of.push(this.#repeated());
    return { kind: "sequence", of };
  }

  #repeated(): Tree {
    let of = this.#atom();
    for (let count = 0; ; count++) {
      const from = this.#at;
      const counts = /^(?:[*+?]|\{(\d{1,4})(?:(,)(\d{0,4}))?\})/.exec(this.#text.slice(from, from + 16));
      if (!counts) return of;
      if (of.kind === "assert" || count > 0) this.#fail(from);
      const [mark, least, comma, most] = counts;
      const limits: readonly [number, number] =
        mark === "*"
          ? [0, Infinity]
          : mark === "+"
            ? [1, Infinity]
            : mark === "?"
              ? [0, 1]
              : [Number(least), comma === undefined ? Number(least) : most === "" ? Infinity : Number(most)];
      if (limits[1] < limits[0]) this.#fail(from);
      of = { kind: "repeat", of, least: limits[0], most: limits[1] };
      this.#at += mark.length;
      // Lazy or possessive: whether there is a match at all is the same (possessive ones match less in PCRE).
      if (this.#text[this.#at] === "?") this.#at++;
    }
  }

  #atom(): Tree {
    const from = this.#at;
    const char = this.#text[this.#at++];
    switch (char) {
      case "(": {
        const group = /^\?(?::|P?<[A-Za-z_]\w{0,31}>)/.exec(this.#text.slice(this.#at, this.#at + 40));
        if (group) this.#at += group[0].length;
        else if (this.#text[this.#at] === "?" || this.#text[this.#at] === "*") this.#fail(from);
        const tree = this.#either();
        if (this.#text[this.#at] !== ")") this.#fail(from);
        this.#at++;
        return tree;
      }
      case "[":
        return { kind: "chars", ranges: this.#set(from) };
      case ".":
        return { kind: "chars", ranges: complement([[0x0a, 0x0a]]) };
      case "^":
        return { kind: "assert", assert: "start" };
      case "$":
        return { kind: "assert", assert: "end" };
      case "\\": {
        const next = this.#text[this.#at];
        const assert = ({ b: "border", B: "inside", A: "start", z: "end", Z: "end" } as Record<string, Assertion>)[next ?? ""];
        if (assert) {
          this.#at++;
          return { kind: "assert", assert };
        }
        return { kind: "chars", ranges: this.#escape(from) };
      }
      case "*":
      case "+":
      case "?":
        return this.#fail(from);
      default: {
        const code = char.charCodeAt(0);
        return { kind: "chars", ranges: [[code, code]] };
      }
    }
  }

  /** What stands behind a backslash. */
  #escape(from: number): Ranges {
    const char = this.#text[this.#at++];
    const single = (code: number): Ranges => [[code, code]];
    switch (char) {
      case "d":
        return DIGITS;
      case "D":
        return complement(DIGITS);
      case "w":
        return WORDS;
      case "W":
        return complement(WORDS);
      case "s":
        return SPACES;
      case "S":
        return complement(SPACES);
      case "n":
        return single(10);
      case "r":
        return single(13);
      case "t":
        return single(9);
      case "f":
        return single(12);
      case "v":
        return single(11);
      case "a":
        return single(7);
      case "e":
        return single(27);
      case "x": {
        const code = /^(?:\{([\da-f]{1,4})\}|([\da-f]{1,2}))/i.exec(this.#text.slice(this.#at, this.#at + 8));
        if (!code) return this.#fail(from);
        this.#at += code[0].length;
        return single(parseInt(code[1] ?? code[2], 16));
      }
      default:
        // Letters and digits have a meaning in PCRE that is not supported here, a back reference for instance.
        if (char === undefined || /[A-Za-z0-9]/.test(char)) return this.#fail(from);
        return single(char.charCodeAt(0));
    }
  }

  #set(from: number): Ranges {
    const isNegated = this.#text[this.#at] === "^";
    if (isNegated) this.#at++;
    const ranges: [number, number][] = [];
    for (let isFirst = true; ; isFirst = false) {
      const char = this.#text[this.#at];
      if (char === undefined) this.#fail(from);
      if (char === "]" && !isFirst) break;
      const named = /^\[:(\^?)([a-z]+):\]/.exec(this.#text.slice(this.#at, this.#at + 16));
      if (named) {
        if (!Object.hasOwn(NAMED, named[2])) this.#fail(this.#at);
        const found = NAMED[named[2]];
        for (const [first, last] of named[1] === "^" ? complement(found) : found) ranges.push([first, last]);
        this.#at += named[0].length;
        continue;
      }
      const first = this.#setChar();
      const isRange = this.#text[this.#at] === "-" && this.#text[this.#at + 1] !== "]" && this.#text[this.#at + 1] !== undefined;
      if (!isRange || first.length !== 1 || first[0][0] !== first[0][1]) {
        for (const [low, high] of first) ranges.push([low, high]);
        continue;
      }
      const at = this.#at++;
      const last = this.#setChar();
      if (last.length !== 1 || last[0][0] !== last[0][1] || last[0][0] < first[0][0]) this.#fail(at);
      ranges.push([first[0][0], last[0][0]]);
    }
    this.#at++;
    const all = merge(this.isCaseSensitive ? ranges : [...ranges, ...otherCases(merge(ranges))]);
    return isNegated ? complement(all) : all;
  }

  #setChar(): Ranges {
    const from = this.#at;
    const char = this.#text[this.#at++];
    if (char !== "\\") return [[char.charCodeAt(0), char.charCodeAt(0)]];
    if (this.#text[this.#at] === "b") {
      this.#at++;
      return [[8, 8]];
    }
    return this.#escape(from);
  }
}

/** The other cases of a class's letters; beyond Latin ones, of classes that are not long. */
function otherCases(ranges: Ranges): [number, number][] {
  const others: [number, number][] = [];
  for (const [first, last] of ranges)
    for (let code = first; code <= Math.min(last, first + 0x3ff); code++) {
      const char = String.fromCharCode(code);
      for (const other of [char.toLowerCase(), char.toUpperCase()])
        if (other.length === 1 && other !== char) others.push([other.charCodeAt(0), other.charCodeAt(0)]);
    }
  return others;
}

/** A place: what has to come (ranges), what has to hold (assert), or neither; and where it leads. */
interface State {
  readonly ranges: Ranges | undefined;
  readonly assert: Assertion | undefined;
  readonly next: number[];
}

/** What stands before a place of the text. */
const enum Before {
  start = 0,
  word = 1,
  other = 2,
}

/** A set of places, and where each character leads from it. */
interface Remembered {
  readonly places: readonly number[];
  readonly before: Before;
  readonly next: Map<number, Remembered | true>;
  /** Whether it matches where the text ends. */
  atEnd: boolean | undefined;
}

/** Places that may still be gone through. Of characters that a set of places was left by before, none are. */
export interface PatternBudget {
  left: number;
}

/** Some seconds. */
export const newPatternBudget = (): PatternBudget => ({ left: 50_000_000 });

/** See the file header. */
export class Pattern {
  readonly #states: State[] = [];
  readonly #start: number;
  readonly #accept: number;
  #known = new Map<string, Remembered>();
  readonly #marks: Uint32Array;
  #mark = 0;
  /** Steps of building: repetitions of nothing add no places. */
  #built = 0;
  readonly #span: FilterSpan;
  readonly #budget: PatternBudget;

  /** Throws FilterError at `span`. `budget`: that of all patterns of a filter. */
  constructor(text: string, span: FilterSpan, budget = newPatternBudget()) {
    this.#span = span;
    this.#budget = budget;
    const reader = new PatternReader(text, span);
    const tree = reader.read();
    this.#accept = this.#add({ ranges: undefined, assert: undefined, next: [] }, span);
    this.#start = this.#build(tree, this.#accept, reader.isCaseSensitive, span);
    this.#marks = new Uint32Array(this.#states.length);
  }

  /** Whether it matches anywhere in the text. Throws FilterError when the budget is used up. */
  test(text: string): boolean {
    let state = this.#remember([this.#start], Before.start);
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      const next = state.next.get(code) ?? this.#step(state, code);
      if (next === true) return true;
      state = next;
    }
    state.atEnd ??= this.#close(state.places, state.before, undefined).includes(this.#accept);
    return state.atEnd;
  }

  #add(state: State, span: FilterSpan): number {
    if (this.#states.length >= MAX_STATES) throw new FilterError(span, "The pattern is too large.");
    return this.#states.push(state) - 1;
  }

  /** Places for a tree that leads to `next`; returns the first. */
  #build(tree: Tree, next: number, isCaseSensitive: boolean, span: FilterSpan): number {
    if (++this.#built > 20 * MAX_STATES) throw new FilterError(span, "The pattern is too large.");
    const build = (part: Tree, to: number): number => this.#build(part, to, isCaseSensitive, span);
    switch (tree.kind) {
      case "chars": {
        const isPlain = isCaseSensitive || tree.ranges.length !== 1 || tree.ranges[0][0] !== tree.ranges[0][1];
        return this.#add(
          { ranges: isPlain ? tree.ranges : merge([...tree.ranges, ...otherCases(tree.ranges)]), assert: undefined, next: [next] },
          span,
        );
      }
      case "assert":
        return this.#add({ ranges: undefined, assert: tree.assert, next: [next] }, span);
      case "sequence":
        return tree.of.reduceRight((to, part) => build(part, to), next);
      case "either":
        return this.#add({ ranges: undefined, assert: undefined, next: tree.of.map((part) => build(part, next)) }, span);
      case "repeat": {
        let to = next;
        if (tree.most === Infinity) {
          const loop = this.#add({ ranges: undefined, assert: undefined, next: [next] }, span);
          this.#states[loop].next.push(build(tree.of, loop));
          to = loop;
        } else
          for (let i = tree.least; i < tree.most; i++)
            to = this.#add({ ranges: undefined, assert: undefined, next: [next, build(tree.of, to)] }, span);
        for (let i = 0; i < tree.least; i++) to = build(tree.of, to);
        return to;
      }
    }
  }

  #remember(places: readonly number[], before: Before): Remembered {
    const key = `${String(before)}:${places.join(",")}`;
    const known = this.#known.get(key);
    if (known) return known;
    if (this.#known.size >= MAX_REMEMBERED) this.#known = new Map();
    const remembered = { places, before, next: new Map<number, Remembered | true>(), atEnd: undefined };
    this.#known.set(key, remembered);
    return remembered;
  }

  #step(state: Remembered, code: number): Remembered | true {
    const closed = this.#close(state.places, state.before, code);
    let next: Remembered | true = true;
    if (!closed.includes(this.#accept)) {
      // A match may begin behind every character.
      const places = new Set([this.#start]);
      for (const place of closed) {
        const { ranges, next: to } = this.#states[place];
        if (ranges && isIn(ranges, code)) places.add(to[0]);
      }
      next = this.#remember(
        [...places].sort((a, b) => a - b),
        isWord(code) ? Before.word : Before.other,
      );
    }
    if (state.next.size < 256) state.next.set(code, next);
    return next;
  }

  /** All places that are reached without a character. `code`: what comes; undefined at the end. */
  #close(places: readonly number[], before: Before, code: number | undefined): number[] {
    const isBorder = (before === Before.word) !== (code !== undefined && isWord(code));
    const mark = ++this.#mark;
    const found: number[] = [];
    const open = [...places];
    if (this.#budget.left <= 0) throw new FilterError(this.#span, "The pattern takes too long on the texts of this capture.");
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      if (this.#marks[place] === mark) continue;
      this.#marks[place] = mark;
      found.push(place);
      const { ranges, assert, next } = this.#states[place];
      this.#budget.left -= ranges ? 1 : next.length;
      if (ranges) continue;
      const holds =
        assert === undefined ||
        (assert === "start" ? before === Before.start : assert === "end" ? code === undefined : isBorder === (assert === "border"));
      if (holds) open.push(...next);
    }
    return found;
  }
}

/** The words and marks of a display filter, with their places. Knows no fields: what a word means, its place says. */
import { lengthProblem, type FilterSpan } from "../../shared/displayFilter";
import { FilterError } from "./problem";

/** A piece of a filter. */
export interface Token extends FilterSpan {
  /** "word": a field, keyword, number or address; "string": in quotation marks; "char": in single ones; "end": behind all others. */
  readonly kind: "word" | "string" | "char" | "mark" | "end";
  /** A string's content, without its marks and with its escapes read; else as it stands. */
  readonly text: string;
}

/** Longest first. */
const MARKS = ["===", "!==", "==", "!=", "<=", ">=", "~=", "&&", "||", "^^", "..", "<", ">", "~", "!", "&", "+", "-", "*", "/", "%", "(", ")", "{", "}", "[", "]", ",", ":"]; // prettier-ignore

const WORD_START = /[\p{L}\p{N}_.:]/u;
/** Longest word that may be followed by a prefix length: an address. */
const ADDRESS = /^(?:[\d.]+|(?=[\d.a-f]*:)[\da-f:.]+)$/i;
const ESCAPES: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

/** All tokens, the end included. Throws FilterError. */
export function readTokens(text: string): Token[] {
  const problem = lengthProblem(text);
  if (problem) throw new FilterError(problem.span, problem.message);
  const tokens: Token[] = [];
  let brackets = 0;
  for (let at = 0; at < text.length;) {
    const char = text[at];
    if (/\s/.test(char)) {
      at++;
      continue;
    }
    const isRaw = (char === "r" || char === "R") && text[at + 1] === '"';
    const token = isRaw
      ? readString(text, at, at + 1, true)
      : char === '"' || char === "'"
        ? readString(text, at, at, false)
        : // Within a slice `:` and `-` stand between numbers.
          (readWord(text, at, brackets > 0) ?? readMark(text, at));
    if (token.kind === "mark" && token.text === "[") brackets++;
    if (token.kind === "mark" && token.text === "]") brackets = Math.max(0, brackets - 1);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: "end", text: "", start: text.length, end: text.length });
  return tokens;
}

/** A piece of a text that need not be a filter yet. */
export interface Piece extends Token {
  /** A quotation mark that nothing closes. */
  readonly isOpen?: boolean;
}

/** Tokens of a text that is being typed, without the end; what follows a place where no token can be is left out. */
export function readBegun(text: string): Piece[] {
  try {
    return readTokens(text).slice(0, -1);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const { start } = error.problem.span;
    if (start >= text.length || !/["r]/i.test(text[start])) return start === 0 ? [] : readBegun(text.slice(0, start));
    return [
      ...(start === 0 ? [] : readBegun(text.slice(0, start))),
      { kind: "string", text: text.slice(start), start, end: text.length, isOpen: true },
    ];
  }
}

function readMark(text: string, start: number): Token {
  const mark = MARKS.find((each) => text.startsWith(each, start));
  if (mark !== undefined) return { kind: "mark", text: mark, start, end: start + mark.length };
  const char = String.fromCodePoint(text.codePointAt(start)!);
  throw new FilterError({ start, end: start + char.length }, "“{0}” was not expected here.", [char]);
}

/** Undefined where no word begins. */
function readWord(text: string, start: number, isSlice: boolean): Token | undefined {
  let at = start;
  while (at < text.length) {
    const char = String.fromCodePoint(text.codePointAt(at)!);
    const next = text.codePointAt(at + char.length);
    const isFollowed = next !== undefined && /[\p{L}\p{N}_]/u.test(String.fromCodePoint(next));
    if (char === "." && text[at + 1] === ".") break;
    if (isSlice && char === ":") break;
    if (WORD_START.test(char) || (char === "-" && at > start && isFollowed && !isSlice)) at += char.length;
    else if (char === "/" && /\d/.test(text[at + 1] ?? "") && ADDRESS.test(text.slice(start, at)) && /[.:]/.test(text.slice(start, at)))
      at++;
    else break;
  }
  return at === start ? undefined : { kind: "word", text: text.slice(start, at), start, end: at };
}

/** `open`: where the quotation mark stands. */
function readString(text: string, start: number, open: number, isRaw: boolean): Token {
  const mark = text[open];
  let content = "";
  let at = open + 1;
  for (; at < text.length && text[at] !== mark; at++) {
    if (text[at] !== "\\" || at + 1 >= text.length) {
      content += text[at];
      continue;
    }
    at++;
    if (isRaw) {
      // A raw string keeps its backslashes, also that before a quotation mark.
      content += `\\${text[at]}`;
      continue;
    }
    const code = /^(?:x([\da-f]{1,2})|u([\da-f]{4})|([0-7]{1,3}))/i.exec(text.slice(at, at + 5));
    if (code) {
      content += String.fromCharCode(code[3] === undefined ? parseInt(code[1] ?? code[2], 16) : parseInt(code[3], 8));
      at += code[0].length - 1;
    } else content += ESCAPES[text[at]] ?? text[at];
  }
  if (at >= text.length) throw new FilterError({ start, end: text.length }, "The quotation mark is never closed.");
  return { kind: mark === "'" ? "char" : "string", text: content, start, end: at + 1 };
}

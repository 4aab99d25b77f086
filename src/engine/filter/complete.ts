/** What could stand at a place of a filter: fields, operators, values that the capture has. Goes by the words before the place alone. */
import * as l10n from "@vscode/l10n";
import type { FilterCompletion, FilterField } from "../../shared/displayFilter";
import type { CaptureFields } from "./captureFields";
import { FUNCTION_NAMES } from "./compile";
import { RELATIONS } from "./parser";
import { readBegun, type Piece } from "./lexer";

const MAX_ITEMS = 50;
/** Longest value that is offered: nobody wants a longer one in a list. */
const MAX_VALUE_LENGTH = 200;

type Item = FilterCompletion["items"][number];

/** Operators by the type of the field before them. */
const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  number: ["==", "!=", "<", "<=", ">", ">=", "in {"],
  boolean: ["==", "!="],
  text: ["==", "!=", "contains", "matches", "in {"],
  address: ["==", "!=", "in {"],
  time: ["<", "<=", ">", ">=", "=="],
};
const JOINING = ["&&", "||", "and", "or", "xor"];

/** See the file header. `position`: of the cursor, characters. */
export function completeFilter(text: string, position: number, fields: CaptureFields): FilterCompletion {
  const at = Math.max(0, Math.min(position, text.length));
  const before = readBegun(text.slice(0, at));
  const last = before.at(-1);
  // The word that the cursor stands in or behind is replaced, up to its end.
  const isWithin = last?.end === at && (last.kind === "word" || last.isOpen === true);
  const start = isWithin ? last.start : at;
  const typed = isWithin ? text.slice(start, at) : "";
  const rest = isWithin && !last.isOpen ? (/^[\p{L}\p{N}_.:-]*/u.exec(text.slice(at))?.[0].length ?? 0) : 0;
  const done = isWithin ? before.slice(0, -1) : before;
  const items = candidates(done, fields, typed);
  return { span: { start, end: at + rest }, items: rank(items, typed).slice(0, MAX_ITEMS) };
}

const isRelation = ({ kind, text }: Piece): boolean => kind !== "string" && Object.hasOwn(RELATIONS, text);

function candidates(done: readonly Piece[], fields: CaptureFields, typed: string): Item[] {
  const last = done.at(-1);
  const beforeLast = done.at(-2);
  if (!last || isJoining(last) || (last.kind === "mark" && (last.text === "(" || last.text === "!"))) return startItems(fields);
  if (beforeLast && isRelation(last)) return valueItems(beforeLast.text, fields, last.text, typed);
  // Within a set: the field stands before `in {`.
  let open = done.length - 1;
  while (open >= 0 && !(done[open].kind === "mark" && (done[open].text === "{" || done[open].text === "}"))) open--;
  if (open >= 2 && done[open].text === "{" && done[open - 1].text === "in") {
    const isExpected = last.kind === "mark" && [",", "{", ".."].includes(last.text);
    return isExpected
      ? valueItems(done[open - 2].text, fields, "in", typed)
      : [
          { text: "}", detail: "" },
          { text: ",", detail: "" },
        ];
  }
  const isValue = last.kind === "string" || last.kind === "char" || (last.kind === "mark" && (last.text === "}" || last.text === ")"));
  if (isValue || (beforeLast && isRelation(beforeLast))) return JOINING.map((word) => ({ text: word, detail: "" }));
  if (last.kind !== "word") return startItems(fields);
  const field = fields.find(last.text);
  const operators = field ? OPERATORS[fields.list().find(({ name }) => name === field.name)?.type ?? "text"] : [];
  return [...(field?.type === "none" ? [] : operators), ...JOINING].map((word) => ({ text: word, detail: "" }));
}

const isJoining = ({ kind, text }: Piece): boolean =>
  (kind === "mark" && ["&&", "||", "^^", "!"].includes(text)) || (kind === "word" && ["and", "or", "xor", "not"].includes(text));

function startItems(fields: CaptureFields): Item[] {
  return [
    ...fields.list().map(({ name, type }) => ({ text: name, detail: typeName(type) })),
    ...fields
      .protocols()
      .filter((name) => /^[a-z][\w-]*$/.test(name))
      .map((name) => ({ text: name, detail: l10n.t("protocol") })),
    { text: "not", detail: "" },
    ...FUNCTION_NAMES.map((name) => ({ text: `${name}(`, detail: l10n.t("function") })),
  ];
}

function typeName(type: FilterField["type"]): string {
  switch (type) {
    case "number":
      return l10n.t("number");
    case "boolean":
      return l10n.t("boolean");
    case "text":
      return l10n.t("text");
    case "address":
      return l10n.t("address");
    case "time":
      return l10n.t("time");
  }
}

function valueItems(name: string, fields: CaptureFields, operator: string, typed: string): Item[] {
  const field = fields.find(name);
  if (!field) return [];
  if (field.type === "boolean") return ["1", "0"].map((text) => ({ text, detail: "" }));
  const isText = field.type === "text" || field.type === "any" || operator === "contains" || operator === "matches";
  return fields
    .values(name)
    .filter((value) => value.length <= MAX_VALUE_LENGTH)
    .map((value) => ({ text: isText || typed.startsWith('"') ? quote(value) : value, detail: name }));
}

/** What cannot be seen, or turns the direction of what stands beside it; blanks can be seen. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu;

/** A text as a filter has it, so that what it says can be seen. */
export const quote = (text: string): string =>
  `"${text.replace(/["\\]/g, "\\$&").replace(HIDDEN, (char) => char.split("").map(unicodeEscape).join(""))}"`;

const unicodeEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Those that begin with what was typed, then those that have it within; as they come otherwise. */
function rank(items: readonly Item[], typed: string): Item[] {
  const wanted = typed.toLowerCase().replace(/^"/, "");
  const plain = (item: Item): string => item.text.toLowerCase().replace(/^"/, "");
  const seen = new Set<string>();
  const unique = items.filter(({ text }) => !seen.has(text) && seen.add(text));
  if (wanted === "") return unique;
  const first = unique.filter((item) => plain(item).startsWith(wanted));
  return [...first, ...unique.filter((item) => !plain(item).startsWith(wanted) && plain(item).includes(wanted))];
}

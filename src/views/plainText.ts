/** Text from captures and file names, made safe to show. Knows no vscode. */
import { UNSHOWABLE } from "../shared/shownText";

const UNSHOWABLE_RUNS = new RegExp(`${UNSHOWABLE.source}+`, "gu");

/** One line of at most `longest` characters, cut with an ellipsis. For labels, descriptions and plain-text tooltips. */
export function oneLine(text: string, longest = 80): string {
  const line = text.replace(UNSHOWABLE_RUNS, " ").trim();
  const characters = Array.from(line.slice(0, longest * 2 + 2));
  return characters.length <= longest ? line : `${characters.slice(0, longest - 1).join("")}…`;
}

/** The text as a Markdown code span: nothing in it is markup, HTML or a link. */
export function codeSpan(text: string): string {
  const line = oneLine(text, 255) || "?";
  const longestRun = Math.max(0, ...Array.from(line.matchAll(/`+/g), ([run]) => run.length));
  const fence = "`".repeat(longestRun + 1);
  return longestRun > 0 ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

/** The same in a table, where a pipe would end the cell. */
export const codeCell = (text: string): string => codeSpan(text).replaceAll("|", "\\|");

/**
 * The text as a paragraph of Markdown that says exactly this: every mark is escaped, nothing in it is HTML, and neither an address of the
 * web nor one of mail becomes a link: previews look for them in the text without its escapes, so zero-width spaces part `//` and stand
 * before `@`.
 */
export const markdownText = (text: string): string =>
  oneLine(text, 4000)
    .replaceAll(/[!-/:-@[-`{-~]/g, "\\$&")
    .replaceAll(/\\\/(?=\\\/)/g, "\\/\u200b")
    .replaceAll("\\@", "\u200b\\@");

/** A table of Markdown. Cells are escaped already, or numbers; `rightFrom`: this column and those behind it are numbers, to the right. */
export const markdownTable = (header: readonly string[], rows: readonly (readonly string[])[], rightFrom = Infinity): string =>
  [header, header.map((_, i) => (i < rightFrom ? "---" : "---:")), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** A table as plain text, or as Markdown for the documentation. */

/** The first row is the head; the first column is aligned to the left, the others to the right. */
export function formatTable(rows: readonly (readonly string[])[], isMarkdown: boolean): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const lines = rows.map((row) => widths.map((width, i) => (i === 0 ? (row[i] ?? "").padEnd(width) : (row[i] ?? "").padStart(width))));
  if (!isMarkdown) return lines.map((cells) => cells.join("  ").trimEnd()).join("\n");
  const rule = widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [lines[0], rule, ...lines.slice(1)].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
export const megabytes = (bytes: number | null): string => (bytes === null ? "" : `${(bytes / 1e6).toFixed(0)} MB`);
export const milliseconds = (ms: number): string => `${ms < 1 ? ms.toFixed(3) : ms.toFixed(1)} ms`;

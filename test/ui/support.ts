/** What the tests of the user interface share: workspaces, independent answers, and small readers of VS Code's page. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { makeTempDir } from "../../scripts/lib/cleanup.mjs";
import type { Locator, Page } from "playwright-core";
import { until, Workbench, type WorkbenchOptions } from "./harness";

/** Root of the checkout. */
export const ROOT = path.join(__dirname, "..", "..");
/** The capture that the extension brings along. */
export const SAMPLE = path.join(ROOT, "media", "sample.csv");
/** Title of the views' container, and of both views. */
export const CONTAINER = "TCP Seq";
export const NUMBERS = "Sequence Numbers";
export const CAPTURE = "Capture";
/** The menu entry. */
export const ANALYZE = "Analyze TCP Seq";

/** Numbers listed at a time, the fewest that can be set. */
const SHORTEST_LIST = 10;

/** A fixture of test/fixtures/csv. */
export const fixture = (name: string): string => path.join(ROOT, "test", "fixtures", "csv", name);

/** What a pandas notebook says about a file; see test/fixtures/expected/README.md. */
export interface Expected {
  readonly rows: number;
  readonly rowsTcp: number;
  readonly distinct: number;
  readonly top: readonly { readonly seq: number; readonly count: number }[];
  readonly timelines: readonly {
    readonly seq: number;
    readonly bucketSeconds: number;
    readonly buckets: readonly { readonly start: string; readonly count: number; readonly alert: string; readonly protocols: string }[];
  }[];
}

/** The notebook's answers for a fixture or for the sample, by the file's name without its ending. */
export const readExpected = (name: string): Expected =>
  JSON.parse(fs.readFileSync(path.join(ROOT, "test", "fixtures", "expected", `${name}.json`), "utf8")) as Expected;

/** Rows of the sample capture, by column. */
export const readSample = (): Record<string, string>[] =>
  parse<Record<string, string>>(fs.readFileSync(SAMPLE, "utf8"), {
    columns: true,
    relax_quotes: true, // texts behind the numbers, as tshark 4.0 quotes them
    relax_column_count: true,
  });

/** Opens a window on a folder, with the extension of this checkout and short lists, which are read sooner. */
export const openWindow = (workspace: string, { settings, ...options }: Partial<WorkbenchOptions> = {}): Promise<Workbench> =>
  Workbench.open({
    workspace,
    extensionDevelopmentPath: ROOT,
    keepsVscode: true,
    settings: { "tcpSeq.topCount": SHORTEST_LIST, ...settings },
    ...options,
  });

/**
 * Waits until the numbers of a capture that has bursts are listed for good. The list is made anew once these are found, and a click
 * meanwhile is lost.
 */
export async function whenNumbersListed(workbench: Workbench): Promise<void> {
  await workbench.whenTreeRow(NUMBERS, ({ level, description }) => level === 2 && description.includes(" · ▲ "));
}

/** A temporary folder called `captures` with these files: name to content, or to `{ copyOf }`. */
export function makeWorkspace(files: Readonly<Record<string, string | { copyOf: string }>>): { dir: string; remove: () => void } {
  const temp = makeTempDir("tcp-seq-files");
  const dir = path.join(temp.dir, "captures");
  fs.mkdirSync(dir);
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(dir, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    if (typeof content === "string") fs.writeFileSync(file, content);
    else fs.copyFileSync(content.copyOf, file);
  }
  return { dir, remove: temp.remove };
}

/** `4,409`, in a way of its own. */
export const grouped = (count: number): string => count.toLocaleString("en-US");

/** `31.59 %`, in a way of its own. */
export const percent = (count: number, total: number): string => `${((100 * count) / total).toFixed(2)} %`;

/** Lets the tests read and write the clipboard. */
export const allowClipboard = (page: Page): Promise<void> => page.context().grantPermissions(["clipboard-read", "clipboard-write"]);

/** Text of the clipboard. */
export const readClipboard = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText());

/** The part of the window where editors are. */
export const editorPart = (page: Page): Locator => page.locator(".part.editor");

/** Rows of the file that `makeLargeFile` makes: more than one thread's share of bytes for two threads. */
const LARGE_ROWS = 110_000;

/** A packet CSV of 36 MB in a folder. */
export function makeLargeFile(file: string): void {
  const script = path.join(ROOT, "scripts", "makeBenchData.mjs");
  execFileSync(process.execPath, [script, "--rows", String(LARGE_ROWS), "--out", file], { stdio: "ignore" });
}

/** The kernel read a file of makeLargeFile in this editor, in a thread per core: so says the extension's log. */
export async function assertReadByKernel(workbench: { extensionLog(): string }, name: string): Promise<void> {
  const line = new RegExp(`${name}.*\\((\\w[\\w-]*), (\\d+) thread`);
  const reader = await until(
    () => line.exec(workbench.extensionLog()),
    () => `The log does not say how ${name} was read.`,
  );
  assert.deepEqual([reader[1], Number(reader[2])], ["simd", Math.min(availableParallelism(), 3)]);
}

/** The description of a number without its burst, which comes after the list. */
export const withoutBurst = (description: string): string => description.replace(/ · ▲ .*$/, "");

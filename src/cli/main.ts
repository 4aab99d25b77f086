/**
 * `tcp-seq`: the same engine on the command line. Knows node, the worker's readCapture and shared; not vscode.
 * Exit code 0 for an answer, 2 for a wrong call, 3 for a file that cannot be analysed.
 */
import { parseArgs } from "node:util";
import { detect } from "../engine/detectors/detect";
import { AnalysisError, toPlainError } from "../shared/errors";
import { isBefore, parseMoment } from "../shared/moments";
import { DEFAULT_LABEL_FIELDS, type CapturePart, type CaptureSummary, type Moment } from "../shared/model";
import { SENSITIVITIES } from "../shared/findings";
import { readCapture } from "../worker/readCapture";
import { makeReadPayloads, RowReader } from "../worker/rowReader";
import type { AnalyzeCall } from "./call";
import { toJson } from "./json";
import { findingsJson, findingsText } from "./findings";
import { labelCsv } from "./labels";
import { PROBLEM_TEXTS } from "./problemTexts";
import { printable, toText } from "./text";

const USAGE = `Usage: tcp-seq analyze FILE [options]
       tcp-seq findings FILE [options]
       tcp-seq label FILE [options]

  analyze: counts of sequence numbers, and when they occur. findings: what the detectors find, worst first. label: CSV of every
  packet's frame.number, tcp.stream and labels, as Wireshark's sequence analysis gives them.

  --rows, --from, --to, --memory and --reference go with every command, --label and --json with analyze and findings.

  --seq N        sequence number to show over time (decimal or 0x…); may be given several times; default: the most frequent
  --bucket S     seconds per bucket (default 60)
  --top N        how many of the most frequent sequence numbers to list, and of those with bursts (default 20)
  --label NAME   column with labels; may be given several times, the first found is taken
  --rows N       only the first N rows of the file
  --from TIME    only rows from this time on, on the capture's clock: YYYY-MM-DD HH:MM:SS, or seconds since the capture's
                 start; with --to
  --to TIME      only rows before this time; with --from
  --memory MB    memory that the capture may take (default: half of the machine's)
  --sensitivity S  of findings: low, medium (default) or high
  --json         one JSON object instead of text
  --reference    read with csv-parse, slowly, to compare
  --help         this text
  --version      the version`;

/** A call that names no answer; its message is the one sentence on stderr. */
class UsageError extends Error {}

function parseInteger(text: string, name: string, least: number, most: number): number {
  const value = /^(?:\d+|0x[0-9a-f]+)$/i.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most))
    throw new UsageError(`${name} takes a whole number from ${String(least)} to ${String(most)}, not "${text}".`);
  return value;
}

/** The part of the file that a call asks for. Throws UsageError. */
function readPart({ rows, from, to }: { rows?: string; from?: string; to?: string }): CapturePart | undefined {
  if (from === undefined && to === undefined)
    return rows === undefined ? undefined : { kind: "rows", rows: parseInteger(rows, "--rows", 1, 2 ** 32 - 1) };
  if (rows !== undefined) throw new UsageError("Either --rows or --from and --to, not both.");
  if (from === undefined || to === undefined) throw new UsageError("--from and --to are given together.");
  const part = { kind: "time", from: parseTime(from, "--from"), to: parseTime(to, "--to") } as const;
  if (!isBefore(part.from, part.to)) throw new UsageError("--from has to be before --to.");
  return part;
}

function parseTime(text: string, name: string): Moment {
  const moment = parseMoment(text);
  if (!moment) throw new UsageError(`${name} takes a time such as 2023-06-04 11:23:58 or a number of seconds, not "${text}".`);
  return moment;
}

const COMMON_OPTIONS = ["rows", "from", "to", "memory", "reference"];
/** The commands with their options. */
const COMMANDS = {
  analyze: [...COMMON_OPTIONS, "seq", "bucket", "top", "label", "json"],
  findings: [...COMMON_OPTIONS, "label", "json", "sensitivity"],
  label: COMMON_OPTIONS,
} as const;
type CommandName = keyof typeof COMMANDS;
const isCommand = (text: string): text is CommandName => Object.hasOwn(COMMANDS, text);

/** Reads the arguments. Throws UsageError. Undefined after --help or --version, which have been answered. */
function readCall(args: readonly string[]): { command: CommandName; call: AnalyzeCall } | undefined {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      tokens: true,
      options: {
        seq: { type: "string", multiple: true },
        bucket: { type: "string", default: "60" },
        top: { type: "string", default: "20" },
        rows: { type: "string" },
        from: { type: "string" },
        to: { type: "string" },
        memory: { type: "string", default: "0" },
        label: { type: "string", multiple: true },
        sensitivity: { type: "string", default: "medium" },
        json: { type: "boolean", default: false },
        reference: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
        version: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    // Node's own text: its first sentence says what is wrong.
    const [sentence] = (error instanceof Error ? error.message : String(error)).split(/\.\s/);
    throw new UsageError(sentence.endsWith(".") ? sentence : `${sentence}.`);
  }
  const { values, positionals } = parsed;
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return undefined;
  }
  if (values.version) {
    process.stdout.write(`${process.env.TCP_SEQ_VERSION ?? ""}\n`);
    return undefined;
  }
  const [command, file, ...rest] = positionals;
  if (command === undefined) throw new UsageError("No command given: tcp-seq analyze FILE. See tcp-seq --help.");
  if (!isCommand(command)) {
    const commands = Object.keys(COMMANDS).map((name) => `tcp-seq ${name} FILE`);
    throw new UsageError(`Unknown command "${command}"; the commands are: ${commands.join(", ")}.`);
  }
  if (file === undefined || file === "") throw new UsageError(`No file given: tcp-seq ${command} FILE.`);
  if (rest.length > 0) throw new UsageError(`One file at a time: "${rest.join('", "')}" is too much.`);
  const options: readonly string[] = COMMANDS[command];
  const other = parsed.tokens.find((token) => token.kind === "option" && !options.includes(token.name));
  if (other?.kind === "option") throw new UsageError(`tcp-seq ${command} takes no --${other.name}.`);
  const sensitivity = SENSITIVITIES.find((each) => each === values.sensitivity);
  if (!sensitivity) throw new UsageError(`--sensitivity takes ${SENSITIVITIES.join(", ")}, not "${values.sensitivity}".`);
  const call = {
    file,
    seqs: (values.seq ?? []).map((text) => parseInteger(text, "--seq", 0, 0xffffffff)),
    bucketSeconds: parseInteger(values.bucket, "--bucket", 1, 2 ** 31),
    top: parseInteger(values.top, "--top", 0, 1_000_000),
    labelFields: values.label ?? DEFAULT_LABEL_FIELDS,
    part: readPart(values),
    memoryLimitMB: parseInteger(values.memory, "--memory", 0, 1e9),
    sensitivity,
    isJson: values.json,
    isReference: values.reference,
  };
  return { command, call };
}

/** JSON has no place for it, and a program that reads the answer should not be all that knows. */
function warnOfDamage({ name, problems }: CaptureSummary): void {
  for (const { kind } of problems) {
    if (kind === "compressionCutOff" || kind === "compressionDamaged" || kind === "trailingBytes")
      process.stderr.write(`tcp-seq: warning: ${printable(name)}: ${PROBLEM_TEXTS[kind]}\n`);
  }
}

/** Settles when the text is on its way: whoever writes more waits, so that a slow reader does not fill the memory. */
const write = (text: string): Promise<void> => new Promise((resolve) => process.stdout.write(text, () => resolve()));

async function run(args: readonly string[]): Promise<number> {
  try {
    const read = readCall(args);
    if (!read) return 0;
    const { command, call } = read;
    const source = { kind: "file", path: call.file } as const;
    const capture = await readCapture(
      source,
      { labelFields: call.labelFields, memoryLimitMB: call.memoryLimitMB, ...(call.part ? { part: call.part } : {}) },
      { isReference: call.isReference },
    );
    await capture.whenComplete;
    if (command === "label") {
      warnOfDamage(capture.summary);
      for (const piece of labelCsv(capture)) await write(piece);
      return 0;
    }
    if (command === "findings") {
      const findings = await detect(capture, {
        sensitivity: call.sensitivity,
        readPayloads: makeReadPayloads(capture, new RowReader(capture, source)),
        pause: () => Promise.resolve(),
      });
      if (call.isJson) warnOfDamage(capture.summary);
      const output = call.isJson ? JSON.stringify(findingsJson(call.file, capture, findings)) : findingsText(capture, findings);
      await write(`${output}\n`);
      return 0;
    }
    const seqs = call.seqs.length > 0 ? call.seqs : capture.listSequences({ order: "count", from: 0, count: 1 }).map(({ seq }) => seq);
    if (call.isJson) warnOfDamage(capture.summary);
    const output = call.isJson ? JSON.stringify(toJson(call, capture, seqs)) : toText(call, capture, seqs);
    await write(`${output}\n`);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`tcp-seq: ${error.message}\n`);
      return 2;
    }
    const plain = toPlainError(error);
    process.stderr.write(`tcp-seq: ${printable(plain.message)}\n`);
    if (!(error instanceof AnalysisError)) process.stderr.write(`${plain.stack ?? ""}\n`);
    return 3;
  }
}

// A reader that goes away (`| head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 3));
void run(process.argv.slice(2)).then((code) => (process.exitCode = code));

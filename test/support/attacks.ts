/** The captures of test/fixtures/attacks and what truly happened in them; the README there explains the terms. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./capture";

export const ATTACK_FIXTURES = join(ROOT, "test", "fixtures", "attacks");

/** A finding that a detector has to report. */
export interface TrueHit {
  detector: string;
  /** Address, with the port where the finding is about one connection. Absent or null: many. */
  source?: string | null;
  target?: string;
  targets?: string[];
  stream?: number;
  /** Frames one by one; of scans and floods as ranges, both ends included. */
  frames?: number[] | [number, number][];
  [detail: string]: unknown;
}

export interface TrueCapture {
  rows: number;
  tcpRows: number;
  payloadColumn: boolean;
  what: string;
  verdict: string;
  made: string[];
  hits: TrueHit[];
  /** Detectors that may speak too; those named neither here nor in `hits` have to stay silent. */
  allowed: string[];
  facts: Record<string, unknown>;
  /** How often tshark gave each of its labels. */
  labels: Record<string, number>;
}

/** Every capture by name. */
export function readTruth(): Record<string, TrueCapture> {
  const text = readFileSync(join(ATTACK_FIXTURES, "truth.json"), "utf8");
  return (JSON.parse(text) as { captures: Record<string, TrueCapture> }).captures;
}

export const readAttack = (name: string): string => readFileSync(join(ATTACK_FIXTURES, `${name}.csv`), "utf8");

/** tshark's labels by frame, without their common beginning `tcp.analysis.`; frames without any are left out. */
export function readLabels(name: string): Map<number, string[]> {
  const [header = "", ...lines] = readFileSync(join(ATTACK_FIXTURES, `${name}.analysis.csv`), "utf8")
    .trimEnd()
    .split("\n");
  const names = header.split(",").map((column) => column.replace("tcp.analysis.", ""));
  const labels = new Map<number, string[]>();
  for (const line of lines) {
    const cells = line.split(",").map((cell) => cell.replaceAll('"', ""));
    const given = names.filter((_, place) => place > 0 && cells[place] !== "");
    if (given.length > 0) labels.set(Number(cells[0]), given);
  }
  return labels;
}

/** All frames of a finding, ranges spelled out. */
export const framesOf = ({ frames = [] }: TrueHit): number[] =>
  frames.flatMap((each) =>
    typeof each === "number" ? [each] : Array.from({ length: each[1] - each[0] + 1 }, (_, step) => each[0] + step),
  );

export const listAttackFiles = (): string[] => readdirSync(ATTACK_FIXTURES).sort();

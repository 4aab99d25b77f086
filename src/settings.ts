/** What the user has set, checked. Defaults are stated in package.json alone. */
import * as vscode from "vscode";
import { settings } from "./ids";
import { SENSITIVITIES, type Sensitivity } from "./shared/findings";

/** How timelines are drawn unless a panel says otherwise. */
export interface TimelineSettings {
  /** Null lets the engine choose. */
  readonly bucketSeconds: number | null;
  readonly clock: "capture" | "utc" | "local";
}

/** How the detectors judge. */
export interface DetectionSettings {
  readonly sensitivity: Sensitivity;
  /** As the user has written it: what detectors know of it is checked where they are known. */
  readonly thresholds: unknown;
}

const BUCKET_SECONDS: Readonly<Record<string, number | null>> = {
  auto: null,
  "1 s": 1,
  "10 s": 10,
  "1 min": 60,
  "5 min": 300,
  "1 h": 3600,
};
const TOP_COUNT = { least: 10, most: 1000 };

/** The setting if it is of the kind the manifest asks for (users edit JSON), else the manifest's default. */
function read<T>(name: string, isValid: (value: unknown) => value is T): T {
  const configuration = vscode.workspace.getConfiguration(settings.section);
  const value = configuration.get<unknown>(name);
  if (isValid(value)) return value;
  const standard = configuration.inspect<unknown>(name)?.defaultValue;
  if (isValid(standard)) return standard;
  throw new Error(`package.json gives no usable default for ${settings.section}.${name}.`);
}

const isBucketSize = (value: unknown): value is string => typeof value === "string" && Object.hasOwn(BUCKET_SECONDS, value);
const isClock = (value: unknown): value is TimelineSettings["clock"] => value === "capture" || value === "utc" || value === "local";
const isSensitivity = (value: unknown): value is Sensitivity => SENSITIVITIES.some((each) => each === value);
const isAnything = (_value: unknown): _value is unknown => true;
const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isStringList = (value: unknown): value is string[] => Array.isArray(value) && value.every((each) => typeof each === "string");

/** `tcpSeq.bucketSize` and `tcpSeq.clock`. */
export const readTimelineSettings = (): TimelineSettings => ({
  bucketSeconds: BUCKET_SECONDS[read(settings.bucketSize, isBucketSize)] ?? null,
  clock: read(settings.clock, isClock),
});

/** `tcpSeq.labelColumns`, in the user's order. */
export const readLabelFields = (): readonly string[] => read(settings.labelColumns, isStringList);

/** `tcpSeq.topCount`, an integer of 10..1000. */
export const readTopCount = (): number =>
  Math.round(Math.min(TOP_COUNT.most, Math.max(TOP_COUNT.least, read(settings.topCount, isNumber))));

/** `tcpSeq.memoryLimitMB`: megabytes that one capture may take; 0: half of the machine's memory. */
export const readMemoryLimitMB = (): number => Math.max(0, read(settings.memoryLimitMB, isNumber));

/** `tcpSeq.detection.sensitivity` and `tcpSeq.detection.thresholds`. */
export const readDetectionSettings = (): DetectionSettings => ({
  sensitivity: read(settings.sensitivity, isSensitivity),
  thresholds: read(settings.thresholds, isAnything),
});

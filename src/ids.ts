/** Every command, view, setting and context key the manifest names, once. A test compares this file with package.json. */

export const commands = {
  /** Explorer, editor menus, palette: the file meant, else the active tab's, else a dialog. */
  analyze: "tcpSeq.analyze",
  /** Always a dialog. */
  analyzeFile: "tcpSeq.analyzeFile",
  openSample: "tcpSeq.openSample",
  openTimeline: "tcpSeq.openTimeline",
  openTimelineToSide: "tcpSeq.openTimelineToSide",
  openDistribution: "tcpSeq.openDistribution",
  findSequence: "tcpSeq.findSequence",
  showMore: "tcpSeq.showMore",
  sortByCount: "tcpSeq.sortByCount",
  sortByNumber: "tcpSeq.sortByNumber",
  copyNumber: "tcpSeq.copyNumber",
  copyWiresharkFilter: "tcpSeq.copyWiresharkFilter",
  closeCapture: "tcpSeq.closeCapture",
  openReport: "tcpSeq.openReport",
  analyzeAgain: "tcpSeq.analyzeAgain",
  showLog: "tcpSeq.showLog",
} as const;

export const views = {
  container: "tcpSeq",
  sequences: "tcpSeq.sequences",
  capture: "tcpSeq.capture",
} as const;

export const settings = {
  section: "tcpSeq",
  labelColumns: "labelColumns",
  topCount: "topCount",
  bucketSize: "bucketSize",
  clock: "clock",
  memoryLimitMB: "memoryLimitMB",
} as const;

export const contextKeys = {
  hasResult: "tcpSeq:hasResult",
  order: "tcpSeq:order",
} as const;

/** Values of `contextValue` of tree items, which menus ask for as `viewItem`. */
export const itemKinds = {
  capture: "capture",
  staleCapture: "capture.stale",
  sequence: "sequence",
  more: "more",
  fact: "fact",
  problem: "problem",
  failure: "failure",
} as const;

/** Any of the commands. */
export type CommandId = (typeof commands)[keyof typeof commands];

/** Kinds of webview panels. */
export const panels = { timeline: "tcpSeq.timelinePanel" } as const;

/** Scheme of the read-only report documents. */
export const reportScheme = "tcp-seq-report";

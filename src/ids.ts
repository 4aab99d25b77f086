/** Every command, view, setting and context key the manifest names, once. A test compares this file with package.json. */

export const commands = {
  /** Explorer, editor menus, palette: the file meant, else the active tab's, else a dialog. */
  analyze: "tcpSeq.analyze",
  /** Always a dialog. */
  analyzeFile: "tcpSeq.analyzeFile",
  openSample: "tcpSeq.openSample",
  openWalkthrough: "tcpSeq.openWalkthrough",
  copyTsharkCommand: "tcpSeq.copyTsharkCommand",
  openTimeline: "tcpSeq.openTimeline",
  openTimelineToSide: "tcpSeq.openTimelineToSide",
  /** Argument: a sequence number. */
  addToTimeline: "tcpSeq.addToTimeline",
  /** Argument: `{ key, seq }`. */
  openPackets: "tcpSeq.openPackets",
  openDistribution: "tcpSeq.openDistribution",
  /** Arguments: capture key, finding id. */
  openFinding: "tcpSeq.openFinding",
  findSequence: "tcpSeq.findSequence",
  showMore: "tcpSeq.showMore",
  sortByCount: "tcpSeq.sortByCount",
  sortByNumber: "tcpSeq.sortByNumber",
  sortByBurst: "tcpSeq.sortByBurst",
  copyNumber: "tcpSeq.copyNumber",
  copyWiresharkFilter: "tcpSeq.copyWiresharkFilter",
  closeCapture: "tcpSeq.closeCapture",
  openReport: "tcpSeq.openReport",
  createReport: "tcpSeq.createReport",
  analyzeAgain: "tcpSeq.analyzeAgain",
  showLog: "tcpSeq.showLog",
  filterFindings: "tcpSeq.filterFindings",
  clearFindingsFilter: "tcpSeq.clearFindingsFilter",
  setSensitivity: "tcpSeq.setSensitivity",
  showDismissed: "tcpSeq.showDismissed",
  hideDismissed: "tcpSeq.hideDismissed",
  dismissFinding: "tcpSeq.dismissFinding",
  restoreFinding: "tcpSeq.restoreFinding",
  copyFindingFilter: "tcpSeq.copyFindingFilter",
  copyFindingMarkdown: "tcpSeq.copyFindingMarkdown",
  explainFinding: "tcpSeq.explainFinding",
  copyTsharkOption: "tcpSeq.copyTsharkOption",
  showMoreFindings: "tcpSeq.showMoreFindings",
  findAgain: "tcpSeq.findAgain",
  exportFindings: "tcpSeq.exportFindings",
  /** Argument: `{ key }`, else the capture used last. */
  filterPackets: "tcpSeq.filterPackets",
  /** Argument: `{ key }`, else of all captures. */
  clearFilter: "tcpSeq.clearFilter",
  /** The row under the cursor of a CSV in an editor. */
  showTimelineAtCursor: "tcpSeq.showTimelineAtCursor",
} as const;

export const views = {
  container: "tcpSeq",
  filter: "tcpSeq.filterView",
  sequences: "tcpSeq.sequences",
  findings: "tcpSeq.findings",
  capture: "tcpSeq.capture",
} as const;

export const settings = {
  section: "tcpSeq",
  labelColumns: "labelColumns",
  topCount: "topCount",
  bucketSize: "bucketSize",
  clock: "clock",
  memoryLimitMB: "memoryLimitMB",
  sensitivity: "detection.sensitivity",
  thresholds: "detection.thresholds",
} as const;

export const contextKeys = {
  hasResult: "tcpSeq:hasResult",
  order: "tcpSeq:order",
  /** Not all packets of all captures are in focus: there is a filter or a range. */
  hasFocus: "tcpSeq:hasFocus",
  /** A filter is on. */
  isFiltered: "tcpSeq:isFiltered",
  /** Findings that were put away are listed, too. */
  showsDismissed: "tcpSeq:showsDismissed",
} as const;

/** Values of `contextValue` of tree items, which menus ask for as `viewItem`. */
export const itemKinds = {
  capture: "capture",
  staleCapture: "capture.stale",
  sequence: "sequence",
  more: "more",
  /** Says that there is nothing to list. */
  nothing: "nothing",
  fact: "fact",
  problem: "problem",
  failure: "failure",
  detector: "detector",
  finding: "finding",
  dismissedFinding: "finding.dismissed",
  /** A question that was not answered; the second where an option of tshark would help. */
  notRun: "notRun",
  notRunForWant: "notRun.option",
  note: "note",
} as const;

/** Any of the commands. */
export type CommandId = (typeof commands)[keyof typeof commands];

/** Kinds of webview panels. */
export const panels = { timeline: "tcpSeq.timelinePanel", finding: "tcpSeq.findingPanel" } as const;

/** The walkthrough. */
export const walkthrough = "start";

/** Scheme of the read-only report documents. */
export const reportScheme = "tcp-seq-report";

/** Scheme of the read-only documents about findings and detectors. */
export const findingScheme = "tcp-seq-finding";

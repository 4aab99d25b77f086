/** One line of English per kind of the import report; the editor has its own, longer ones. */
import type { ProblemKind } from "../shared/model";

/** What was seen, after a count: "3 × …". */
export const PROBLEM_TEXTS: Readonly<Record<ProblemKind, string>> = {
  compressionCutOff: "compressed file that breaks off: what comes before is read",
  compressionDamaged: "damage in the compressed file: what comes before is read, and some of it may be wrong",
  leftOut: "row left out: its cells cannot be matched to the columns",
  cutOffLastLine: "last line cut off in the middle: its last cell is ignored",
  badSeq: "row whose sequence number is no number: not counted",
  badTime: "row without a readable time: counted, but on no timeline",
  missingCells: "row with too few cells: the missing ones are taken as empty",
  lostPrecision: "row with numbers in E notation: digits were lost before this file was saved",
  badNumber: "row with an unreadable number in another column",
  extraCellsRepaired: "row with too many cells, put together again",
  brokenQuotes: "row with quotes that are not doubled, read as tshark writes them",
  timeFallback: "row whose frame.time cannot be read: another time column was used",
  multipleValues: "row with several values in one cell",
  repeatedHeader: "header line repeated in the middle",
  withoutSeq: "row without a sequence number, as most rows of other protocols",
  trailingBytes: "something behind the compressed data that is not compressed: left out",
};

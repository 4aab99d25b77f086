/** Every command with its work. */
import * as vscode from "vscode";
import { commands, type CommandId } from "../ids";
import { analyzeFromDialog, analyzeTcpSeq, openSample } from "./analyzeTcpSeq";
import { analyzeAgain, closeCapture, openDistribution, openReport } from "./captureCommands";
import type { CommandContext, CommandHandler } from "./context";
import { copyFindingFilter, copyFindingMarkdown, copyTsharkOption } from "./copyFinding";
import { copyNumber, copyWiresharkFilter } from "./copySequence";
import { createReport } from "./createReport";
import { exportFindings } from "./exportFindings";
import { filterFindings } from "./filterFindings";
import { clearFilter, filterPackets } from "./filterPackets";
import {
  clearFindingsFilter,
  dismissFinding,
  explainFinding,
  findAgain,
  hideDismissed,
  restoreFinding,
  showDismissed,
  showMoreFindings,
} from "./findingsList";
import { copyTsharkCommand, openWalkthrough } from "./firstSteps";
import { findSequence } from "./findSequence";
import { openFinding } from "./openFinding";
import { addToTimeline, openPackets, openTimeline, openTimelineToSide } from "./openTimeline";
import { showMore, sortByBurst, sortByCount, sortByNumber } from "./sequenceList";
import { setSensitivity } from "./setSensitivity";
import { showTimelineAtCursor } from "./showTimelineAtCursor";

const handlers: Readonly<Record<CommandId, CommandHandler>> = {
  [commands.analyze]: analyzeTcpSeq,
  [commands.analyzeFile]: analyzeFromDialog,
  [commands.openSample]: openSample,
  [commands.openWalkthrough]: openWalkthrough,
  [commands.copyTsharkCommand]: copyTsharkCommand,
  [commands.openTimeline]: openTimeline,
  [commands.openTimelineToSide]: openTimelineToSide,
  [commands.addToTimeline]: addToTimeline,
  [commands.openPackets]: openPackets,
  [commands.openDistribution]: openDistribution,
  [commands.openFinding]: openFinding,
  [commands.findSequence]: findSequence,
  [commands.showMore]: showMore,
  [commands.sortByCount]: sortByCount,
  [commands.sortByNumber]: sortByNumber,
  [commands.sortByBurst]: sortByBurst,
  [commands.copyNumber]: copyNumber,
  [commands.copyWiresharkFilter]: copyWiresharkFilter,
  [commands.closeCapture]: closeCapture,
  [commands.openReport]: openReport,
  [commands.createReport]: createReport,
  [commands.analyzeAgain]: analyzeAgain,
  [commands.showLog]: ({ log }) => log.show(),
  [commands.filterFindings]: filterFindings,
  [commands.clearFindingsFilter]: clearFindingsFilter,
  [commands.setSensitivity]: setSensitivity,
  [commands.showDismissed]: showDismissed,
  [commands.hideDismissed]: hideDismissed,
  [commands.dismissFinding]: dismissFinding,
  [commands.restoreFinding]: restoreFinding,
  [commands.copyFindingFilter]: copyFindingFilter,
  [commands.copyFindingMarkdown]: copyFindingMarkdown,
  [commands.explainFinding]: explainFinding,
  [commands.copyTsharkOption]: copyTsharkOption,
  [commands.showMoreFindings]: showMoreFindings,
  [commands.findAgain]: findAgain,
  [commands.exportFindings]: exportFindings,
  [commands.filterPackets]: filterPackets,
  [commands.clearFilter]: clearFilter,
  [commands.showTimelineAtCursor]: showTimelineAtCursor,
};

/** The work of one command, without what registering adds. */
export const handlerOf = (id: CommandId): CommandHandler => handlers[id];

/** Registers them all. What a command throws reaches the log and one notification. */
export function registerCommands(context: CommandContext): vscode.Disposable {
  const registrations = Object.values(commands).map((id) =>
    vscode.commands.registerCommand(id, async (...args: unknown[]) => {
      try {
        await handlerOf(id)(context, ...args);
      } catch (error) {
        context.errors.report(error, vscode.l10n.t("this command"));
      }
    }),
  );
  return vscode.Disposable.from(...registrations);
}

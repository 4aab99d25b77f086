/** Open Finding: in an editor tab of its own. Argument: `{ key, id }`, the capture and Finding.id. */
import { findingTarget, type CommandContext } from "./context";

/** Throws TypeError for anything else: the command is not in the palette. */
export function openFinding({ findingPanels }: CommandContext, argument?: unknown): void {
  const { key, id } = findingTarget(argument);
  findingPanels.show(key, id);
}

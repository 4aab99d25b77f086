/** Copy Sequence Number and Copy Wireshark Filter. Argument: `{ key, seq }`. */
import * as vscode from "vscode";
import { wiresharkFilter } from "../analysis/sequenceNumber";
import { sequenceTarget, type CommandContext } from "./context";

/** Plain digits. */
export async function copyNumber(_context: CommandContext, argument?: unknown): Promise<void> {
  await vscode.env.clipboard.writeText(String(sequenceTarget(argument).seq));
}

/** `tcp.seq == 1`, with the field the capture was counted by. */
export async function copyWiresharkFilter({ captures }: CommandContext, argument?: unknown): Promise<void> {
  const { key, seq } = sequenceTarget(argument);
  const capture = captures.get(key);
  if (capture) await vscode.env.clipboard.writeText(wiresharkFilter(capture.summary.seqField, seq));
}

/** What can be done with one open capture. Argument: `{ key }`, else the only or a picked capture. */
import { reportOrOfferPart } from "./analyzePart";
import { chooseCapture, type CommandContext } from "./context";

/** Opens the chart of all numbers. */
export async function openDistribution(context: CommandContext, argument?: unknown): Promise<void> {
  const chosen = await chooseCapture(context, argument);
  if (chosen) await context.timelines.showDistribution(chosen.key);
}

/** Opens what was read and what was left out, as a document. */
export async function openReport(context: CommandContext, argument?: unknown): Promise<void> {
  const chosen = await chooseCapture(context, argument);
  if (chosen) await context.report.open(chosen.key);
}

/** Reads the file again; cancelled, the old result stays. */
export async function analyzeAgain(context: CommandContext, argument?: unknown): Promise<void> {
  const chosen = await chooseCapture(context, argument);
  if (!chosen) return;
  try {
    await context.captures.analyzeAgain(chosen.key);
  } catch (error) {
    reportOrOfferPart(context, chosen.uri, error);
  }
}

/** Frees the capture's memory and removes it from the views. */
export async function closeCapture(context: CommandContext, argument?: unknown): Promise<void> {
  const chosen = await chooseCapture(context, argument);
  if (chosen) context.captures.close(chosen.key);
}

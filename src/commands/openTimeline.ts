/** Open Timeline, also to the side, Add to Timeline, and List Packets. Argument: `{ key, seq }`. */
import { sequenceTarget, type CommandContext } from "./context";

/** In the active editor group. */
export async function openTimeline({ timelines }: CommandContext, argument?: unknown): Promise<void> {
  const { key, seq } = sequenceTarget(argument);
  await timelines.showTimeline(key, seq, { beside: false });
}

/** In the group beside it. */
export async function openTimelineToSide({ timelines }: CommandContext, argument?: unknown): Promise<void> {
  const { key, seq } = sequenceTarget(argument);
  await timelines.showTimeline(key, seq, { beside: true });
}

/** To the numbers that the capture's panel compares. */
export async function addToTimeline({ timelines }: CommandContext, argument?: unknown): Promise<void> {
  const { key, seq } = sequenceTarget(argument);
  await timelines.addToTimeline(key, seq);
}

/** The packets of the number, in the capture's panel. */
export async function openPackets({ timelines }: CommandContext, argument?: unknown): Promise<void> {
  const { key, seq } = sequenceTarget(argument);
  await timelines.showPackets(key, seq);
}

/** How the list of sequence numbers is shown: order, and how many. */
import { captureTarget, type CommandContext } from "./context";

/** Most frequent first. */
export const sortByCount = ({ sequences }: CommandContext): Promise<void> => sequences.setOrder("count");

/** Ascending. */
export const sortByNumber = ({ sequences }: CommandContext): Promise<void> => sequences.setOrder("number");

/** Strongest burst first. */
export const sortByBurst = ({ sequences }: CommandContext): Promise<void> => sequences.setOrder("burst");

/** Argument: `{ key }`. */
export const showMore = ({ sequences }: CommandContext, argument?: unknown): Promise<void> =>
  sequences.showMore(captureTarget(argument).key);

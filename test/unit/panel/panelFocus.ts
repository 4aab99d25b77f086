/** What a session asks about the focus of captures: each question fails unless a test answers it. */
import type { PanelFocus } from "../../../src/panel/panelCaptures";
import { NO_FOCUS } from "../../../src/shared/selection";

const none = (): Promise<never> => Promise.reject(new Error("not asked for"));

export const panelFocus = (answers: Partial<PanelFocus> = {}): Omit<PanelFocus, "onDidChange"> => ({
  get: () => NO_FOCUS,
  set: none,
  count: none,
  check: none,
  typing: () => undefined,
  complete: none,
  recent: () => [],
  forgetRecent: none,
  ...answers,
});

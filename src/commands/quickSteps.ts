/** Questions that are asked one after the other in the same place, with a way back. */
import * as vscode from "vscode";

/** What a step asks with; `value` is what was chosen the last time. */
export interface StepPlace {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
}

/** How a step ends. "left": the user has gone away. */
export type StepOutcome<T> = { readonly kind: "next"; readonly value: T } | { readonly kind: "back" } | { readonly kind: "left" };

/** A step: asks, and gives the state with its answer. */
export type Step<T> = (state: T, place: StepPlace) => Promise<StepOutcome<T>>;

/** The state after the last step; undefined when the user has left. Going back keeps what was chosen. */
export async function askInSteps<T>(title: string, first: T, steps: readonly Step<T>[]): Promise<T | undefined> {
  let state = first;
  for (let step = 0; step < steps.length;) {
    const outcome = await steps[step](state, { title, step: step + 1, totalSteps: steps.length });
    switch (outcome.kind) {
      case "next":
        state = outcome.value;
        step++;
        break;
      case "back":
        step = Math.max(0, step - 1);
        break;
      case "left":
        return undefined;
    }
  }
  return state;
}

/** Something to choose, with what it stands for. */
export interface Choice<V> extends vscode.QuickPickItem {
  readonly value: V;
}

/** One of the choices. */
export function pickOne<V>(place: StepPlace, placeholder: string, choices: readonly Choice<V>[], active: V): Promise<StepOutcome<V>> {
  const pick = vscode.window.createQuickPick<Choice<V>>();
  pick.items = choices;
  pick.activeItems = choices.filter(({ value }) => value === active);
  return ask(pick, place, placeholder, () => {
    const [chosen] = pick.activeItems;
    return chosen && { value: chosen.value };
  });
}

/** Any of the choices. */
export function pickMany<V>(
  place: StepPlace,
  placeholder: string,
  choices: readonly Choice<V>[],
  selected: (value: V) => boolean,
): Promise<StepOutcome<V[]>> {
  const pick = vscode.window.createQuickPick<Choice<V>>();
  pick.canSelectMany = true;
  pick.items = choices;
  pick.selectedItems = choices.filter(({ value }) => selected(value));
  return ask(pick, place, placeholder, () => ({ value: pick.selectedItems.map(({ value }) => value) }));
}

/** A line of text. */
export function typeText(place: StepPlace, prompt: string, placeholder: string, value: string): Promise<StepOutcome<string>> {
  const box = vscode.window.createInputBox();
  box.value = value;
  box.prompt = prompt;
  return ask(box, place, placeholder, () => ({ value: box.value }));
}

/** Shows a box until it is accepted, gone back from, or left. */
function ask<I extends vscode.QuickPickItem, V>(
  box: vscode.QuickPick<I> | vscode.InputBox,
  { title, step, totalSteps }: StepPlace,
  placeholder: string,
  read: () => { readonly value: V } | undefined,
): Promise<StepOutcome<V>> {
  box.title = title;
  box.step = step;
  box.totalSteps = totalSteps;
  box.placeholder = placeholder;
  box.ignoreFocusOut = true;
  box.buttons = step > 1 ? [vscode.QuickInputButtons.Back] : [];
  return new Promise((resolve) => {
    const end = (outcome: StepOutcome<V>): void => {
      resolve(outcome);
      box.dispose();
    };
    box.onDidAccept(() => {
      const chosen = read();
      if (chosen) end({ kind: "next", value: chosen.value });
    });
    box.onDidTriggerButton(() => end({ kind: "back" }));
    box.onDidHide(() => end({ kind: "left" }));
    box.show();
  });
}

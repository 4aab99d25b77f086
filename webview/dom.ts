/** A few lines that make elements. Text is always text, never markup. */

/** Attributes by name; `true` sets an empty one, false and undefined none. */
export type Attributes = Readonly<Record<string, string | boolean | undefined>>;

/** A new element with attributes and children. Style attributes are not for here: the policy forbids them. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (typeof value === "string") made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** A codicon, hidden from screen readers. Its name is of ours, never of the capture. */
export const icon = (name: string): HTMLElement => element("span", { class: `codicon codicon-${name}`, "aria-hidden": "true" });

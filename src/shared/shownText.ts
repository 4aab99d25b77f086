/** Text from captures and file names where it is shown. Knows no vscode, no node, no DOM. */

/**
 * Characters that are not shown, or that change how others are: controls, line separators, characters without width, marks that turn the
 * reading direction. In a label they could make one thing look like another.
 */
export const UNSHOWABLE = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text as it may stand in an element or in a quoted attribute, of HTML and of XML. */
export const escapeMarkup = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);

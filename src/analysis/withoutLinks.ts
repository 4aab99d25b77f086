/**
 * Names of files in notifications, where the editor makes links of `[text](command:…)` and runs them on a click, and in the
 * status bar, where it makes icons of `$(name)`.
 */

/** The same text to the eye, but never a link: a zero-width space parts `]` and `(`. */
export const withoutLinks = (text: string): string => text.replaceAll("](", "]\u200b(");

/** The same text to the eye, but never an icon: a zero-width space parts `$` and `(`. */
export const withoutIcons = (text: string): string => text.replaceAll("$(", "$\u200b(");

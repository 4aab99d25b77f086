/**
 * Sentences in the display language, with the placeholders of `vscode.l10n.t`: `{0}`, `{1}`. The host sends the bundle.
 * Sentences are written in English at the place of use, whole; numbers come formatted.
 */

let bundle: Readonly<Record<string, string>> = {};

/** Takes the host's bundle: translations by English sentence. Null for English. */
export function setBundle(translations: Readonly<Record<string, string>> | null): void {
  bundle = translations ?? {};
}

/** The sentence in the display language, placeholders filled in. A placeholder without an argument stays. */
export function t(message: string, ...args: readonly (string | number)[]): string {
  const sentence = Object.hasOwn(bundle, message) ? (bundle[message] ?? message) : message;
  return sentence.replace(/\{(\d+)\}/g, (placeholder, index: string) => String(args[Number(index)] ?? placeholder));
}

/** As `t`, of a sentence that is written out elsewhere: FILTER_MESSAGES, which the host's src/analysis/filterProblems.ts says as well. */
export const translate = t;

// @ts-check
/**
 * The sentences that the extension says, found in its source, and its bundles of translations. A sentence is the first argument of
 * `vscode.l10n.t` (host) or of `l10n.t` (webview, engine); the manifest's are the values of package.nls.json.
 */
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const ROOT = path.resolve(fileURLToPath(new URL("../..", import.meta.url)));
/** Languages that the extension is translated to. */
export const LANGUAGES = ["de", "es"];
const SOURCES = ["src", "webview"];

/** Sentences by key: English ones by themselves, the manifest's by name. @typedef {Record<string, string>} Bundle */

/**
 * Every sentence of the source, sorted, each once.
 * @returns {string[]}
 */
export function findSentences() {
  const sentences = new Set(SOURCES.flatMap(sourceFiles).flatMap((file) => sentencesOf(file, fs.readFileSync(file, "utf8"))));
  return [...sentences].sort();
}

/**
 * The sentences of one file. Throws where one is not written out: it could not be translated.
 * @param {string} name @param {string} text
 * @returns {string[]}
 */
export function sentencesOf(name, text) {
  if (!text.includes("l10n")) return []; // most files, and parsing takes long
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.ES2022);
  /** @type {string[]} */
  const found = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isCallExpression(node) && isTranslation(node.expression)) {
      const [message] = node.arguments;
      if (!message || !ts.isStringLiteralLike(message)) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
        throw new Error(`${path.relative(ROOT, name)}:${line + 1}: the sentence of l10n.t must be written out.`);
      }
      found.push(message.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/**
 * `l10n.t` or `vscode.l10n.t`.
 * @param {ts.Expression} callee
 */
function isTranslation(callee) {
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== "t") return false;
  const { expression: owner } = callee;
  return ts.isPropertyAccessExpression(owner) ? owner.name.text === "l10n" : ts.isIdentifier(owner) && owner.text === "l10n";
}

/** @param {string} folder @returns {string[]} */
const sourceFiles = (folder) =>
  fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => path.join(ROOT, folder, name));

/** Path of a bundle in the checkout; without a language the English one. @param {"manifest" | "source"} kind @param {string} [language] */
export function bundleFile(kind, language) {
  const ending = language === undefined ? "json" : `${language}.json`;
  return path.join(ROOT, kind === "manifest" ? `package.nls.${ending}` : path.join("l10n", `bundle.l10n.${ending}`));
}

/** An empty bundle where there is no file. @param {"manifest" | "source"} kind @param {string} [language] @returns {Bundle} */
export function readBundle(kind, language) {
  const file = bundleFile(kind, language);
  return fs.existsSync(file) ? /** @type {Bundle} */ (JSON.parse(fs.readFileSync(file, "utf8"))) : {};
}

/** English sentences by key. @param {"manifest" | "source"} kind @returns {Bundle} */
export const englishOf = (kind) =>
  kind === "manifest" ? readBundle("manifest") : Object.fromEntries(findSentences().map((sentence) => [sentence, sentence]));

/**
 * What is wrong with a translation, in lines; none when all is well.
 * @param {Bundle} english @param {Bundle} translation
 * @returns {string[]}
 */
export function problemsOf(english, translation) {
  const missing = Object.keys(english).filter((key) => !translation[key]?.trim());
  const stale = Object.keys(translation).filter((key) => !Object.hasOwn(english, key));
  const different = Object.keys(english).filter(
    (key) => translation[key] && String(marksOf(english[key])) !== String(marksOf(translation[key])),
  );
  return [
    ...missing.map((key) => `not translated: ${JSON.stringify(key)}`),
    ...stale.map((key) => `not said any more: ${JSON.stringify(key)}`),
    ...different.map((key) => `other placeholders, links or code: ${JSON.stringify(key)}`),
  ];
}

/** What a translation must keep, sorted: placeholders, targets of links, code. @param {string} [text] */
const marksOf = (text = "") => (text.match(/\{\d+\}|\]\([^)]*\)|`[^`]*`/g) ?? []).sort();

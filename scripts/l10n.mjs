// @ts-check
/**
 * Brings the bundles of translations up to date: writes the English one, takes out of the others what nobody says any more, sorts them,
 * and lists what is missing. Run: `npm run l10n`; ends with 1 when something is missing.
 */
import fs from "node:fs";
import path from "node:path";
import { bundleFile, englishOf, LANGUAGES, problemsOf, readBundle, ROOT } from "./lib/l10n.mjs";

/** @param {string} file @param {Record<string, string>} bundle */
function write(file, bundle) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(bundle, undefined, 2)}\n`);
}

let isComplete = true;
for (const kind of /** @type {const} */ (["manifest", "source"])) {
  const english = englishOf(kind);
  if (kind === "source") write(bundleFile(kind), english);
  for (const language of LANGUAGES) {
    const file = bundleFile(kind, language);
    const known = readBundle(kind, language);
    // In the order of the English ones, so that a reviewer finds both at one place.
    const translation = Object.fromEntries(Object.keys(english).flatMap((key) => (known[key] ? [[key, known[key]]] : [])));
    write(file, translation);
    const problems = problemsOf(english, translation);
    console.log(`${path.relative(ROOT, file)}: ${Object.keys(translation).length} of ${Object.keys(english).length}`);
    for (const problem of problems) console.log(`  ${problem}`);
    if (problems.length > 0) isComplete = false;
  }
}
process.exitCode = isComplete ? 0 : 1;

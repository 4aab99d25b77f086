// @ts-check
/** Makes ready what UI tests run in, so that no test has to wait for it: `node scripts/prepareVscode.mjs oldest newest`, or one of them. */
import { ensureBrowser } from "./lib/browser.mjs";
import { NEWEST_CODE_SERVER, OLDEST_CODE_SERVER, ensureCodeServer } from "./lib/codeServer.mjs";

try {
  for (const name of process.argv.slice(2)) await ensureCodeServer(name === "newest" ? NEWEST_CODE_SERVER : OLDEST_CODE_SERVER);
  await ensureBrowser();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

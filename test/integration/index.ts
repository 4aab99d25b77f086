/** Entry of the suite inside VS Code's extension host: runs every bundled `*.test.js` beside it with mocha. */
import fs from "node:fs";
import path from "node:path";

/** Called by VS Code; rejects when a test failed or none was found. */
export async function run(): Promise<void> {
  const { default: Mocha } = await import("mocha");
  const mocha = new Mocha({ ui: "bdd", color: false, timeout: 120_000 });
  const files = fs.readdirSync(__dirname).filter((name) => name.endsWith(".test.js"));
  for (const name of files.sort()) mocha.addFile(path.join(__dirname, name));
  await mocha.loadFilesAsync();

  const stats = await new Promise<Mocha.Stats | undefined>((resolve) => {
    const runner = mocha.run(() => resolve(runner.stats));
  });
  const { passes = 0, failures = 0 } = stats ?? {};
  console.log(`${passes} passed, ${failures} failed`);
  if (passes + failures === 0) throw new Error("No test was found.");
  if (failures > 0) throw new Error(`${failures} of the tests inside VS Code failed.`);
}

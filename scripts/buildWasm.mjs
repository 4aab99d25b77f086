// @ts-check
/** Compiles the kernel to dist/kernel.wasm (`npm run build:wasm`; esbuild.mjs calls it too). Fails when it does not compile. */
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Options in src/engine/csv/assembly/asconfig.json. Throws with the compiler's messages. */
export async function buildWasm() {
  await mkdir(new URL("../dist", import.meta.url), { recursive: true });
  let messages = "";
  const folder = `${root}src/engine/csv/assembly`;
  const { error } = await asc.main(
    ["kernel.ts", "--config", "asconfig.json", "--target", "release", "--baseDir", folder, "--outFile", `${root}dist/kernel.wasm`],
    { stderr: { write: (/** @type {unknown} */ text) => (messages += String(text)) } },
  );
  if (error) throw new Error(`The kernel does not compile.\n${messages}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildWasm();

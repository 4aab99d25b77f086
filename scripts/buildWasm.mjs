// @ts-check
/**
 * Compiles what is written in AssemblyScript to dist (`npm run build:wasm`; esbuild.mjs calls it too): kernel.wasm, follower.wasm and
 * sorter.wasm. Fails when one does not compile.
 */
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Folders of sources, each with its asconfig.json. */
const MODULES = [
  { name: "kernel", folder: "src/engine/csv/assembly" },
  { name: "follower", folder: "src/engine/follow/assembly" },
  { name: "sorter", folder: "src/engine/sort/assembly" },
];

/** Throws with the compiler's messages. */
export async function buildWasm() {
  await mkdir(new URL("../dist", import.meta.url), { recursive: true });
  for (const { name, folder } of MODULES) {
    let messages = "";
    const { error } = await asc.main(
      [
        `${name}.ts`,
        "--config",
        "asconfig.json",
        "--target",
        "release",
        "--baseDir",
        root + folder,
        "--outFile",
        `${root}dist/${name}.wasm`,
      ],
      { stderr: { write: (/** @type {unknown} */ text) => (messages += String(text)) } },
    );
    if (error) throw new Error(`${folder} does not compile.\n${messages}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildWasm();

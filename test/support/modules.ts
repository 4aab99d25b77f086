/** The engine's WebAssembly but for the kernel, as it was built. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compileFollower } from "../../src/engine/follow/follower";
import type { EngineModules } from "../../src/engine/modules";
import { compileSorter } from "../../src/engine/sort/rowBatches";

const bytesOf = (name: string): Uint8Array => readFileSync(join(__dirname, "..", "..", "dist", `${name}.wasm`));

export const MODULES: EngineModules = { follower: compileFollower(bytesOf("follower")), sorter: compileSorter(bytesOf("sorter")) };

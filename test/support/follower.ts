/** The code that follows streams, as it was built. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compileFollower } from "../../src/engine/follow/follower";

export const FOLLOWER = compileFollower(readFileSync(join(__dirname, "..", "..", "dist", "follower.wasm")));

/** The engine's WebAssembly but for the kernel, which not every machine can run. */
import type { FollowerModule } from "./follow/follower";
import type { SorterModule } from "./sort/rowBatches";

/** Compiled once, for all threads. */
export interface EngineModules {
  readonly follower: FollowerModule;
  readonly sorter: SorterModule;
}

/**
 * The sorter: puts rows in order, and groups them. It knows nothing of files, columns or threads: rows come in batches, in the order
 * of the file.
 *
 * Memory is the caller's (src/engine/sort lays it out). No allocator, no static data, no string.
 */
export { layRows } from "./batch";
export * from "./keys";
export * from "./numbers";
export * from "./streams";

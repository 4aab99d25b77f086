/** The few members of WebAssembly that the engine uses: TypeScript declares them only with the DOM types. */

/** Compiled code; threads may share it. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: "WebAssembly.Module";
}

/** Memory of an instance. What lies in `buffer` moves to another buffer when it grows. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface Api {
  readonly Memory: new (limits: { initial: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule, imports: object) => { readonly exports: unknown };
  readonly validate: (bytes: Uint8Array) => boolean;
}

const api = (globalThis as unknown as { readonly WebAssembly: Api }).WebAssembly;

/** Bytes of a page, in which memory is asked for. */
export const PAGE_BYTES = 65536;

/** Memory that takes room only where it is touched. */
export const newMemory = (pages: number): WasmMemory => new api.Memory({ initial: pages });

/** Compiles: some milliseconds. Throws where this machine cannot run the code. */
export const compile = (bytes: Uint8Array): WasmModule => new api.Module(bytes);

/** The functions of a module over a memory. `imports`: what it calls besides. */
export const instantiate = (module: WasmModule, memory: WasmMemory, imports: object = {}): unknown =>
  new api.Instance(module, { env: { memory, ...imports } }).exports;

/** Whether this machine can run the code. */
export const canRun = (bytes: Uint8Array): boolean => api.validate(bytes);

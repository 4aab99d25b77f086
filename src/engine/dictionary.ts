/**
 * Text cells as small numbers: equal bytes get equal codes, in order of first appearance; the empty text has code 0.
 * Hashes bytes directly, so that no string is made for a value seen before.
 */
import { decodeUtf8 } from "./utf8";

/** Values of a dictionary as they cross threads. */
export interface DictionaryValues {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly starts: Uint32Array<ArrayBuffer>;
}

/**
 * Slots looked at for one value. Values of real captures need fewer. Values made to collide, which would make time grow
 * with the square of their number, are kept in a Map instead: its hash has a key that nobody knows beforehand.
 */
const MAX_PROBES = 64;

/** Grows as needed; codes count up from 0, which is the empty text. */
export class ByteDictionary {
  /** Codes by hash; -1 for a free slot. */
  #slots = new Int32Array(256).fill(-1);
  /** Codes of the values that found no slot. */
  readonly #crowded = new Map<string, number>();
  #hashes = new Uint32Array(128);
  #starts = new Uint32Array(129);
  #bytes = new Uint8Array(4096);
  #size = 0;

  constructor() {
    this.intern(this.#bytes, 0, 0);
  }

  /** Number of different values, the empty one included. */
  get size(): number {
    return this.#size;
  }

  /** Memory it takes, bytes. */
  get byteLength(): number {
    return this.#slots.byteLength + this.#hashes.byteLength + this.#starts.byteLength + this.#bytes.byteLength;
  }

  /** Code of the bytes text[start, end); a new one when they were not seen before. */
  intern(text: Uint8Array, start: number, end: number): number {
    let hash = 0x811c9dc5; // FNV-1a, 32 bit
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ text[at], 0x01000193);
    hash >>>= 0;
    const mask = this.#slots.length - 1;
    let slot = firstSlot(hash) & mask;
    let probes = 1;
    for (let code = this.#slots[slot]; code >= 0 && probes <= MAX_PROBES; code = this.#slots[slot], probes++) {
      if (this.#hashes[code] === hash && this.#equals(code, text, start, end)) return code;
      slot = (slot + 1) & mask;
    }
    if (this.#crowded.size > 0) {
      const code = this.#crowded.get(keyOf(text, start, end));
      if (code !== undefined) return code;
    }
    return this.#add(text.subarray(start, end), hash);
  }

  /** The value of a code; throws RangeError for a code that was never given. */
  valueOf(code: number): string {
    if (code < 0 || code >= this.#size) throw new RangeError(`No value has the code ${String(code)}`);
    return decodeUtf8(this.#bytes.subarray(this.#starts[code], this.#starts[code + 1]));
  }

  /** All values, to be added to another dictionary, also in another thread: value i is bytes[starts[i], starts[i + 1]). */
  export(): DictionaryValues {
    return { bytes: this.#bytes.slice(0, this.#starts[this.#size]), starts: this.#starts.slice(0, this.#size + 1) };
  }

  /** Takes in the values of another dictionary; returns this one's code for each of its codes. */
  addAll({ bytes, starts }: DictionaryValues): Uint32Array {
    return Uint32Array.from({ length: starts.length - 1 }, (_, code) => this.intern(bytes, starts[code], starts[code + 1]));
  }

  #equals(code: number, text: Uint8Array, start: number, end: number): boolean {
    const from = this.#starts[code];
    if (this.#starts[code + 1] - from !== end - start) return false;
    for (let i = 0; i < end - start; i++) if (this.#bytes[from + i] !== text[start + i]) return false;
    return true;
  }

  #add(value: Uint8Array, hash: number): number {
    const code = this.#size++;
    const from = this.#starts[code];
    if (from + value.length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.#bytes.length, from + value.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(value, from);
    if (this.#size === this.#hashes.length) {
      const hashes = new Uint32Array(2 * this.#hashes.length);
      hashes.set(this.#hashes);
      this.#hashes = hashes;
      const starts = new Uint32Array(2 * this.#hashes.length + 1);
      starts.set(this.#starts);
      this.#starts = starts;
    }
    this.#hashes[code] = hash;
    this.#starts[code + 1] = from + value.length;
    if (2 * this.#size > this.#slots.length) this.#rehash();
    else this.#place(code);
    return code;
  }

  /** Gives a code a slot, or a place among the crowded. */
  #place(code: number): void {
    const mask = this.#slots.length - 1;
    let slot = firstSlot(this.#hashes[code]) & mask;
    for (let probes = 1; probes <= MAX_PROBES; probes++) {
      if (this.#slots[slot] < 0) {
        this.#slots[slot] = code;
        return;
      }
      slot = (slot + 1) & mask;
    }
    this.#crowded.set(keyOf(this.#bytes, this.#starts[code], this.#starts[code + 1]), code);
  }

  #rehash(): void {
    this.#slots = new Int32Array(2 * this.#slots.length).fill(-1);
    this.#crowded.clear();
    for (let code = 0; code < this.#size; code++) this.#place(code);
  }
}

const firstSlot = (hash: number): number => hash ^ (hash >>> 15);

/** Bytes as a key of a Map, one character each. The first one is no digit: strings of digits alone are hashed without the secret. */
function keyOf(text: Uint8Array, start: number, end: number): string {
  let key = "#";
  for (let at = start; at < end; at++) key += String.fromCharCode(text[at]);
  return key;
}

/** Sequence numbers as people type and paste them. Knows no vscode. */

const LARGEST = 0xffff_ffff;

/** An integer of 0..2^32-1 from decimal (`1449`) or hexadecimal (`0x5A9`) digits, blanks around them allowed; else undefined. */
export function parseSequenceNumber(text: string): number | undefined {
  const trimmed = text.trim();
  if (!/^(?:\d+|0x[\da-f]+)$/i.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return value <= LARGEST ? value : undefined;
}

/** True for what `parseSequenceNumber` can return; for numbers that come as command arguments. */
export const isSequenceNumber = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= LARGEST;

/** Wireshark's display filter for one number, `tcp.seq == 1`. */
export const wiresharkFilter = (field: "tcp.seq" | "tcp.seq_raw", seq: number): string => `${field} == ${String(seq)}`;

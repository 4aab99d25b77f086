/** Values of packets and of filters: what cells and literals say, in forms that can be compared. */
import { lookUpZone } from "../zones";
import { TimeReader } from "../time";
import { encodeUtf8, decodeUtf8 } from "../utf8";
import type { FieldType } from "./fieldTypes";

/** A number, boolean (0 or 1), IPv4 or hardware address: number; IPv6 address: bigint; text: string. Times are no cells. */
export type Cell = number | bigint | string;

/** Cells that a type is made of; null where it is none. */
export type ReadCell = (text: string) => Cell | null;

/** Decimal, hexadecimal, octal and binary numbers, as filters have them; NaN for anything else. */
export function readNumber(text: string): number {
  if (/^[+-]?\d+(?:\.\d*)?(?:e[+-]?\d{1,3})?$/i.test(text) && !/^[+-]?0\d+$/.test(text)) return Number(text);
  const based = /^([+-]?)0(?:x([\da-f]{1,16})|b([01]{1,64})|([0-7]{1,22}))$/i.exec(text);
  if (!based) return NaN;
  const [, sign, hex, binary, octal] = based;
  const value = hex !== undefined ? parseInt(hex, 16) : binary !== undefined ? parseInt(binary, 2) : parseInt(octal, 8);
  return sign === "-" ? -value : value;
}

/** A number as files have it: zeros in front do not make it octal. */
function readCellNumber(text: string): number | null {
  const trimmed = text.trim();
  if (/^0\d/.test(trimmed)) return /^\d+(?:\.\d*)?$/.test(trimmed) ? Number(trimmed) : null;
  const value = readNumber(trimmed);
  return Number.isNaN(value) ? readBoolean(trimmed) : value;
}

/** True and false as tshark and Wireshark write them; null for anything else. */
export function readBoolean(text: string): number | null {
  if (/^(?:true|set)$/i.test(text)) return 1;
  if (/^(?:false|not set)$/i.test(text)) return 0;
  const value = readNumber(text);
  return Number.isNaN(value) ? null : value !== 0 ? 1 : 0;
}

/** The 32 bits of an IPv4 address; null for anything else. */
export function readIpv4(text: string): number | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text.trim());
  if (!parts) return null;
  let value = 0;
  for (const part of parts.slice(1)) {
    if (Number(part) > 255) return null;
    value = value * 256 + Number(part);
  }
  return value;
}

/** The 128 bits of an IPv6 address; null for anything else. */
export function readIpv6(text: string): bigint | null {
  const trimmed = text.trim();
  if (trimmed.length > 45 || !trimmed.includes(":")) return null;
  const v4 = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(trimmed);
  let whole = trimmed;
  if (v4) {
    const low = readIpv4(v4[2]);
    if (low === null) return null;
    whole = `${v4[1]}${(low >>> 16).toString(16)}:${(low & 0xffff).toString(16)}`;
  }
  const halves = whole.split("::");
  if (halves.length > 2) return null;
  const [front, back] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const groups = front.length + (back?.length ?? 0);
  if (back === undefined ? groups !== 8 : groups > 7) return null;
  let value = 0n;
  for (const group of [...front, ...Array<string>(8 - groups).fill("0"), ...(back ?? [])]) {
    if (!/^[\da-f]{1,4}$/i.test(group)) return null;
    value = (value << 16n) | BigInt(parseInt(group, 16));
  }
  return value;
}

/** The 48 bits of a hardware address with `:`, `-` or `.` between; null for anything else. */
export function readEther(text: string): number | null {
  const trimmed = text.trim();
  if (!/^(?:[\da-f]{2}([:.-]))(?:[\da-f]{2}\1){4}[\da-f]{2}$/i.test(trimmed) && !/^(?:[\da-f]{4}\.){2}[\da-f]{4}$/i.test(trimmed))
    return null;
  return parseInt(trimmed.replace(/[:.-]/g, ""), 16);
}

/** How cells of a type are read. */
export const READ_CELL: Readonly<Record<Exclude<FieldType, "time" | "epoch" | "any" | "none">, ReadCell>> = {
  number: readCellNumber,
  boolean: (text) => readBoolean(text.trim()),
  text: (text) => text,
  ipv4: readIpv4,
  ipv6: readIpv6,
  ether: readEther,
};

/** Addresses of a network: first and last. Null for anything else. */
export function readNetwork(text: string, type: "ipv4" | "ipv6"): readonly [Cell, Cell] | null {
  const [address, prefix, ...more] = text.split("/");
  const bits = type === "ipv4" ? 32 : 128;
  const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : NaN;
  if (more.length > 0 || !(length <= bits)) return null;
  if (type === "ipv4") {
    // Some parts may be left out behind the prefix that is given: `10.0/8`.
    const value = readIpv4(prefix === undefined ? address : [...address.split("."), "0", "0", "0"].slice(0, 4).join("."));
    if (value === null) return null;
    const size = 2 ** (32 - length);
    const first = Math.floor(value / size) * size;
    return [first, first + size - 1];
  }
  const value = readIpv6(address);
  if (value === null) return null;
  const size = 1n << BigInt(128 - length);
  const first = (value / size) * size;
  return [first, first + size - 1n];
}

/** A moment that a filter names. `offsetMinutes`: null on the capture's own clock. */
export interface TimeLiteral {
  readonly seconds: number;
  readonly nanos: number;
  readonly offsetMinutes: number | null;
}

/** A date with or without time and zone, as Wireshark takes them; null for anything else. */
export function readTime(text: string): TimeLiteral | null {
  const trimmed = text.trim();
  if (trimmed.length > 80) return null;
  // A day alone begins at midnight.
  const isDay = /^(?:\d{4}-\d\d-\d\d|[a-z]{3} +\d{1,2}, *\d{4})$/i.test(trimmed);
  const full = isDay ? `${trimmed} 00:00:00` : trimmed.replace(/(\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*Z$/, "$1Z");
  const bytes = encodeUtf8(full);
  const reader = new TimeReader();
  if (!reader.readDate(bytes, 0, bytes.length)) return null;
  const { seconds, nanos, zoneStart, zoneEnd } = reader;
  const name = decodeUtf8(bytes.subarray(zoneStart, zoneEnd)).trim();
  if (name === "" || reader.offsetMinutes !== null) return { seconds, nanos, offsetMinutes: reader.offsetMinutes };
  const offsetMinutes = lookUpZone(name);
  return offsetMinutes === null ? null : { seconds, nanos, offsetMinutes };
}

/** Seconds since 1970 with up to nine decimals; null for anything else. */
export function readEpoch(text: string): TimeLiteral | null {
  const parts = /^(-?\d{1,15})(?:\.(\d*))?$/.exec(text);
  if (!parts) return null;
  const nanos = Number(((parts[2] ?? "") + "000000000").slice(0, 9));
  const seconds = Number(parts[1]);
  return parts[1].startsWith("-") && nanos > 0
    ? { seconds: seconds - 1, nanos: 1e9 - nanos, offsetMinutes: 0 }
    : { seconds, nanos, offsetMinutes: 0 };
}

/** Values of a cell with several, split as tshark joins them. */
export const splitCell = (text: string): string[] => text.split(/\\?,/);

/** Order of two cells of one type; NaN where they are of different ones. */
export function compareCells(a: Cell, b: Cell): number {
  if (typeof a !== typeof b) return NaN;
  // What is divided by zero is no number, and has no order.
  return a < b ? -1 : a > b ? 1 : a === b ? 0 : NaN;
}

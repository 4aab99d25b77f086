/**
 * Checks what comes out of the webview before anything acts on it. Knows the protocol; no vscode.
 */
import {
  DATA_FORMATS,
  IMAGE_FORMATS,
  isBucketSeconds,
  isFilterText,
  isDirectionChoice,
  isIntegerIn,
  isSeq,
  isSeqList,
  isSplit,
  isStreamChoice,
  MAX_DISTRIBUTION_BINS,
  MAX_IMAGE_BYTES,
  MAX_PACKETS_PER_PAGE,
  PANEL_VIEWS,
  parseFocus,
  type ChartQuery,
  type DataFormat,
  type FilterRequest,
  type FindingRequest,
  type FocusRequest,
  type ImageFormat,
  type ListedPackets,
  type PacketRequest,
  type PanelView,
  type TimelineRequest,
} from "../shared/panelProtocol";
import type { Clock } from "../shared/model";
import { isPacketColumns, parsePacketSort } from "../shared/packets";

/** Offsets of real zones lie in -12..+14 hours; a day leaves room. */
const MAX_ALIGN_MINUTES = 1440;

/** Places of rows are numbers of 32 bits. */
const MAX_PLACE = 0xffff_fffe;

/** What every request has, and its other fields, not checked yet. */
interface Message {
  readonly type: unknown;
  readonly id: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A message as far as all requests are alike; undefined when it cannot be one. */
function fieldsOf(message: unknown): Message | undefined {
  if (typeof message !== "object" || message === null || Array.isArray(message)) return undefined;
  const fields = message as Record<string, unknown>;
  const { type, id } = fields;
  return isIntegerIn(id, 0, Number.MAX_SAFE_INTEGER) ? { type, id, fields } : undefined;
}

/** What a message is answered by, also when it is no request. */
export const idOf = (message: unknown): number | undefined => fieldsOf(message)?.id;

function parseListedPackets(value: unknown): ListedPackets | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { seq, sort: order } = value as Record<string, unknown>;
  const sort = parsePacketSort(order);
  return (seq === null || isSeq(seq)) && sort !== undefined ? { seq, sort } : undefined;
}

/** The request of a table of packets, in a page of either kind. */
function parsePacketRequest({ type, id, fields }: Message): PacketRequest | undefined {
  switch (type) {
    case "packets/get": {
      const { from, count, showing } = fields;
      const list = parseListedPackets(fields.list);
      if (!list || !isIntegerIn(from, 0, MAX_PLACE) || !isIntegerIn(count, 1, MAX_PACKETS_PER_PAGE)) return undefined;
      return showing === null || isIntegerIn(showing, 0, MAX_PLACE) ? { type, id, list, from, count, showing } : undefined;
    }
    case "packets/copy": {
      const { from, count, format, columns } = fields;
      const list = parseListedPackets(fields.list);
      if (!list || !isIntegerIn(from, 0, MAX_PLACE) || !isIntegerIn(count, 1, MAX_PLACE)) return undefined;
      if ((format !== "csv" && format !== "filter") || !isPacketColumns(columns)) return undefined;
      return { type, id, list, from, count, format, columns: [...columns] };
    }
    case "columns/changed": {
      const { columns } = fields;
      return isPacketColumns(columns) ? { type, id, columns: [...columns] } : undefined;
    }
    case "row/get":
    case "row/open": {
      const { place } = fields;
      return isIntegerIn(place, 0, MAX_PLACE) ? { type, id, place } : undefined;
    }
    default:
      return undefined;
  }
}

/** Likewise of a filter bar, which every page has. */
function parseFocusRequest({ type, id, fields }: Message): FocusRequest | undefined {
  switch (type) {
    case "focus/set": {
      const focus = parseFocus(fields.focus);
      return focus && { type, id, focus };
    }
    case "filter/check": {
      const { text } = fields;
      return isFilterText(text) ? { type, id, text } : undefined;
    }
    case "filter/complete": {
      const { text, position } = fields;
      return isFilterText(text) && isIntegerIn(position, 0, text.length) ? { type, id, text, position } : undefined;
    }
    case "focus/count":
    case "filter/stop":
    case "filter/recall":
    case "filter/forget":
      return { type, id };
    default:
      return undefined;
  }
}

const isClock = (value: unknown): value is Clock => value === "capture" || value === "utc";
const isImageFormat = (value: unknown): value is ImageFormat => IMAGE_FORMATS.some((format) => format === value);
const isDataFormat = (value: unknown): value is DataFormat => DATA_FORMATS.some((format) => format === value);

/** How files of a picture's format begin. */
const BEGINNINGS: Readonly<Record<ImageFormat, readonly number[]>> = {
  png: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  svg: [0x3c, 0x73, 0x76, 0x67, 0x20], // "<svg "
};

/** Bytes of a picture of that format, as far as its beginning shows, and not too many. */
const isImage = (format: ImageFormat, bytes: unknown): bytes is Uint8Array =>
  bytes instanceof Uint8Array && bytes.length <= MAX_IMAGE_BYTES && BEGINNINGS[format].every((byte, i) => bytes[i] === byte);

/** What a chart may ask for, made anew from checked values. */
function parseChartQuery(value: unknown): ChartQuery | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { seqs, split, hasBackdrop, focus: wanted, bucketSeconds, clock, alignMinutes } = value as Record<string, unknown>;
  const focus = parseFocus(wanted);
  if (!isSeqList(seqs) || !isSplit(split) || (split !== null && seqs.length > 1) || typeof hasBackdrop !== "boolean") return undefined;
  if (focus === undefined || !isBucketSeconds(bucketSeconds) || !isClock(clock)) return undefined;
  if (!isIntegerIn(alignMinutes, -MAX_ALIGN_MINUTES, MAX_ALIGN_MINUTES)) return undefined;
  return { seqs: [...seqs], split, hasBackdrop, focus, bucketSeconds, clock, alignMinutes };
}

/** The request a message of a timeline's page is, made anew from checked values, or undefined when it is none. */
export function parseRequest(message: unknown): TimelineRequest | undefined {
  const parts = fieldsOf(message);
  if (!parts) return undefined;
  const { type, id, fields } = parts;
  switch (type) {
    case "panel/ready":
    case "capture/open":
    case "panel/analyzeAgain":
      return { type, id };
    case "view/changed": {
      const { view } = fields;
      return (PANEL_VIEWS as readonly unknown[]).includes(view) ? { type, id, view: view as PanelView } : undefined;
    }
    case "timelines/get": {
      const query = parseChartQuery(fields.query);
      return query && { type, id, query };
    }
    case "bursts/get": {
      const { seqs, filter, clock } = fields;
      if (!isSeqList(seqs) || !isFilterText(filter) || !isClock(clock)) return undefined;
      return { type, id, seqs: [...seqs], filter, clock };
    }
    case "numbers/changed": {
      const { seqs } = fields;
      return isSeqList(seqs) ? { type, id, seqs: [...seqs] } : undefined;
    }
    case "numbers/add":
    case "save/choose":
      return { type, id };
    case "image/save": {
      const { format, bytes } = fields;
      return isImageFormat(format) && isImage(format, bytes) ? { type, id, format, bytes } : undefined;
    }
    case "data/save": {
      const { format } = fields;
      const query = parseChartQuery(fields.query);
      return query && isDataFormat(format) ? { type, id, format, query } : undefined;
    }
    case "distribution/get": {
      const { bins, scale } = fields;
      if (!isIntegerIn(bins, 1, MAX_DISTRIBUTION_BINS)) return undefined;
      return scale === "linear" || scale === "log" ? { type, id, bins, scale } : undefined;
    }
    default:
      return parsePacketRequest(parts) ?? parseFocusRequest(parts);
  }
}

/** Likewise of a finding's page. */
export function parseFindingRequest(message: unknown): FindingRequest | undefined {
  const parts = fieldsOf(message);
  if (!parts) return undefined;
  const { type, id, fields } = parts;
  switch (type) {
    case "panel/ready":
    case "panel/analyzeAgain":
    case "finding/open":
      return { type, id };
    case "graph/get": {
      const { stream, direction } = fields;
      return isStreamChoice(stream) && isDirectionChoice(direction) ? { type, id, stream, direction } : undefined;
    }
    case "filter/copy":
      return { type, id };
    default:
      return parsePacketRequest(parts) ?? parseFocusRequest(parts);
  }
}

/** Likewise of the filter bar in the side bar. */
export function parseFilterRequest(message: unknown): FilterRequest | undefined {
  const parts = fieldsOf(message);
  if (!parts) return undefined;
  return parts.type === "panel/ready" ? { type: parts.type, id: parts.id } : parseFocusRequest(parts);
}

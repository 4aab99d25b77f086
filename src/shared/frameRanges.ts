/** Frame numbers as ranges, and as Wireshark's display filters. Knows no vscode, no node, no DOM. */

/** First and last of consecutive numbers. */
export type FrameRange = readonly [first: number, last: number];

/** Numbers, ascending and distinct, as the fewest ranges. */
export function rangesOf(numbers: Uint32Array): FrameRange[] {
  const ranges: FrameRange[] = [];
  for (let i = 0; i < numbers.length;) {
    let end = i + 1;
    while (end < numbers.length && numbers[end] === numbers[end - 1] + 1) end++;
    ranges.push([numbers[i], numbers[end - 1]]);
    i = end;
  }
  return ranges;
}

/** `12`, or `3..9`, as Wireshark writes a range. */
export const rangeText = ([first, last]: FrameRange): string => (first === last ? String(first) : `${String(first)}..${String(last)}`);

/** A display filter, and how many frames it lets through. */
export interface FrameFilter {
  readonly filter: string;
  readonly frames: number;
}

/** What a command line takes on every system, for `tshark -Y` too: Windows' CreateProcess allows 32,767 characters. */
export const MAX_FILTER_CHARS = 32_000;

/**
 * Display filters for exactly these frames: `tcp.stream eq 5 && frame.number in {3..9, 12}`; several, each of at most
 * `longest` characters, where one would be longer. The commas: Wireshark 4.0 refuses blanks alone.
 */
export function frameFilters(frames: Uint32Array, stream: number | null, longest = MAX_FILTER_CHARS): FrameFilter[] {
  const start = `${stream === null ? "" : `tcp.stream eq ${String(stream)} && `}frame.number in {`;
  const filters: FrameFilter[] = [];
  let texts: string[] = [];
  let chars = start.length + 1;
  let count = 0;
  const close = (): void => {
    if (texts.length > 0) filters.push({ filter: `${start}${texts.join(", ")}}`, frames: count });
    texts = [];
    chars = start.length + 1;
    count = 0;
  };
  for (const range of rangesOf(frames)) {
    const text = rangeText(range);
    if (texts.length > 0 && chars + text.length + 2 > longest) close();
    chars += text.length + (texts.length > 0 ? 2 : 0);
    texts.push(text);
    count += range[1] - range[0] + 1;
  }
  close();
  return filters;
}

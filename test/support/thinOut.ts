/** Captures as they are passed on: a random part of the rows, in random order, the same for the same seed. */

/** Random numbers in [0, 1), the same for the same seed (mulberry32). */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Keeps a share of a CSV's rows under its header, each row by its own throw of the die, and shuffles what is left.
 * For exports without line ends inside cells, as the fixtures are.
 */
export function thinOut(csv: string, { seed, share = 0.5, shuffle = true }: { seed: number; share?: number; shuffle?: boolean }): string {
  const random = makeRandom(seed);
  const [header = "", ...lines] = csv.split("\n").filter((line) => line !== "");
  const kept = lines.filter(() => random() < share);
  if (shuffle) {
    for (let last = kept.length - 1; last > 0; last--) {
      const other = Math.floor(random() * (last + 1));
      [kept[last], kept[other]] = [kept[other] ?? "", kept[last] ?? ""];
    }
  }
  return [header, ...kept, ""].join("\n");
}

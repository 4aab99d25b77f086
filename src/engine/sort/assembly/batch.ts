/** The rows at hand: what all sorting shares. */

/** A value per row of the batch. */
export let valid: u32 = 0; // u16: bits of Valid
export let key: u32 = 0; // u32: what rows are grouped by
/** Room for the places in the batch of the rows wanted, u32. */
export let found: u32 = 0;

export function layRows(validAt: u32, keyAt: u32, foundAt: u32): void {
  valid = validAt;
  key = keyAt;
  found = foundAt;
}

/**
 * Lists those of the batch's `count` rows whose key is one of those from `least` to `most`, and that have bit number
 * `bit` of Valid. Returns where the list ends. Nobody foresees which rows these are: a branch for each took three times as long.
 */
export function listWanted(count: u32, least: u32, most: u32, bit: u32): u32 {
  let list = found;
  for (let i: u32 = 0; i < count; i++) {
    store<u32>(list, i);
    const isWanted = u32(load<u32>(key + 4 * i) - least <= most - least) & ((load<u16>(valid + 2 * i) as u32) >> bit);
    list += (isWanted & 1) << 2;
  }
  return list;
}

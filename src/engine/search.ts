/** Looking things up in lists that are in order. */

/** Place of the last of ascending numbers that is not above the one wanted; 0 where all are. */
export function lastNotAbove(numbers: ArrayLike<number>, wanted: number): number {
  let least = 0;
  let most = numbers.length;
  while (least + 1 < most) {
    const middle = (least + most) >>> 1;
    if (numbers[middle] <= wanted) least = middle;
    else most = middle;
  }
  return least;
}

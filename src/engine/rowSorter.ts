/**
 * Many rows that lie anywhere in the columns, read as they lie in memory. A list of rows is sorted, roughly, each with its place in the
 * list; a column is then read front to back, and what it holds is put where the list wants it, into little memory. 3 million rows in
 * random order, half a million at a time, take a quarter of the time that looking each up in the order of the list takes.
 */

/** Rows of the list that share a counter, about: with more than that in one, neighbours are not read behind each other any more. */
const ROWS_PER_COUNTER = 8;

/** Some of a list's rows in the order of memory. */
export class RowSorter {
  /** Rows that it has place for. */
  readonly capacity: number;
  /** The rows, ascending but for neighbours; the first `count` mean something. */
  readonly rows: Uint32Array;
  /** Where each of them stands in the list, from the first row taken on. */
  readonly places: Uint32Array;
  count = 0;
  readonly #shift: number;
  readonly #counters: Uint32Array;

  /** `allRows`: rows are below it. 8 bytes a row of `capacity`, and half a byte. */
  constructor(allRows: number, capacity: number) {
    this.capacity = capacity;
    this.rows = new Uint32Array(capacity);
    this.places = new Uint32Array(capacity);
    let shift = 0;
    while (allRows >>> shift > capacity / ROWS_PER_COUNTER + 1) shift++;
    this.#shift = shift;
    this.#counters = new Uint32Array((allRows >>> shift) + 1);
  }

  /** Takes the rows at the places [first, end) of a list, at most `capacity`. */
  sort(list: Uint32Array, first: number, end: number): void {
    const counters = this.#counters;
    this.count = end - first;
    counters.fill(0);
    countRows(list, first, end, this.#shift, counters);
    addUp(counters);
    scatter(list, first, end, this.#shift, counters, this.rows, this.places);
  }

  /** What a column holds for each row, in the order of the list. */
  fill16(target: Uint16Array, column: Uint16Array): void {
    fill16(target, column, this.rows, this.places, this.count);
  }

  /** Gives a column what a list made by `fill16` holds now. */
  putBack16(column: Uint16Array, list: Uint16Array): void {
    putBack16(column, list, this.rows, this.places, this.count);
  }

  fill32(target: Uint32Array, column: Uint32Array): void {
    fill32(target, column, this.rows, this.places, this.count);
  }

  /**
   * What four columns hold for each row, side by side: four numbers per place of the list. One loop takes 0.8 of the time of four (3 million
   * rows in random order), and who looks at a row finds all in one place. `undefined`: a column without values, whose numbers are left alone.
   */
  fillFours<Column extends Uint32Array | Uint16Array>(target: Column, columns: Four<Column>): void {
    const [one, two, three, four] = columns;
    if (one && two && three && four) fillFours(target, one, two, three, four, this.rows, this.places, this.count);
    else columns.forEach((column, at) => column && fillFourth(target, at, column, this.rows, this.places, this.count));
  }
}

/** Four columns, of which some may have no values. */
export type Four<T> = readonly [T | undefined, T | undefined, T | undefined, T | undefined];

// Loops over all rows stand in small functions of their own, see rowGroups.ts.

function countRows(list: Uint32Array, first: number, end: number, shift: number, counters: Uint32Array): void {
  for (let i = first; i < end; i++) counters[list[i] >>> shift]++;
}

function addUp(counters: Uint32Array): void {
  let sum = 0;
  for (let i = 0; i < counters.length; i++) {
    const here = counters[i];
    counters[i] = sum;
    sum += here;
  }
}

function scatter(
  list: Uint32Array,
  first: number,
  end: number,
  shift: number,
  counters: Uint32Array,
  rows: Uint32Array,
  places: Uint32Array,
): void {
  for (let i = first; i < end; i++) {
    const row = list[i];
    const at = counters[row >>> shift]++;
    rows[at] = row;
    places[at] = i - first;
  }
}

function fill16(target: Uint16Array, column: Uint16Array, rows: Uint32Array, places: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) target[places[i]] = column[rows[i]];
}

function putBack16(column: Uint16Array, list: Uint16Array, rows: Uint32Array, places: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) column[rows[i]] = list[places[i]];
}

function fill32(target: Uint32Array, column: Uint32Array, rows: Uint32Array, places: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) target[places[i]] = column[rows[i]];
}

function fillFours<Column extends Uint32Array | Uint16Array>(
  target: Column,
  one: Column,
  two: Column,
  three: Column,
  four: Column,
  rows: Uint32Array,
  places: Uint32Array,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const row = rows[i];
    const at = places[i] << 2;
    target[at] = one[row];
    target[at + 1] = two[row];
    target[at + 2] = three[row];
    target[at + 3] = four[row];
  }
}

function fillFourth<Column extends Uint32Array | Uint16Array>(
  target: Column,
  from: number,
  column: Column,
  rows: Uint32Array,
  places: Uint32Array,
  count: number,
): void {
  for (let i = 0; i < count; i++) target[(places[i] << 2) + from] = column[rows[i]];
}

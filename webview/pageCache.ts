/** Pages of a long list: asked for when they are needed, one at a time, and kept for the while. Knows no DOM. */

/** Items of a page. */
export const PAGE_ITEMS = 200;
/** Pages kept. */
const MOST_KEPT = 50;

/** What a cache asks for, and whom it tells. */
export interface PageSource<T> {
  readonly getPage: (from: number, count: number) => Promise<readonly T[]>;
  /** A page has come. */
  readonly onPage: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** See the file header. */
export class PageCache<T> {
  readonly #source: PageSource<T>;
  /** By their number; the one used last goes last. */
  readonly #pages = new Map<number, readonly T[]>();
  #wanted: readonly [first: number, end: number] = [0, 0];
  #isAsking = false;
  #version = 0;

  constructor(source: PageSource<T>) {
    this.#source = source;
  }

  /** Forgets everything; answers that are under way do not count any more. */
  clear(): void {
    this.#version++;
    this.#isAsking = false;
    this.#pages.clear();
    this.#wanted = [0, 0];
  }

  /** The item at a place; undefined while it is not there. */
  at(place: number): T | undefined {
    return this.#pages.get(Math.floor(place / PAGE_ITEMS))?.[place % PAGE_ITEMS];
  }

  /** The items from `first` up to `end` are needed now, and those that were asked for before are not. */
  want(first: number, end: number): void {
    this.#wanted = [first, end];
    if (!this.#isAsking) this.#askNext();
  }

  #askNext(): void {
    const [first, end] = this.#wanted;
    let page = Math.floor(first / PAGE_ITEMS);
    while (page * PAGE_ITEMS < end && this.#touch(page)) page++;
    if (page * PAGE_ITEMS >= end) return;
    const version = this.#version;
    this.#isAsking = true;
    this.#source.getPage(page * PAGE_ITEMS, PAGE_ITEMS).then(
      (items) => {
        if (version !== this.#version) return;
        this.#isAsking = false;
        this.#keep(page, items);
        this.#source.onPage();
        if (!this.#isAsking) this.#askNext();
      },
      (error: unknown) => {
        if (version !== this.#version) return;
        this.#isAsking = false;
        this.#source.onFailure(error);
      },
    );
  }

  #touch(page: number): boolean {
    const items = this.#pages.get(page);
    if (!items) return false;
    this.#pages.delete(page);
    this.#pages.set(page, items);
    return true;
  }

  #keep(page: number, items: readonly T[]): void {
    this.#pages.set(page, items);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= MOST_KEPT) return;
      this.#pages.delete(oldest);
    }
  }
}

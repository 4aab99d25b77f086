/** Display filters that were applied last, remembered across windows. Knows no vscode but its types. */
import type * as vscode from "vscode";

const STORED_AS = "tcpSeq.recentFilters";

/** Filters that are remembered. */
export const MOST_RECENT = 20;

/** See the file header. */
export class RecentFilters {
  readonly #memento: Pick<vscode.Memento, "get" | "update">;

  constructor(memento: Pick<vscode.Memento, "get" | "update">) {
    this.#memento = memento;
  }

  /** The last one first, each once. What another version has stored, or nobody knows who, is left out. */
  list(): string[] {
    const stored: unknown = this.#memento.get(STORED_AS);
    const all: readonly unknown[] = Array.isArray(stored) ? stored : [];
    return all.filter((each) => typeof each === "string" && each !== "").slice(0, MOST_RECENT) as string[];
  }

  async add(filter: string): Promise<void> {
    const others = this.list().filter((each) => each !== filter);
    await this.#memento.update(STORED_AS, [filter, ...others].slice(0, MOST_RECENT));
  }

  async clear(): Promise<void> {
    await this.#memento.update(STORED_AS, undefined);
  }
}

/** The columns of the tables of packets, as the user has chosen them: remembered for all captures and windows. */
import type * as vscode from "vscode";
import { DEFAULT_PACKET_COLUMNS, isPacketColumns, type PacketColumn } from "../shared/packets";
import type { ChosenColumns } from "./packetAnswers";

const STORED_AS = "tcpSeq.packetColumns";

/** See the file header. */
export class PacketColumnsMemory implements ChosenColumns {
  readonly #memento: vscode.Memento;

  constructor(memento: vscode.Memento) {
    this.#memento = memento;
  }

  get(): readonly PacketColumn[] {
    const stored = this.#memento.get<unknown>(STORED_AS);
    return isPacketColumns(stored) ? stored : DEFAULT_PACKET_COLUMNS;
  }

  async set(columns: readonly PacketColumn[]): Promise<void> {
    await this.#memento.update(STORED_AS, columns);
  }
}

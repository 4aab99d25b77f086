/** Counts with their nouns, as findings say them. */
import * as l10n from "@vscode/l10n";
import { formatCount } from "../../shared/format";

/** `1 packet`, `147,321 packets`. */
export const packetsText = (count: number): string => (count === 1 ? l10n.t("1 packet") : l10n.t("{0} packets", formatCount(count)));

/** `1 reset`, `2 resets`. */
export const resetsText = (count: number): string => (count === 1 ? l10n.t("1 reset") : l10n.t("{0} resets", formatCount(count)));

/** `1 byte`, `1,460 bytes`. */
export const bytesText = (count: number): string => (count === 1 ? l10n.t("1 byte") : l10n.t("{0} bytes", formatCount(count)));

/** `1 stream`, `2 streams`. */
export const streamsText = (count: number): string => (count === 1 ? l10n.t("1 stream") : l10n.t("{0} streams", formatCount(count)));

/** `1 connection`, `2 connections`. */
export const connectionsText = (count: number): string =>
  count === 1 ? l10n.t("1 connection") : l10n.t("{0} connections", formatCount(count));

/** `1 source`, `2 sources`. */
export const sourcesText = (count: number): string => (count === 1 ? l10n.t("1 source") : l10n.t("{0} sources", formatCount(count)));

/** `1 host`, `2 hosts`. */
export const hostsText = (count: number): string => (count === 1 ? l10n.t("1 host") : l10n.t("{0} hosts", formatCount(count)));

/** `1 port`, `2 ports`. */
export const portsText = (count: number): string => (count === 1 ? l10n.t("1 port") : l10n.t("{0} ports", formatCount(count)));

/** Sentences one behind the other; those that are empty have nothing to say. */
export const joinSentences = (...sentences: readonly string[]): string => sentences.filter((sentence) => sentence !== "").join(" ");

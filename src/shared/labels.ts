/** What labels of public data sets mean. */

/** Labels for packets that nobody suspects, lower case. */
const BENIGN = new Set(["", "0", "benign", "normal", "background", "legitimate", "false", "no", "none", "clean"]);

/** True for a label that says that a packet is no attack; without case. */
export const isBenignLabel = (label: string): boolean => BENIGN.has(label.trim().toLowerCase());

//! What this client can do beside the protocol.

import type { StaticFeature } from "vscode-languageclient/node";

/** Asks for a reason where one is needed, follows tasks row by row, and tells itself what an edit has done. */
export const capabilities: StaticFeature = {
  fillClientCapabilities(declared) {
    const others: unknown = declared.experimental;
    const lockstep = { asksReason: true, rows: true, applied: true };
    declared.experimental = { ...(others as object | undefined), lockstep };
  },
  initialize() {},
  getState: () => ({ kind: "static" }),
  clear() {},
};

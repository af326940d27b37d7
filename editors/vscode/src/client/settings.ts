//! What the user sets for the server.

import * as vscode from "vscode";

/** The settings that the server reads, as it names them. */
const READ = ["commit", "offerSeconds", "arrivalSeconds", "rereadSeconds", "fixAllIncludesDrift"];

/** What is set of these; the rest is left to `lockstep.toml` and to the server. */
export function initializationOptions(): object {
  const settings = vscode.workspace.getConfiguration("lockstep");
  const set = READ.map((name) => [name, settings.get(name)] as const);
  return Object.fromEntries(set.filter(([, value]) => value !== null && value !== undefined));
}

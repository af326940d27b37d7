//! What the user sets for the server.

import * as vscode from "vscode";

/** The settings that the server reads, as it names them. What is not set is left to `lockstep.toml`. */
export function initializationOptions(): object {
  const settings = vscode.workspace.getConfiguration("lockstep");
  const commit = settings.get<string | null>("commit", null);
  return commit === null ? {} : { commit };
}

//! What commands and views are given.

import type * as vscode from "vscode";
import type { Changes } from "./changes/changes";
import type { Server } from "./client/server";
import type { TaskStore } from "./tasks/store";

/** The parts of the extension that others work with. */
export interface Services {
  readonly extension: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly server: Server;
  readonly tasks: TaskStore;
  readonly changes: Changes;
}

//! Where a task stands, as VS Code names places.

import { join } from "node:path";
import * as vscode from "vscode";

/** The URI of a root's folder, as the server reads it. */
export function rootUri(root: string): string {
  return vscode.Uri.file(root).toString();
}

/** The URI of a file of a root. */
export function fileUri(root: string, path: string): vscode.Uri {
  return vscode.Uri.file(join(root, path));
}

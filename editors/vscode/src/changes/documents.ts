//! Documents by their files.

import * as vscode from "vscode";

/** The document of a file, where it is open. */
export function openDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
  const name = uri.toString();
  return vscode.workspace.textDocuments.find((document) => document.uri.toString() === name);
}

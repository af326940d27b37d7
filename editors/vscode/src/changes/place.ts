//! Where a task stands, as VS Code names places.

import { join } from "node:path";
import * as vscode from "vscode";
import type { TaskRow } from "../protocol";
import { codeUnits } from "./columns";

/** Names a root to the server, which takes files only: by that of its configuration, whether or not there is one. */
export function rootUri(root: string): string {
  return fileUri(root, "lockstep.toml").toString();
}

/** The URI of a file of a root. */
export function fileUri(root: string, path: string): vscode.Uri {
  return vscode.Uri.file(join(root, path));
}

/** Where a person goes first for a task. */
export function placeOf(row: TaskRow): Place | undefined {
  return row.path ? { uri: fileUri(row.root, row.path), line: row.line ?? 1, column: row.column ?? 1 } : undefined;
}

/** A place as the server tells it: from 1, columns in characters. */
export interface Place {
  uri: vscode.Uri;
  line: number;
  column: number;
}

/** The position of a place in its document. */
export function positionOf(document: vscode.TextDocument, { line, column }: Omit<Place, "uri">): vscode.Position {
  const at = Math.min(line, document.lineCount) - 1;
  return new vscode.Position(at, codeUnits(document.lineAt(at).text, column - 1));
}

/** Shows a place in an editor: in the active group, or in another one. As a preview, the focus stays where it is. */
export async function reveal(
  place: Place,
  isPreview = false,
  viewColumn = vscode.ViewColumn.Active,
): Promise<void> {
  const document = await vscode.workspace.openTextDocument(place.uri);
  const position = positionOf(document, place);
  const selection = new vscode.Range(position, position);
  await vscode.window.showTextDocument(document, { selection, viewColumn, preview: isPreview, preserveFocus: isPreview });
}

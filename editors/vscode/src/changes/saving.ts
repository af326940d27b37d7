//! Saves what a change touched, and nothing else.

import * as vscode from "vscode";
import { openDocument } from "./documents";
import type { Snapshot } from "./snapshot";

/** What became of the files of a change. */
export interface Saved {
  saved: vscode.Uri[];
  /** They held other unsaved changes before, or the user does not want them saved. */
  left: vscode.Uri[];
  /** They cannot be saved. */
  failed: vscode.Uri[];
}

/** Saves the files that a change touched and that held nothing else. */
export async function saveTouched(snapshot: Snapshot): Promise<Saved> {
  const isWanted = vscode.workspace.getConfiguration("lockstep").get("saveTouchedFiles", true);
  const result: Saved = { saved: [], left: [], failed: [] };
  const created = snapshot.created.map(({ uri }) => ({ uri, wasDirty: false }));
  for (const { uri, wasDirty } of [...snapshot.files, ...created]) {
    const document = openDocument(uri);
    if (!document) {
      result.saved.push(uri);
    } else if (wasDirty || !isWanted) {
      (await isOnDisk(document) ? result.saved : result.left).push(uri);
    } else {
      (await isSaved(document) ? result.saved : result.failed).push(uri);
    }
  }
  return result;
}

/** Saves a document, whether or not it is known to be dirty: VS Code tells that later than what the text is. */
async function isSaved(document: vscode.TextDocument): Promise<boolean> {
  try {
    // What is dirty again has been typed since.
    if ((await document.save()) && document.isDirty) {
      return true;
    }
  } catch {
    // The disk tells what became of it.
  }
  return isOnDisk(document);
}

/** Whether a file says what its document does. The document of a file that is read-only is never dirty, whatever it
 * says; and where somebody else has saved the same meanwhile, there was nothing to save. */
async function isOnDisk(document: vscode.TextDocument): Promise<boolean> {
  if (!document.encoding.startsWith("utf8")) {
    return !document.isDirty;
  }
  try {
    const there = await vscode.workspace.fs.readFile(document.uri);
    return new TextDecoder().decode(there) === document.getText();
  } catch {
    return false;
  }
}

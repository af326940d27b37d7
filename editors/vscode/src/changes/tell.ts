//! Tells the user what has changed. Never a dialog.

import * as vscode from "vscode";
import type { Saved } from "./saving";

const { t } = vscode.l10n;

/** Says what was done on disk, with a button that undoes it. */
export function tellDone(label: string, nFiles: number, onUndo: () => void): void {
  const undo = t("Undo");
  const message = t("{0}: {1}", label, filesWord(nFiles));
  void vscode.window.showInformationMessage(message, undo).then((chosen) => chosen === undo && onUndo());
}

/** Says what was done and saved, with a button that undoes it; and what of it could not be saved. */
export function tellSaved(label: string, { saved, left, failed }: Saved, onUndo: () => void): void {
  const n = saved.length + left.length + failed.length;
  const first = failed[0];
  if (first) {
    tellUnsaved(t("{0}: {1}, but cannot save {2}. Make it writable and save it, or undo.", label, filesWord(n), paths(failed)), first, onUndo);
  } else if (left.length > 0) {
    tellDone(t("{0} (not saved: {1})", label, paths(left)), n, onUndo);
  } else {
    tellDone(label, n, onUndo);
  }
}

function tellUnsaved(message: string, first: vscode.Uri, onUndo: () => void): void {
  const [undo, open] = [t("Undo"), t("Show File")];
  void vscode.window.showWarningMessage(message, undo, open).then((chosen) => {
    if (chosen === undo) {
      onUndo();
    } else if (chosen === open) {
      void vscode.window.showTextDocument(first);
    }
  });
}

function filesWord(n: number): string {
  return n === 1 ? t("1 file") : t("{0} files", n);
}

function paths(uris: readonly vscode.Uri[]): string {
  return uris.map((uri) => vscode.workspace.asRelativePath(uri)).join(", ");
}

/** Says what to do with the preview of VS Code, in which nothing is chosen at first. */
export function tellPreview(): void {
  void vscode.window.showInformationMessage(t("Tick the changes that you want, then press Apply."));
}

/** Says what was refused or went wrong. */
export function tellTrouble(message: string): void {
  void vscode.window.showWarningMessage(sentence(message));
}

/** The server says clauses; people are shown sentences. A path or a name keeps its first letter. */
function sentence(message: string): string {
  const text = message.trim();
  const isWord = /^[a-z]+[ ,:]/.test(text);
  const capital = isWord ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}

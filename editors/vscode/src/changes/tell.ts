//! Tells the user what has changed. Never a dialog.

import * as vscode from "vscode";
import type { Saved } from "./saving";

const { t } = vscode.l10n;

/** Says what was done, with a button that undoes it. */
export function tellDone(label: string, nFiles: number, unsaved: readonly vscode.Uri[]): void {
  const files = nFiles === 1 ? t("1 file") : t("{0} files", nFiles);
  const left = unsaved.map((uri) => vscode.workspace.asRelativePath(uri)).join(", ");
  const message = left === "" ? t("{0}: {1}", label, files) : t("{0}: {1}; not saved: {2}", label, files, left);
  const undo = t("Undo");
  void vscode.window.showInformationMessage(message, undo).then((chosen) => {
    if (chosen === undo) {
      void vscode.commands.executeCommand("lockstep.ui.undo");
    }
  });
}

/** Says what was done and saved, and what of it could not be saved. */
export function tellSaved(label: string, { saved, left, failed }: Saved): void {
  tellDone(label, saved.length + left.length + failed.length, left);
  if (failed.length > 0) {
    const paths = failed.map((uri) => vscode.workspace.asRelativePath(uri)).join(", ");
    tellTrouble(t("Changed in the editor, but cannot be saved: {0}", paths));
  }
}

/** Says what to do with the preview of VS Code, in which nothing is chosen at first. */
export function tellPreview(): void {
  void vscode.window.showInformationMessage(t("Refactor Preview shows the changes. Tick those that you want, then apply."));
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

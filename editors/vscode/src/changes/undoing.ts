//! Takes a change back in every file that it touched, or in none.

import * as vscode from "vscode";
import { inverse, rebased } from "./hunks";
import { saveTouched } from "./saving";
import type { Snapshot, TouchedFile } from "./snapshot";

const { t } = vscode.l10n;

/** Takes a change back, also where the files have changed elsewhere since. Rejects with the reason where it cannot. */
export async function takeBack(snapshot: Snapshot): Promise<void> {
  if (!snapshot.isWhole) {
    throw new Error(t("this change can be undone by the editor's own Undo only"));
  }
  const edit = new vscode.WorkspaceEdit();
  const files: TouchedFile[] = [];
  for (const file of snapshot.files) {
    files.push(await addInverse(edit, file));
  }
  for (const { from, to } of [...snapshot.renames].reverse()) {
    edit.renameFile(vscode.Uri.parse(to), vscode.Uri.parse(from));
  }
  for (const { uri, text } of snapshot.created) {
    const document = await vscode.workspace.openTextDocument(uri);
    if (document.getText() !== text) {
      throw new Error(t("{0} was changed since; delete it by hand", vscode.workspace.asRelativePath(uri)));
    }
    edit.deleteFile(uri);
  }
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new Error(t("the editor refuses the edit; a file may have changed just now"));
  }
  await saveTouched({ ...snapshot, files: snapshot.renames.length > 0 ? [] : files, created: [] });
}

async function addInverse(edit: vscode.WorkspaceEdit, file: TouchedFile): Promise<TouchedFile> {
  const document = await vscode.workspace.openTextDocument(file.uri);
  const now = document.getText();
  const back = rebased(file.after, now, inverse(file.before, file.hunks));
  if (!back) {
    const path = vscode.workspace.asRelativePath(file.uri);
    throw new Error(
      now === file.before
        ? t("it is undone in {0} already", path)
        : t("{0} was changed since at the same place; undo it by hand there", path),
    );
  }
  for (const { start, end, text } of back) {
    edit.replace(file.uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), text);
  }
  return { ...file, wasDirty: document.isDirty };
}

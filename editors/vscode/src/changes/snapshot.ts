//! What an edit of several files is about, taken down before it is applied: for saving exactly that, and for undoing it.

import * as vscode from "vscode";
import type { CreateFile, DeleteFile, RenameFile, TextDocumentEdit, TextEdit, WorkspaceEdit } from "vscode-languageclient/node";
import { applied, difference, type Hunk } from "./hunks";
import { openDocument } from "./documents";
import { after, before, type Rename } from "./renames";

/** A file whose text an edit changes. */
export interface TouchedFile {
  /** Where it is after the edit. */
  uri: vscode.Uri;
  /** Whether it held unsaved changes before the edit. */
  wasDirty: boolean;
  before: string;
  after: string;
  hunks: Hunk[];
}

/** What an edit is about. */
export interface Snapshot {
  /** What was done, for people. */
  label: string;
  files: TouchedFile[];
  renames: Rename[];
  /** Files that the edit makes, with their text. */
  created: { uri: vscode.Uri; text: string }[];
  /** Whether all of the edit can be taken back by what stands here. */
  isWhole: boolean;
}

type Change = TextDocumentEdit | CreateFile | RenameFile | DeleteFile;
type PlainEdit = Pick<TextEdit, "range" | "newText">;

/** Takes down an edit of the server's. */
export async function snapshotOf(edit: WorkspaceEdit, label: string): Promise<Snapshot> {
  const changes: Change[] = edit.documentChanges ?? Object.entries(edit.changes ?? {}).map(textEdit);
  const snapshot: Snapshot = { label, files: [], renames: [], created: [], isWhole: true };
  const texts = new Map<string, PlainEdit[]>();
  const created = new Set<string>();
  for (const change of changes) {
    if (!("kind" in change)) {
      const original = before(change.textDocument.uri, snapshot.renames);
      const plain = change.edits.filter((it): it is TextEdit => "newText" in it);
      snapshot.isWhole &&= plain.length === change.edits.length && !texts.has(original);
      texts.set(original, plain);
    } else if (change.kind === "rename") {
      snapshot.renames.push({ from: change.oldUri, to: change.newUri });
    } else if (change.kind === "create") {
      created.add(change.uri);
    } else {
      snapshot.isWhole = false;
    }
  }
  for (const [uri, edits] of texts) {
    const at = vscode.Uri.parse(after(uri, snapshot.renames));
    if (created.has(uri)) {
      snapshot.created.push({ uri: at, text: edits.map((it) => it.newText).join("") });
    } else {
      snapshot.files.push(await touched(vscode.Uri.parse(uri), edits, at));
    }
  }
  return snapshot;
}

/** Takes down the edit of a code action, of which only texts can be seen. */
export async function snapshotOfAction(edit: vscode.WorkspaceEdit, label: string): Promise<Snapshot> {
  const files = await Promise.all(edit.entries().map(([uri, edits]) => touched(uri, edits, uri)));
  return { label, files, renames: [], created: [], isWhole: edit.size === files.length };
}

/** What of an edit has really happened: whoever is shown it first may choose a part. Nothing where nothing has. */
export function made(snapshot: Snapshot): Snapshot | undefined {
  const files = snapshot.files.flatMap((file) => {
    const now = openDocument(file.uri)?.getText() ?? file.after;
    const isWhole = now === file.after;
    return now === file.before ? [] : [isWhole ? file : { ...file, after: now, hunks: [difference(file.before, now)] }];
  });
  const isNothing = files.length + snapshot.renames.length + snapshot.created.length === 0;
  return isNothing ? undefined : { ...snapshot, files };
}

/** Whether a change of texts alone, one of them that of `uri`, stands in all of them as before it, or as after it. */
export function stands(snapshot: Snapshot, uri: vscode.Uri, side: "before" | "after"): boolean {
  const { files, renames, created, isWhole } = snapshot;
  return (
    isWhole &&
    renames.length + created.length === 0 &&
    files.some((file) => file.uri.toString() === uri.toString()) &&
    files.every((file) => openDocument(file.uri)?.getText() === file[side])
  );
}

function textEdit([uri, edits]: [string, TextEdit[]]): TextDocumentEdit {
  return { textDocument: { uri, version: null }, edits };
}

async function touched(uri: vscode.Uri, edits: readonly PlainEdit[], at: vscode.Uri): Promise<TouchedFile> {
  const document = await vscode.workspace.openTextDocument(uri);
  const offset = ({ line, character }: { line: number; character: number }): number =>
    document.offsetAt(new vscode.Position(line, character));
  const hunks = edits.map(({ range, newText }) => ({
    start: offset(range.start),
    end: offset(range.end),
    text: newText,
  }));
  const text = document.getText();
  return { uri: at, wasDirty: document.isDirty, before: text, after: applied(text, hunks), hunks };
}

//! Writes a buffer over its file, though that is newer: VS Code itself refuses this to extensions.

import * as vscode from "vscode";
import { openDocument } from "./documents";

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** Writes the text of a document to its file as UTF-8, with the byte order mark that the file has. Says why it cannot. */
export async function overwrite(uri: vscode.Uri): Promise<string | undefined> {
  const document = openDocument(uri);
  if (!document) {
    return vscode.l10n.t("it is not open any more");
  }
  if (!document.encoding.startsWith("utf8")) {
    return vscode.l10n.t("its encoding is {0}; save it from the editor", document.encoding);
  }
  try {
    const there = await vscode.workspace.fs.readFile(uri);
    const hasMark = BYTE_ORDER_MARK.every((byte, at) => there[at] === byte);
    const text = new TextEncoder().encode(document.getText());
    await vscode.workspace.fs.writeFile(uri, hasMark ? Uint8Array.from([...BYTE_ORDER_MARK, ...text]) : text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

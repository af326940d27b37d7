//! Unsaved text of a file that somebody else has changed on disk: the user chooses, in a message and never in a dialog.

import * as vscode from "vscode";
import { openDocument } from "./documents";
import { overwrite } from "./overwrite";
import { tellTrouble } from "./tell";

const { t } = vscode.l10n;

/** The rule that finds it. */
const RULE = "stale-buffer";

/** Asks once for every time that a buffer and its file go apart. */
export function watchStaleBuffers(): vscode.Disposable {
  const asked = new Set<string>();
  const look = (uri: vscode.Uri): void => {
    const name = uri.toString();
    const isStale = vscode.languages.getDiagnostics(uri).some((it) => it.source === "lockstep" && codeOf(it) === RULE);
    if (!isStale) {
      asked.delete(name);
    } else if (!asked.has(name) && openDocument(uri)?.isDirty) {
      asked.add(name);
      void ask(uri);
    }
  };
  return vscode.Disposable.from(
    vscode.languages.onDidChangeDiagnostics(({ uris }) => uris.forEach(look)),
    // That a document is dirty may be told after what is found in it.
    vscode.workspace.onDidChangeTextDocument(({ document }) => look(document.uri)),
  );
}

async function ask(uri: vscode.Uri): Promise<void> {
  const path = vscode.workspace.asRelativePath(uri);
  const message = t("{0} has changed on disk, and has unsaved changes here. Saving would undo what changed on disk.", path);
  const [compare, theirs, mine] = [t("Compare"), t("Take Theirs"), t("Keep Mine")];
  const chosen = await vscode.window.showWarningMessage(message, compare, theirs, mine);
  if (chosen === compare) {
    await vscode.commands.executeCommand("workbench.files.action.compareWithSaved", uri);
    await ask(uri);
  } else if (chosen === theirs) {
    await revert(uri);
  } else if (chosen === mine) {
    const failure = await overwrite(uri);
    if (failure) {
      tellTrouble(t("{0} is not saved: {1}", path, failure));
    } else {
      await revert(uri);
    }
  }
}

/** Reads a file again into its buffer. Only the active editor can be told to. */
async function revert(uri: vscode.Uri): Promise<void> {
  await vscode.window.showTextDocument(uri, { preview: false });
  await vscode.commands.executeCommand("workbench.action.files.revert");
}

function codeOf({ code }: vscode.Diagnostic): unknown {
  return typeof code === "object" ? code.value : code;
}

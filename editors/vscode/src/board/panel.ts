//! The board's panel.

import * as vscode from "vscode";
import type { Services } from "../services";

/** Opens the board, or brings it to the front. */
export function openBoard(_services: Services): void {
  vscode.window.createWebviewPanel("lockstep.board", vscode.l10n.t("Lockstep Board"), vscode.ViewColumn.Active);
}

/** Lets boards come back with the window. */
export function registerBoard(_services: Services): vscode.Disposable {
  return new vscode.Disposable(() => {});
}

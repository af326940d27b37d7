//! Asks for a reason.

import * as vscode from "vscode";
import type { Target } from "./setStatus";

/** The reason that the user gives; nothing where the user goes away. */
export async function askReason(task: Target, status: string): Promise<string | undefined> {
  const given = await vscode.window.showInputBox({
    title: vscode.l10n.t("Set task {0} to {1}", task.id, status),
    prompt: vscode.l10n.t("Reason"),
    placeHolder: vscode.l10n.t("Why is it {0}?", status),
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === "" ? vscode.l10n.t("Give a reason.") : undefined),
  });
  return given?.trim();
}

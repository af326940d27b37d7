//! *Undo Last Status Change*: in every file that it touched.

import * as vscode from "vscode";
import { refusal } from "../changes/refusal";
import { tellTrouble } from "../changes/tell";
import type { Command } from "./command";

export const undo: Command = {
  id: "lockstep.ui.undo",
  async run({ changes }) {
    try {
      const what = await changes.undo();
      void vscode.window.showInformationMessage(vscode.l10n.t("Undone: {0}", what));
    } catch (error) {
      tellTrouble(vscode.l10n.t("Nothing is undone: {0}", refusal(error).why));
    }
  },
};

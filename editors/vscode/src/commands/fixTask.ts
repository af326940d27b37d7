//! *Fix This Task*: brings the places of the task at the cursor into agreement.

import * as vscode from "vscode";
import { run, show } from "../changes/perform";
import { argumentOf } from "../changes/setStatus";
import { isContradictory } from "../tasks/words";
import type { Command } from "./command";
import { subjectAtCursor } from "./subject";

export const fixTask: Command = {
  id: "lockstep.ui.fixTask",
  async run(services, argument) {
    const what = vscode.l10n.t("Fix This Task");
    const at = await subjectAtCursor(services, argument, what, (row) => isContradictory(row) || row.findings > 0);
    if (at) {
      const { root, id } = at.row;
      show(await run(services, "lockstep.fixTask", argumentOf({ root, id }), root));
    }
  },
};

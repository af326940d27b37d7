//! *Complete Phase…*: pick a task, then one of its phases.

import * as vscode from "vscode";
import { show } from "../changes/perform";
import { setStatus } from "../changes/setStatus";
import { tellTrouble } from "../changes/tell";
import { choiceOf } from "../pickers/cycle";
import { pickPhase } from "../pickers/phase";
import { pickStatus } from "../pickers/status";
import { fullTask } from "../tasks/full";
import { joined } from "../tasks/words";
import type { Command } from "./command";
import { transitionsOf } from "./setTaskStatus";
import { subjectOrPick } from "./subject";

const { t } = vscode.l10n;

export const completePhase: Command = {
  id: "lockstep.ui.completePhase",
  async run(services, argument) {
    const at = await subjectOrPick(services, argument, t("Complete Phase"));
    const task = at && (await fullTask(services.server, at.row));
    if (!task) {
      return;
    }
    if (task.phases.length === 0) {
      tellTrouble(t("Task {0} has no phases", task.id));
      return;
    }
    const title = joined(" ", task.id, task.title);
    const phase = await pickPhase(title, task, at.phase);
    if (!phase) {
      return;
    }
    const target = { root: task.root, id: task.id, phase: phase.number };
    const { allowed, why } = choiceOf("done", await transitionsOf(services, target));
    if (allowed.length === 0) {
      tellTrouble(t("Phase {0}: {1}", phase.number, why.join("; ") || t("it is done already")));
      return;
    }
    const chosen = allowed.length === 1 ? allowed[0] : await pickStatus(title, allowed);
    if (chosen) {
      show(await setStatus(services, target, chosen.status));
    }
  },
};

//! The picker of a phase of a task.

import * as vscode from "vscode";
import type { Phase, TaskReport } from "../protocol";
import { iconOf } from "../views/icons";
import { titleOf } from "../tasks/words";
import { orderedPhases } from "./order";

/** Has the user pick a phase, the one at the cursor first. */
export async function pickPhase(title: string, task: TaskReport, atCursor: string | null): Promise<Phase | undefined> {
  const items = orderedPhases(task.phases, atCursor).map((phase) => ({
    phase,
    label: `${phase.number}  ${phase.title}`,
    description: phase.status === null ? "" : titleOf(phase.status),
    iconPath: iconOf(phase.category),
  }));
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder: vscode.l10n.t("Phase") });
  return chosen?.phase;
}

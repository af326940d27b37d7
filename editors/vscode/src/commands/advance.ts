//! What *Start* and *Complete* share: a task is brought into a category, by the one status of it that is allowed, or by
//! one of several.

import * as vscode from "vscode";
import { show } from "../changes/perform";
import { setStatus } from "../changes/setStatus";
import { tellTrouble } from "../changes/tell";
import { choiceOf } from "../pickers/cycle";
import { pickStatus } from "../pickers/status";
import type { Category, TaskRow } from "../protocol";
import type { Services } from "../services";
import { joined } from "../tasks/words";
import { transitionsOf } from "./setTaskStatus";

/** Brings a task into `category`. */
export async function advance(services: Services, row: TaskRow, category: Category): Promise<void> {
  const target = { root: row.root, id: row.id };
  const { allowed, why } = choiceOf(category, await transitionsOf(services, target));
  if (allowed.length === 0) {
    const nothing = vscode.l10n.t("no status of that kind may follow now");
    tellTrouble(vscode.l10n.t("Task {0}: {1}", row.id, why.join("; ") || nothing));
    return;
  }
  const title = joined(" ", row.id, row.title);
  const chosen = allowed.length === 1 ? allowed[0] : await pickStatus(title, allowed);
  if (chosen) {
    show(await setStatus(services, target, chosen.status));
  }
}

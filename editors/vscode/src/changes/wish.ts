//! What somebody wants, in words.

import { l10n } from "vscode";

/** That a task, or a phase of it, shall have a status. */
export function wishWord(task: string, status: string, phase?: string): string {
  return phase === undefined
    ? l10n.t("Set task {0} to {1}", task, status)
    : l10n.t("Set phase {0} of task {1} to {2}", phase, task, status);
}

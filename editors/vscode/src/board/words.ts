//! Every word of the board, in the language of the editor. `{0}` stands for what is filled in.

import { l10n } from "vscode";

/** The words that the webview shows. It gets them with its page. */
export function boardWords() {
  return {
    board: l10n.t("Board"),
    filter: l10n.t("Filter tasks"),
    clearFilter: l10n.t("Clear filter"),
    columnsBy: l10n.t("Columns by"),
    byCategory: l10n.t("Category"),
    byStatus: l10n.t("Status"),
    open: l10n.t("Open"),
    active: l10n.t("Active"),
    waiting: l10n.t("Waiting"),
    done: l10n.t("Done"),
    failed: l10n.t("Failed"),
    dropped: l10n.t("Dropped"),
    unknown: l10n.t("Unknown status"),
    oneTask: l10n.t("1 task"),
    tasks: l10n.t("{0} tasks"),
    someOf: l10n.t("{0} of {1} tasks"),
    fewOf: l10n.t("{0} of {1}"),
    oneFinding: l10n.t("1 finding"),
    findings: l10n.t("{0} findings"),
    disagrees: l10n.t("its places disagree"),
    noTasks: l10n.t("No tasks"),
    noMatch: l10n.t("No task matches"),
    loading: l10n.t("Reading tasks…"),
    fold: l10n.t("Collapse column {0}"),
    unfold: l10n.t("Expand column {0}"),
    ready: l10n.t("ready"),
    waitingForServer: l10n.t("being changed"),
    heldBy: l10n.t("held by {0}"),
    inFolder: l10n.t("in {0}"),
    progress: l10n.t("{0} of {1} done"),
    hintCard: l10n.t("Enter: go to task · Space: change status · /: filter"),
    hintMove: l10n.t("Arrow keys: choose · Enter: change status · Escape: cancel"),
    needsReason: l10n.t("asks for a reason"),
    needsArtifact: l10n.t("needs an artifact"),
    stays: l10n.t("current status of {0}"),
    asking: l10n.t("Asking what is allowed…"),
    nowhere: l10n.t("No status here"),
    taken: l10n.t("{0} picked up"),
    zoneAllowed: l10n.t("{0} to {1}: allowed"),
    zoneRefused: l10n.t("{0} to {1}: not allowed, {2}"),
    zoneCurrent: l10n.t("{1}: current status of {0}"),
    refused: l10n.t("{0} stays where it is: {1}"),
    changed: l10n.t("{0} was changed by somebody else meanwhile"),
    cancelled: l10n.t("{0} stays where it is"),
    choose: l10n.t("Choose a status for {0}"),
    moving: l10n.t("{0}: changing status to {1}…"),
    moved: l10n.t("{0}: status is {1} now"),
    chooseStatus: l10n.t("Status of {0} in {1}"),
  };
}

/** The table of words. */
export type Words = ReturnType<typeof boardWords>;

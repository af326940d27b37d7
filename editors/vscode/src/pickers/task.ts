//! The picker of a task: fuzzy over id, title and status.

import * as vscode from "vscode";
import type { TaskRow } from "../protocol";
import type { Services } from "../services";
import { cursor, taskAt, type TaskAt } from "../tasks/atCursor";
import { keyOf, type TaskStore } from "../tasks/store";
import { isContradictory, joined, progressWord, rootWord, statusWord } from "../tasks/words";
import { iconOf } from "../views/icons";
import { orderedTasks } from "./order";
import { search } from "./search";

const { t } = vscode.l10n;

/** So many tasks are shown at once. */
export const SHOWN = 200;

/** An entry for a task. */
export interface TaskItem extends vscode.QuickPickItem {
  row: TaskRow;
}

/** How a task stands in a picker. */
export function taskItem(row: TaskRow, isOfSeveralRoots: boolean): TaskItem {
  const contradiction = isContradictory(row) && `$(warning) ${t("files disagree")}`;
  return {
    row,
    label: joined("  ", row.id, row.title),
    description: joined("  ", isOfSeveralRoots && rootWord(row), statusWord(row), progressWord(row.progress), contradiction),
    iconPath: iconOf(row.category),
  };
}

/** Has the user pick a task, the one at the cursor first; nothing where the user goes away. */
export async function pickTask(
  services: Services,
  title: string,
  which: (row: TaskRow) => boolean = () => true,
): Promise<TaskAt | undefined> {
  const here = await atCursor(services);
  const rows = services.tasks.rows().filter((row) => !row.archived && which(row));
  if (rows.length === 0) {
    const nothing = services.server.isRunning ? t("Lockstep finds no such task here.") : t("Lockstep's server is not running.");
    void vscode.window.showInformationMessage(nothing);
    return undefined;
  }
  const { first, rest } = orderedTasks(rows, here && keyOf(here.row));
  const row = await choose(services.tasks, title, first ? [first, ...rest] : rest, first);
  return row && { row, phase: row === first ? (here?.phase ?? null) : null };
}

/** Shows the best of `rows` for what is typed. `first` is the one at the cursor. */
function choose(
  tasks: TaskStore,
  title: string,
  rows: readonly TaskRow[],
  first: TaskRow | undefined,
): Promise<TaskRow | undefined> {
  const picker = vscode.window.createQuickPick<TaskItem | vscode.QuickPickItem>();
  picker.title = title;
  picker.placeholder = t("Task, by id, title or status");
  picker.matchOnDescription = true;
  const show = (typed: string): void => {
    const found = search(rows, typed, SHOWN);
    picker.items = found.flatMap((row) => {
      const heading = row === first ? t("At the cursor") : row === found[1] && found[0] === first ? t("Tasks") : "";
      const item = taskItem(row, tasks.isOfSeveralRoots);
      return heading === "" ? [item] : [separator(heading), item];
    });
  };
  show("");
  return new Promise((resolve) => {
    picker.onDidChangeValue(show);
    picker.onDidAccept(() => {
      const chosen = picker.activeItems[0];
      if (chosen && "row" in chosen) {
        resolve(chosen.row);
        picker.hide();
      }
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
}

/** A line between groups of entries. */
export function separator(label: string): vscode.QuickPickItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

async function atCursor(services: Services): Promise<TaskAt | undefined> {
  const spot = cursor();
  try {
    return spot && (await taskAt(services, spot));
  } catch (error) {
    services.log.warn(`the task at the cursor: ${String(error)}`);
    return undefined;
  }
}

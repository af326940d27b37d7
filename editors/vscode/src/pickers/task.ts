//! The picker of a task: fuzzy over id, title and status.

import * as vscode from "vscode";
import type { TaskRow } from "../protocol";
import type { Services } from "../services";
import { cursor, taskAt, type TaskAt } from "../tasks/atCursor";
import { keyOf, type TaskStore } from "../tasks/store";
import { isContradictory, joined, progressWord, rootWord, shortened, statusWord } from "../tasks/words";
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

/** Of a title so many letters are shown: the status beside it is to be read, too. */
const TITLE = 60;

/** How a task stands in a picker. */
export function taskItem(row: TaskRow, isOfSeveralRoots: boolean): TaskItem {
  const contradiction = isContradictory(row) && `$(warning) ${t("files disagree")}`;
  return {
    row,
    label: joined("  ", row.id, shortened(row.title, TITLE)),
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
  let found: TaskRow[] = [];
  const show = (typed: string): void => {
    found = search(rows, typed, SHOWN);
    picker.items = found.flatMap((row) => {
      const heading = row === first ? t("At the cursor") : row === found[1] && found[0] === first ? t("Tasks") : "";
      // They are found already: the picker by itself looks in one column at a time.
      const item = { ...taskItem(row, tasks.isOfSeveralRoots), alwaysShow: true };
      return heading === "" ? [item] : [separator(heading), item];
    });
  };
  show("");
  return new Promise((resolve) => {
    picker.onDidChangeValue(show);
    picker.onDidAccept(() => {
      const active = picker.activeItems.find((item) => picker.items.includes(item));
      // Who presses Enter before what is found is painted means the best of it, and nothing that was there before.
      const chosen = active && "row" in active ? active.row : found[0];
      if (chosen) {
        resolve(chosen);
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

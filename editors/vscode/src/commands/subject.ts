//! What a command is about: what a menu hands in, the task at the cursor, or one that the user picks.

import * as vscode from "vscode";
import { type Place, placeOf } from "../changes/place";
import { pickTask } from "../pickers/task";
import type { TaskList, TaskRow } from "../protocol";
import type { Services } from "../services";
import { cursor, type Spot, taskAt, type TaskAt } from "../tasks/atCursor";
import type { TaskKey } from "../tasks/store";

/** A node of the tree, or whatever else names a task. */
interface Named {
  row: TaskRow;
}

/** What the menu of a card on the board hands in. */
interface OnBoard {
  lockstepTask: TaskKey;
}

/** What the menu of line numbers hands in. Lines count from 1. */
interface LineNumber {
  uri: vscode.Uri;
  lineNumber: number;
}

/** The task that a menu or a view means. */
export function named(services: Services, argument: unknown): TaskRow | undefined {
  const key = (argument as OnBoard | undefined)?.lockstepTask;
  if (key !== undefined) {
    return services.tasks.get(key);
  }
  const row = (argument as Named | undefined)?.row;
  return row?.id === undefined ? undefined : (services.tasks.rows().find((it) => it.id === row.id && it.root === row.root) ?? row);
}

/** The place that a menu means, else that of the cursor. */
export function spotOf(argument: unknown): Spot | undefined {
  const line = argument as LineNumber | undefined;
  if (line?.uri instanceof vscode.Uri && typeof line.lineNumber === "number") {
    return { uri: line.uri, position: new vscode.Position(line.lineNumber - 1, 0) };
  }
  return cursor();
}

/** The task of a menu or view; that of a line where its number was clicked; else one that is picked. */
export async function subjectOrPick(
  services: Services,
  argument: unknown,
  title: string,
  which?: (row: TaskRow) => boolean,
): Promise<TaskAt | undefined> {
  const row = named(services, argument);
  if (row) {
    return { row, phase: null };
  }
  const isLine = (argument as LineNumber | undefined)?.lineNumber !== undefined;
  const spot = isLine ? spotOf(argument) : undefined;
  return (spot && (await taskAt(services, spot))) ?? pickTask(services, title, which);
}

/** The task of a menu or view, or that at the cursor; else one that is picked. */
export async function subjectAtCursor(
  services: Services,
  argument: unknown,
  title: string,
  which?: (row: TaskRow) => boolean,
): Promise<TaskAt | undefined> {
  const row = named(services, argument);
  const spot = row ? undefined : spotOf(argument);
  const at = row ? { row, phase: null } : spot && (await taskAt(services, spot));
  return at ?? pickTask(services, title, which);
}

/** Where a task stands now, which rows need not know: text above it may have come or gone. Says so where it stands
 * nowhere. */
export async function placeOrTell(services: Services, task: TaskRow): Promise<Place | undefined> {
  const params = { ids: [task.id], brief: true, archived: true };
  const answer: TaskList = await services.server.request("lockstep/tasks", params);
  const row = answer.tasks.find((it) => it.id === task.id && it.root === task.root);
  const place = row && placeOf(row);
  if (!place) {
    void vscode.window.showInformationMessage(vscode.l10n.t("Task {0} stands in no file.", task.id));
  }
  return place;
}

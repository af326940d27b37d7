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

/** The place that a menu means: the line whose number was clicked, or the cursor in the text whose menu it is. */
export function menuSpot(argument: unknown): Spot | undefined {
  const line = argument as LineNumber | undefined;
  if (line?.uri instanceof vscode.Uri && typeof line.lineNumber === "number") {
    return { uri: line.uri, position: new vscode.Position(line.lineNumber - 1, 0) };
  }
  const spot = isText(argument) ? cursor() : undefined;
  return spot?.uri.toString() === String(argument) ? spot : undefined;
}

/** Whether a menu of a text hands this in. */
export function isText(argument: unknown): boolean {
  return argument instanceof vscode.Uri;
}

/** The place that a menu means, else that of the cursor. */
export function spotOf(argument: unknown): Spot | undefined {
  return menuSpot(argument) ?? cursor();
}

/** The task that a menu or a view means; none where nobody says which. */
export async function subject(services: Services, argument: unknown): Promise<TaskAt | undefined> {
  const row = named(services, argument);
  if (row) {
    return { row, phase: null };
  }
  const spot = menuSpot(argument);
  return spot && taskAt(services, spot);
}

/** The task that a menu or a view means; else one that is picked. */
export async function subjectOrPick(
  services: Services,
  argument: unknown,
  title: string,
  which?: (row: TaskRow) => boolean,
): Promise<TaskAt | undefined> {
  return (await subject(services, argument)) ?? pickTask(services, title, which);
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

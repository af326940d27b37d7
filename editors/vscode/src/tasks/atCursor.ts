//! Which task the user is at.

import * as vscode from "vscode";
import { placeOf } from "../changes/place";
import type { TaskList, TaskRow } from "../protocol";
import type { Services } from "../services";
import type { TaskStore } from "./store";

/** A place in a document. */
export interface Spot {
  uri: vscode.Uri;
  position: vscode.Position;
}

/** A task, and its phase where that is meant. */
export interface TaskAt {
  row: TaskRow;
  phase: string | null;
}

/** Where the cursor is. */
export function cursor(): Spot | undefined {
  const editor = vscode.window.activeTextEditor;
  return editor && { uri: editor.document.uri, position: editor.selection.active };
}

/** The task at a place. */
export async function taskAt(services: Pick<Services, "server" | "tasks">, spot: Spot): Promise<TaskAt | undefined> {
  const { server, tasks } = services;
  if (tasks.size === 0 || spot.uri.scheme !== "file") {
    return undefined;
  }
  if (server.experimental["place"] !== true) {
    const row = nearestAbove(tasks, spot);
    return row && { row, phase: null };
  }
  const params = { uri: spot.uri.toString(), position: spot.position, brief: true };
  const answer = await server.request<TaskList & { phase?: string | null }>("lockstep/tasks", params);
  const row = answer.tasks[0];
  return row && { row, phase: answer.phase ?? null };
}

/** Of the tasks that stand in the file, the last at or above the line: for servers that cannot be asked. */
function nearestAbove(tasks: TaskStore, spot: Spot): TaskRow | undefined {
  let nearest: TaskRow | undefined;
  for (const row of tasks.rows()) {
    const line = row.line ?? 0;
    const isAbove = line > 0 && line - 1 <= spot.position.line && line > (nearest?.line ?? 0);
    if (isAbove && placeOf(row)?.uri.fsPath === spot.uri.fsPath) {
      nearest = row;
    }
  }
  return nearest;
}

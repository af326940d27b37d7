//! Which task the user is at.

import * as vscode from "vscode";
import type { TaskRow, TaskThere } from "../protocol";
import type { Services } from "../services";

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
export async function taskAt({ server, tasks }: Pick<Services, "server" | "tasks">, spot: Spot): Promise<TaskAt | undefined> {
  if (tasks.size === 0 || spot.uri.scheme !== "file") {
    return undefined;
  }
  const params = { uri: spot.uri.toString(), position: spot.position };
  const { task, phase }: TaskThere = await server.request("lockstep/taskAt", params);
  return task ? { row: task, phase } : undefined;
}

//! One task with everything that is known of it.

import type { Server } from "../client/server";
import type { TaskList, TaskReport } from "../protocol";

/** Asks for a task in full; nothing where it is gone. */
export async function fullTask(server: Server, task: { root: string; id: string }): Promise<TaskReport | undefined> {
  const answer: TaskList<TaskReport> = await server.request("lockstep/tasks", { ids: [task.id], archived: true });
  return answer.tasks.find((it) => it.id === task.id && it.root === task.root);
}

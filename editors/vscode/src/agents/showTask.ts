//! `lockstep_task`: one task, and what may follow.

import * as vscode from "vscode";
import type { TaskList, TaskReport, Transition } from "../protocol";
import { taskInFull } from "./lines";
import { type Meant, meant } from "./meant";
import type { AgentTool } from "./tool";

export const showTask: AgentTool<Meant> = {
  name: "lockstep_task",
  doing: ({ id }) => vscode.l10n.t("Reading task {0}", id),
  async call({ server }, input) {
    // An id that no task has, or several, is refused here.
    const transitions = await server.request<Transition[]>("lockstep/transitions", meant(input));
    const { tasks } = await server.request<TaskList<TaskReport>>("lockstep/tasks", { ids: [input.id], archived: true });
    const [only] = tasks.filter((task) => input.root === undefined || task.root === input.root);
    if (!only) {
      throw new Error(`no task ${input.id}`);
    }
    return taskInFull(only, transitions);
  },
};

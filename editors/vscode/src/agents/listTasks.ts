//! `lockstep_tasks`: which tasks there are.

import * as vscode from "vscode";
import { allRows } from "../tasks/feed";
import { isWanted, taskLine, type Which } from "./lines";
import type { AgentTool } from "./tool";

/** So many tasks are told unless the model asks for more. */
const LIMIT = 20;

interface Input {
  which?: Which;
  limit?: number;
}

export const listTasks: AgentTool<Input> = {
  name: "lockstep_tasks",
  doing: () => vscode.l10n.t("Listing tasks"),
  async call({ server }, { which = "ready", limit = LIMIT }) {
    const rows = (await allRows(server)).filter(isWanted(which));
    const isOfSeveral = new Set(rows.map((row) => row.root)).size > 1;
    return { total: rows.length, tasks: rows.slice(0, limit).map((row) => taskLine(row, isOfSeveral)) };
  },
};

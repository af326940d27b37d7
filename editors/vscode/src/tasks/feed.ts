//! Fills the store from the server: everything by pages when the server starts, then row by row.

import type * as vscode from "vscode";
import type { Server } from "../client/server";
import type { TaskList, TaskRow, TasksChanged } from "../protocol";
import { Debounce } from "./debounce";
import type { TaskStore } from "./store";

/** Tasks a page. */
const PAGE = 1_000;

/** How long to wait for further changes before everything is asked for again. */
const PAUSE_MS = 150;

/** Keeps `store` as the server sees the tasks, until it is disposed. */
export function feed(server: Server, store: TaskStore, log: vscode.LogOutputChannel): vscode.Disposable {
  let generation = 0;
  const reload = async (): Promise<void> => {
    const mine = ++generation;
    try {
      const rows = await allRows(server);
      if (mine === generation) {
        store.replaceAll(rows);
      }
    } catch (error) {
      log.warn(`the list of tasks: ${String(error)}`);
    }
  };
  const again = new Debounce(() => void reload(), PAUSE_MS);
  const started = server.onDidStart(() => void reload());
  const ended = server.onDidEnd(() => generation++);
  server.onNotification<TasksChanged>("lockstep/tasksChanged", (change) => {
    if (change.all) {
      again.call();
    } else {
      store.apply(change.root, change.tasks, change.removed);
    }
  });
  return {
    dispose() {
      generation++;
      again.dispose();
      started.dispose();
      ended.dispose();
    },
  };
}

/** Every task of the window. */
export async function allRows(server: Server): Promise<TaskRow[]> {
  const rows: TaskRow[] = [];
  let cursor: string | null | undefined;
  do {
    const params = { brief: true, limit: PAGE, ...(cursor ? { cursor } : {}) };
    const page: TaskList = await server.request("lockstep/tasks", params);
    rows.push(...page.tasks);
    cursor = page.next_cursor;
  } while (cursor);
  return rows;
}

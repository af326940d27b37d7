//! What `when` clauses ask: whether there are tasks, and in which files.

import * as vscode from "vscode";
import { fileUri } from "../changes/place";
import type { Services } from "../services";
import { Debounce } from "../tasks/debounce";

/** More files are not told: menus of editors would cost more than they are worth. */
const MOST_FILES = 2_000;

const PAUSE_MS = 100;

/** Keeps the context keys `lockstep.hasTasks` and `lockstep.files`. */
export function contextKeys({ tasks }: Services): vscode.Disposable {
  let told: string | undefined;
  const tell = (): void => {
    const files = new Set<string>();
    for (const row of tasks.rows()) {
      if (row.path && files.size < MOST_FILES) {
        files.add(fileUri(row.root, row.path).fsPath);
      }
    }
    const names = [...files];
    if (told !== names.join("\n")) {
      told = names.join("\n");
      void vscode.commands.executeCommand("setContext", "lockstep.files", names);
    }
    void vscode.commands.executeCommand("setContext", "lockstep.hasTasks", tasks.size > 0);
  };
  const later = new Debounce(tell, PAUSE_MS);
  const subscription = tasks.onDidChange((change) => (change.reset ? tell() : later.call()));
  return vscode.Disposable.from(later, subscription);
}

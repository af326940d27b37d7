//! How far the tasks of a file are. Knows nothing of VS Code.

import type { Progress, TaskRow } from "../protocol";
import { isFinished } from "../tasks/words";

/** The progress of every file that tasks stand in first, by root and path. A file of one task with parts is as far as
 * that task. */
export function fileProgress(rows: readonly TaskRow[]): Map<string, Progress> {
  const byFile = new Map<string, TaskRow[]>();
  for (const row of rows) {
    if (row.path && !row.archived) {
      const name = fileKey(row.root, row.path);
      const own = byFile.get(name);
      own ? own.push(row) : byFile.set(name, [row]);
    }
  }
  return new Map([...byFile].map(([name, own]) => [name, progressOf(own)]));
}

/** Names a file among those of several roots. */
export function fileKey(root: string, path: string): string {
  return `${root}\n${path}`;
}

function progressOf(rows: readonly TaskRow[]): Progress {
  const [only, ...others] = rows;
  if (only?.progress && others.length === 0) {
    return only.progress;
  }
  return { done: rows.filter(isFinished).length, total: rows.length };
}

/** How full a circle is, by quarters; one that is full is done. */
export function badgeOf({ done, total }: Progress): string {
  return done >= total ? "✓" : "○◔◑◕".charAt(Math.floor((4 * done) / total));
}

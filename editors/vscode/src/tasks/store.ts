//! The tasks of the window as rows, kept live by whoever feeds it. Knows nothing of VS Code.

import type { TaskRow } from "../protocol";

/** Names a task in the window: ids hold within one root. */
export type TaskKey = string;

/** The key of a task. */
export function keyOf(task: { root: string; id: string }): TaskKey {
  return `${task.root}\n${task.id}`;
}

/** What has changed in a store. */
export interface StoreChange {
  /** Everything may be other than it was: forget what you know. The other two are empty then. */
  reset: boolean;
  /** Rows that came or say something else. */
  changed: TaskRow[];
  /** Rows that are gone, as they were. */
  removed: TaskRow[];
}

/** Ends what it stands for; fits `vscode.Disposable`. */
export interface Subscription {
  dispose(): void;
}

/** Holds the rows of every root in their order. */
export class TaskStore {
  #rows = new Map<TaskKey, TaskRow>();
  /** The rows in order and where each stands, for as long as nobody comes, goes or moves. */
  #sorted: { rows: TaskRow[]; at: Map<TaskKey, number> } | undefined;
  #roots: string[] = [];
  #listeners = new Set<(change: StoreChange) => void>();

  /** How many tasks there are. */
  get size(): number {
    return this.#rows.size;
  }

  /** Whether tasks of several roots are here: then an id alone may mean two. */
  get isOfSeveralRoots(): boolean {
    return this.#roots.length > 1;
  }

  /** The folders that the tasks are of, as the server has them. */
  get roots(): readonly string[] {
    return this.#roots;
  }

  /** The row of a task. */
  get(key: TaskKey): TaskRow | undefined {
    return this.#rows.get(key);
  }

  /** All rows: by root as the server has them, then by their order. The list is the store's own, and goes with it. */
  rows(): readonly TaskRow[] {
    if (!this.#sorted) {
      const rows = [...this.#rows.values()].sort((a, b) => this.#compare(a, b));
      this.#sorted = { rows, at: new Map(rows.map((row, at) => [keyOf(row), at])) };
    }
    return this.#sorted.rows;
  }

  /** Takes `rows` for all there is. */
  replaceAll(rows: readonly TaskRow[]): void {
    this.#rows = new Map(rows.map((row) => [keyOf(row), row]));
    this.#roots = [...new Set(rows.map((row) => row.root))];
    this.#sorted = undefined;
    this.#tell({ reset: true, changed: [], removed: [] });
  }

  /** Takes the newest rows of some tasks of `root`, and those of `removed` out. Rows that say what is known already
   * are told to nobody. */
  apply(root: string, rows: readonly TaskRow[], removed: readonly string[] = []): void {
    const change: StoreChange = { reset: false, changed: [], removed: [] };
    for (const id of removed) {
      const key = keyOf({ root, id });
      const row = this.#rows.get(key);
      if (row) {
        this.#rows.delete(key);
        this.#sorted = undefined;
        change.removed.push(row);
      }
    }
    for (const row of rows) {
      const key = keyOf(row);
      const known = this.#rows.get(key);
      if (!sameRow(known, row)) {
        this.#rows.set(key, row);
        this.#place(key, known, row);
        change.changed.push(row);
      }
    }
    if (rows.length > 0 && !this.#roots.includes(root)) {
      this.#roots.push(root);
    }
    if (change.changed.length + change.removed.length > 0) {
      this.#tell(change);
    }
  }

  /** A row that keeps its order keeps its place. */
  #place(key: TaskKey, known: TaskRow | undefined, row: TaskRow): void {
    const at = this.#sorted?.at.get(key);
    if (this.#sorted && at !== undefined && known?.order === row.order) {
      this.#sorted.rows[at] = row;
    } else {
      this.#sorted = undefined;
    }
  }

  /** Calls `listener` after every change, until the subscription is disposed. */
  onDidChange(listener: (change: StoreChange) => void): Subscription {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  #tell(change: StoreChange): void {
    for (const listener of [...this.#listeners]) {
      listener(change);
    }
  }

  #compare(a: TaskRow, b: TaskRow): number {
    if (a.root !== b.root) {
      return this.#roots.indexOf(a.root) - this.#roots.indexOf(b.root);
    }
    return a.order < b.order ? -1 : a.order > b.order ? 1 : 0;
  }
}

function sameRow(a: TaskRow | undefined, b: TaskRow): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

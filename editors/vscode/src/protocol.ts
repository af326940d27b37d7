//! What the server and this client say to each other beside the Language Server Protocol. The reference is
//! `server/docs/protocol.md`.

/** What every status means, whatever a profile calls it. */
export type Category = "open" | "active" | "waiting" | "done" | "failed" | "dropped";

/** How many of a task's parts are done. */
export interface Progress {
  done: number;
  total: number;
}

/** A task as lists show it. */
export interface TaskRow {
  /** The folder that paths are relative to. */
  root: string;
  id: string;
  title: string;
  status: string | null;
  category: Category | null;
  /** How the status is shown to people. */
  marker: string | null;
  /** Whether every place says the same. */
  agreed: boolean;
  archived: boolean;
  profile: string;
  /** Where a person goes first; null where the task stands nowhere. Line and column count from 1, and are those of the
   * time when the row was made. */
  path: string | null;
  line: number | null;
  column: number | null;
  progress: Progress | null;
  /** How many warnings and errors are about it. */
  findings: number;
  /** Whether it is open and may begin. */
  ready: boolean;
  parent: string | null;
  /** Who holds it, where somebody does. */
  holder?: string | null;
  /** Sorts the rows of a root as the server's pages do. */
  order: string;
}

/** Answer of `lockstep/taskAt`. */
export interface TaskThere {
  task: TaskRow | null;
  phase: string | null;
}

/** A status that stands in a document: one entry of `lockstep/marks`. */
export interface StatusMark {
  line: number;
  column: number;
  kind: string;
  status: string;
  category: Category;
}

/** A place where the status of a task stands. */
export interface Occurrence {
  path: string;
  line: number;
  column: number;
  kind: string;
  text: string;
  status: string | null;
}

/** A phase of a task's newest plan. */
export interface Phase {
  number: string;
  title: string;
  status: string | null;
  category: Category | null;
}

/** A task with everything that is known of it. */
export interface TaskReport extends TaskRow {
  /** Names what all of this says of its status. */
  rev: string;
  depends: string[];
  occurrences: Occurrence[];
  phases: Phase[];
}

/** Answer of `lockstep/tasks`. */
export interface TaskList<T extends TaskRow = TaskRow> {
  schema: number;
  tasks: T[];
  next_cursor?: string | null;
}

/** Params of `lockstep/tasksChanged`. */
export interface TasksChanged {
  root: string;
  tasks: TaskRow[];
  removed: string[];
  /** Too much has changed: ask for everything again. */
  all?: boolean;
}

/** One status that a task might be given. */
export interface Transition {
  status: string;
  /** What people read for it. */
  title: string;
  category: Category;
  /** Whether it is the status now. */
  current: boolean;
  allowed: boolean;
  /** Why, or why not. */
  why: string;
  /** What the change needs beside the status, and the task lacks. */
  needs: string[];
  /** What it changes, where that was asked for. */
  changes?: PlaceReport[];
}

/** A place that a change alters. */
export interface PlaceReport {
  what: string;
  from: string;
  to: string;
  path: string;
}

/** Params of `lockstep/applied`. */
export interface Applied {
  transaction: string;
  label: string;
  files: string[];
  outcome: "applied" | "refused" | "in-part";
  message?: string;
}

/** Answer of a command that changes something: in the editor, or on disk. */
export interface CommandAnswer {
  transaction?: string | null;
  files?: string[];
  notes?: string[];
  schema?: number;
  results?: SetResult[];
}

/** What became of one task of a change on disk. */
export interface SetResult {
  task: string;
  from: string | null;
  to: string;
  outcome: "applied" | "would_apply" | "unchanged" | "refused";
  code: string | null;
  reason: string | null;
  remedy: string | null;
  files: string[];
}

/** The `data` of an error of the server. */
export interface Refusal {
  code: string;
  reason?: string | null;
  remedy?: string | null;
}

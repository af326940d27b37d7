//! How rows are read by people. Knows nothing of VS Code.

import type { Category, Progress, TaskRow } from "../protocol";

/** Every category, unfinished ones first: the order of groups and columns. */
export const CATEGORIES: readonly Category[] = ["active", "waiting", "open", "failed", "done", "dropped"];

/** The status as people read it, as the server's own titles are; what is written, where that is no status. */
export function statusWord(row: Pick<TaskRow, "status" | "marker">): string {
  return row.status === null ? (row.marker ?? "") : titleOf(row.status);
}

/** The id of a status in words, with a capital letter. */
export function titleOf(status: string): string {
  const words = status.replace(/[_-]/g, " ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A text of at most so many letters, so that what stands beside it is seen. */
export function shortened(text: string, most: number): string {
  const letters = [...text];
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join("").trimEnd()}…`;
}

/** `1/2`, or nothing where there are no parts. */
export function progressWord(progress: Progress | null | undefined): string {
  return progress && progress.total > 0 ? `${progress.done}/${progress.total}` : "";
}

/** The folder of a task's root, where there are several. */
export function rootWord(row: Pick<TaskRow, "root">): string {
  return row.root.split(/[/\\]/).at(-1) ?? "";
}

/** Whether the task is done or dropped. */
export function isFinished(row: Pick<TaskRow, "category">): boolean {
  return row.category === "done" || row.category === "dropped";
}

/** Whether places of the task contradict each other. */
export function isContradictory(row: TaskRow): boolean {
  return !row.agreed && !row.archived;
}

/** The parts that are there, with `separator` between them. */
export function joined(separator: string, ...parts: (string | false | null | undefined)[]): string {
  return parts.filter(Boolean).join(separator);
}

//! What language models are told of tasks and findings, in few words. Knows nothing of VS Code.

import type { TaskReport, TaskRow, Transition } from "../protocol";
import { progressWord } from "../tasks/words";

/** Which tasks are asked for: those that may begin, those that are worked on, those whose places disagree, or all. */
export type Which = "ready" | "active" | "drift" | "all";

/** Whether a task is among those. */
export function isWanted(which: Which): (row: TaskRow) => boolean {
  switch (which) {
    case "ready":
      return (row) => row.ready;
    case "active":
      return (row) => row.category === "active";
    case "drift":
      return (row) => !row.agreed;
    case "all":
      return () => true;
  }
}

/** A task of a list. Its root is named where there are several. */
export function taskLine(row: TaskRow, isOfSeveral: boolean): object {
  return withoutEmpty({
    id: row.id,
    title: row.title,
    status: row.status,
    at: row.path && `${row.path}:${row.line ?? 1}`,
    progress: progressWord(row.progress),
    holder: row.holder,
    agreed: row.agreed ? undefined : false,
    root: isOfSeveral ? row.root : undefined,
  });
}

/** A task with all that is known of it, and what may follow. */
export function taskInFull(task: TaskReport, transitions: readonly Transition[]): object {
  const places = task.occurrences.map(({ path, line, text }) => ({ at: `${path}:${line}`, text }));
  const allowed = transitions.filter((it) => it.allowed && !it.current);
  return withoutEmpty({
    ...taskLine(task, false),
    rev: task.rev,
    archived: task.archived || undefined,
    places,
    phases: task.phases.map(({ number, title, status }) => ({ phase: number, title, status })),
    depends: task.depends,
    findings: task.findings || undefined,
    next: allowed.map(({ status, needs }) => withoutEmpty({ status, needs })),
  });
}

/** What a change of status would do, a line for each place; the file first. */
export function changeLines({ changes }: Pick<Transition, "changes">): string[] {
  return (changes ?? []).map(({ path, what, from, to }) => `${path}: ${what} ${from} → ${to}`);
}

/** The members that say something. */
function withoutEmpty(all: Record<string, unknown>): object {
  const says = (value: unknown) => value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(all).filter(([, value]) => says(value)));
}

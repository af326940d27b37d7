//! In which order pickers show what can be picked. Knows nothing of VS Code.

import type { Phase, TaskRow, Transition } from "../protocol";
import { keyOf, type TaskKey } from "../tasks/store";
import { CATEGORIES, isFinished } from "../tasks/words";

/** The tasks of a picker: the one at the cursor, then those that are worked on, then those that can be, then the rest;
 * each as the server has them. */
export function orderedTasks(rows: readonly TaskRow[], atCursor?: TaskKey): { first?: TaskRow; rest: TaskRow[] } {
  const first = atCursor === undefined ? undefined : rows.find((row) => keyOf(row) === atCursor);
  const rest = rows.filter((row) => row !== first);
  rest.sort((a, b) => rank(a) - rank(b));
  return first ? { first, rest } : { rest };
}

function rank(row: TaskRow): number {
  const at = row.category ? CATEGORIES.indexOf(row.category) : -1;
  return at < 0 ? CATEGORIES.length : at;
}

/** The statuses of a picker: what is allowed, then what is not. The status of now is neither. */
export function orderedStatuses(all: readonly Transition[]): { allowed: Transition[]; others: Transition[] } {
  const other = all.filter((it) => !it.current);
  return { allowed: other.filter((it) => it.allowed), others: other.filter((it) => !it.allowed) };
}

/** The phases of a picker: the one at the cursor, then those that are not finished. */
export function orderedPhases(phases: readonly Phase[], atCursor?: string | null): Phase[] {
  const rankOf = (phase: Phase): number => (phase.number === atCursor ? 0 : isFinished(phase) ? 2 : 1);
  return [...phases].sort((a, b) => rankOf(a) - rankOf(b));
}

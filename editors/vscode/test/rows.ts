//! Made-up rows for tests.

import type { TaskRow, Transition } from "../src/protocol";

/** A row of the root `/r`. Its order is its id. */
export function row(id: string, more: Partial<TaskRow> = {}): TaskRow {
  const plain = { root: "/r", id, title: `Task ${id}`, status: "planned", category: "open" as const };
  return { ...plain, agreed: true, archived: false, order: Number(id), ...more };
}

/** A status that is allowed. */
export function transition(status: string, more: Partial<Transition> = {}): Transition {
  return { status, allowed: true, why: "allowed", current: false, needs: [], ...more };
}

//! Made-up rows for tests.

import type { TaskRow, Transition } from "../src/protocol";

/** A row of the root `/r`. Its order is its id. */
export function row(id: string, more: Partial<TaskRow> = {}): TaskRow {
  return {
    root: "/r",
    id,
    title: `Task ${id}`,
    status: "planned",
    category: "open",
    marker: "[PLANNED]",
    agreed: true,
    archived: false,
    profile: "opencode",
    path: "TODO.md",
    line: 1,
    column: 1,
    progress: null,
    findings: 0,
    ready: false,
    parent: null,
    order: id.padStart(5, "0"),
    ...more,
  };
}

/** A status that is allowed. */
export function transition(status: string, more: Partial<Transition> = {}): Transition {
  return { status, title: status, category: "open", current: false, allowed: true, why: "allowed", needs: [], ...more };
}

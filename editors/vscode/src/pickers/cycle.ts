//! What *Toggle*, *Start* and *Complete* choose among the statuses that a task may have. Knows nothing of VS Code.

import type { Category, Transition } from "../protocol";

/** What follows each category in the circle open → active → done, the nearest first. */
const FOLLOWING: Readonly<Record<Category, readonly Category[]>> = {
  open: ["active", "done"],
  active: ["done", "open"],
  waiting: ["active", "open", "done"],
  failed: ["active", "open"],
  done: ["open", "active"],
  dropped: ["open", "active"],
};

/** The statuses of one category, or why there are none. */
export interface Choice {
  /** Those that are allowed, in the order of the profile. */
  allowed: Transition[];
  /** Why the others are not. */
  why: string[];
}

/** The statuses of `category` that may follow now. */
export function choiceOf(category: Category, all: readonly Transition[]): Choice {
  const ofIt = all.filter((it) => it.category === category && !it.current);
  return {
    allowed: ofIt.filter((it) => it.allowed),
    why: [...new Set(ofIt.filter((it) => !it.allowed).map((it) => it.why))],
  };
}

/** The status that follows in the circle: of the first category that has any, one that needs nothing else if there is
 * one. */
export function nextInCycle(now: Category | null, all: readonly Transition[]): { next?: Transition; why: string[] } {
  const why: string[] = [];
  for (const category of FOLLOWING[now ?? "open"]) {
    const choice = choiceOf(category, all);
    const next = choice.allowed.find((it) => it.needs.length === 0) ?? choice.allowed[0];
    if (next) {
      return { next, why: [] };
    }
    why.push(...choice.why);
  }
  return { why: [...new Set(why)] };
}

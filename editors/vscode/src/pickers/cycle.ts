//! What *Start* and *Complete* choose among the statuses that a task may have. Knows nothing of VS Code.

import type { Category, Transition } from "../protocol";

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

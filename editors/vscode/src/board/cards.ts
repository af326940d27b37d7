//! What the board shows of a task. Knows nothing of VS Code.

import { basename } from "node:path";
import type { TaskRow, Transition } from "../protocol";
import { keyOf } from "../tasks/store";
import { statusWord } from "../tasks/words";
import type { Card, Choice, KnownStatus } from "./messages";

/** Makes cards of rows, as one window sees them. */
export class CardMaker {
  readonly #ranks = new Map<string, number>();

  /** `rows` in their order: it is that of the roots, too. */
  constructor(rows: readonly TaskRow[] = []) {
    for (const { root } of rows) {
      this.#rank(root);
    }
  }

  /** Whether the window has several roots. */
  get isSeveral(): boolean {
    return this.#ranks.size > 1;
  }

  /** The card of a task; none where it is put away. */
  card(row: TaskRow): Card | undefined {
    const rank = this.#rank(row.root);
    if (row.archived) {
      return undefined;
    }
    const { id, title, status, category, findings, agreed, ready, order } = row;
    return {
      key: keyOf(row),
      ...{ id, title, status, category, findings, agreed, ready },
      statusWord: statusWord(row),
      progress: row.progress && row.progress.total > 0 ? row.progress : null,
      holder: row.holder ?? null,
      folder: this.isSeveral ? basename(row.root) : null,
      place: row.path,
      ...{ rank, order },
    };
  }

  #rank(root: string): number {
    const rank = this.#ranks.get(root) ?? this.#ranks.size;
    this.#ranks.set(root, rank);
    return rank;
  }
}

/** A status as the head of a column. */
export function knownStatus({ status, title, category }: Transition): KnownStatus {
  return { status, title, category };
}

/** A status that a task may be given, or not. */
export function choice(transition: Transition): Choice {
  const { allowed, why, current, needs } = transition;
  return { ...knownStatus(transition), allowed, why, current, needs };
}

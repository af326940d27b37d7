//! What the board shows of a task. Knows nothing of VS Code.

import { basename } from "node:path";
import type { TaskRow, Transition } from "../protocol";
import { keyOf } from "../tasks/store";
import type { Card, Category, Choice, KnownStatus } from "./messages";

/** Makes cards of rows, as one window sees them. */
export class CardMaker {
  readonly #ranks = new Map<string, number>();
  readonly #categories = new Map<string, Category>();

  /** `rows` in their order: it is that of the roots, too. */
  constructor(rows: readonly TaskRow[] = []) {
    for (const row of rows) {
      this.#learn(row);
    }
  }

  /** Whether the window has several roots. */
  get isSeveral(): boolean {
    return this.#ranks.size > 1;
  }

  /** The card of a task; none where it is put away. */
  card(row: TaskRow): Card | undefined {
    const rank = this.#learn(row);
    if (row.archived) {
      return undefined;
    }
    return {
      key: keyOf(row),
      id: row.id,
      title: row.title,
      status: row.status,
      category: row.category,
      marker: row.marker ?? readable(row.status ?? ""),
      progress: row.progress && row.progress.total > 0 ? row.progress : null,
      findings: row.findings ?? 0,
      agreed: row.agreed,
      ready: row.ready ?? false,
      holder: row.holder ?? null,
      folder: this.isSeveral ? basename(row.root) : null,
      place: row.path ? (row.line ? `${row.path}:${row.line}` : row.path) : null,
      rank,
      order: row.order ?? row.line ?? 0,
    };
  }

  /** A status that a task may be given. What an older server leaves out is known from other tasks. */
  choice(transition: Transition, current: string | null | undefined): Choice {
    return {
      ...this.status(transition),
      allowed: transition.allowed,
      why: transition.why,
      current: transition.current ?? transition.status === current,
      needs: transition.needs ?? [],
    };
  }

  /** A status as the head of a column. */
  status({ status, title, category }: Transition): KnownStatus {
    return {
      status,
      title: title && title !== status ? title : readable(status),
      category: category ?? this.#categories.get(status) ?? null,
    };
  }

  #learn({ root, status, category }: TaskRow): number {
    if (status !== null && category !== null) {
      this.#categories.set(status, category);
    }
    const rank = this.#ranks.get(root) ?? this.#ranks.size;
    this.#ranks.set(root, rank);
    return rank;
  }
}

/** `not_started` as people write it: the title of a status that has none. */
function readable(id: string): string {
  const words = id.replace(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

//! Which columns there are, and which of them a card is in.

import { CATEGORIES, type Card, type Category, type KnownStatus } from "../../src/board/messages";

/** What columns are made of. */
export type Grouping = "category" | "status";

/** A column without its cards. */
export interface Head {
  id: string;
  title: string;
  category: Category | null;
}

/** The column of cards whose status is not known. */
export const UNKNOWN = "?";

/** The column that a status belongs to. */
export function columnOf(by: Grouping, it: { status: string | null; category: Category | null }): string {
  return (by === "category" ? it.category : it.status) ?? UNKNOWN;
}

/**
 * The columns, from what is open to what is dropped. All categories are there, of the statuses those that
 * the profiles or the cards have; `names` are the titles of categories and of `UNKNOWN`.
 */
export function headsOf(
  by: Grouping,
  statuses: readonly KnownStatus[],
  cards: Iterable<Card>,
  names: Record<string, string>,
): Head[] {
  const heads = by === "category" ? ofCategories(names) : ofStatuses(statuses);
  const known = new Set(heads.map((head) => head.id));
  for (const card of cards) {
    const id = columnOf(by, card);
    if (known.has(id)) continue;
    known.add(id);
    const title = id === UNKNOWN ? (names[UNKNOWN] ?? id) : card.statusWord || id;
    heads.push({ id, title, category: id === UNKNOWN ? null : card.category });
  }
  const rank = ({ category }: Head): number => (category === null ? -1 : CATEGORIES.indexOf(category));
  return heads.sort((a, b) => rank(a) - rank(b));
}

function ofCategories(names: Record<string, string>): Head[] {
  return CATEGORIES.map((id) => ({ id, title: names[id] ?? id, category: id }));
}

/** Statuses of several profiles that have one id share a column. */
function ofStatuses(statuses: readonly KnownStatus[]): Head[] {
  const heads = new Map<string, Head>();
  for (const { status, title, category } of statuses) {
    if (!heads.has(status)) heads.set(status, { id: status, title, category });
  }
  return [...heads.values()];
}

//! The order of cards in a column.

import type { Card } from "../../src/board/messages";

/** Below, at or above zero, as `a` stands before, with or after `b`. */
export function compare(a: Card, b: Card): number {
  return a.rank - b.rank || compareText(a.order, b.order) || compareText(a.key, b.key);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Where `card` stands in `sorted`, or where it would have to be put. */
export function placeOf(sorted: readonly Card[], card: Card): { index: number; found: boolean } {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = compare(sorted[middle]!, card);
    if (at === 0) return { index: middle, found: true };
    if (at < 0) low = middle + 1;
    else high = middle;
  }
  return { index: low, found: false };
}

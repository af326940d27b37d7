//! Which cards of a long column have to be in the page.

/** What the heights of a column's cards add up to: where each begins, and at the end where the last one ends. */
export type Tops = Float64Array;

/** Where each card begins. */
export function topsOf(count: number, heightOf: (index: number) => number): Tops {
  const tops = new Float64Array(count + 1);
  let top = 0;
  for (let index = 0; index < count; index += 1) {
    top += heightOf(index);
    tops[index + 1] = top;
  }
  return tops;
}

/** The height of all cards together. */
export function heightOf(tops: Tops): number {
  return tops[tops.length - 1] ?? 0;
}

/** The card at a height; the first or the last one where it is outside. */
export function indexAt(tops: Tops, height: number): number {
  const count = tops.length - 1;
  let [low, high] = [0, Math.max(count - 1, 0)];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (tops[middle]! <= height) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** From which card to which, the latter excluded. */
export interface Window {
  from: number;
  to: number;
}

/** What is in view, and `margin` above and below it. */
export function windowOf(tops: Tops, scrolled: number, view: number, margin: number): Window {
  const count = tops.length - 1;
  if (count <= 0) return { from: 0, to: 0 };
  return {
    from: indexAt(tops, scrolled - margin),
    to: indexAt(tops, scrolled + view + margin) + 1,
  };
}

/** How far to scroll, so that a card is in view with `margin` around it: as little as possible. */
export function scrolledTo(
  tops: Tops,
  index: number,
  scrolled: number,
  view: number,
  margin: number,
): number {
  const [top, bottom] = [tops[index] ?? 0, tops[index + 1] ?? 0];
  const furthest = Math.max(heightOf(tops) - view, 0);
  if (top - margin < scrolled) return Math.min(Math.max(top - margin, 0), furthest);
  if (bottom + margin > scrolled + view) return Math.min(Math.max(bottom + margin - view, 0), furthest);
  return scrolled;
}

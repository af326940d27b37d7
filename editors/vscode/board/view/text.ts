//! Words and numbers as they are shown.

import type { Words } from "../../src/board/words";
import type { Card } from "../../src/board/messages";

/** `template` with `{0}`, `{1}` … filled in. */
export function filled(template: string, ...values: (string | number)[]): string {
  return template.replace(/\{(\d)\}/g, (whole, index: string) => String(values[Number(index)] ?? whole));
}

/** A number as people of the page's language write it. */
export function written(count: number): string {
  return count.toLocaleString(document.documentElement.lang);
}

/** How many tasks. */
export function tasks(words: Words, count: number): string {
  return count === 1 ? words.oneTask : filled(words.tasks, written(count));
}

/** How many findings. */
export function findings(words: Words, count: number): string {
  return count === 1 ? words.oneFinding : filled(words.findings, count);
}

/** What a card shows by drawings and numbers, in words. */
export function spoken(words: Words, card: Card, isWaiting: boolean): string {
  const parts: string[] = [];
  if (isWaiting) parts.push(words.waitingForServer);
  if (card.progress) parts.push(filled(words.progress, card.progress.done, card.progress.total));
  if (card.findings > 0) parts.push(findings(words, card.findings));
  if (!card.agreed) parts.push(words.disagrees);
  if (card.holder) parts.push(filled(words.heldBy, card.holder));
  if (card.folder) parts.push(filled(words.inFolder, card.folder));
  return parts.join(", ");
}

/** What a card shows when the pointer rests on it: what may not fit on it. */
export function tooltip(words: Words, card: Card): string {
  const lines = [`${card.id}  ${card.title}`];
  if (card.place) lines.push(card.place);
  const notes = [];
  if (card.findings > 0) notes.push(findings(words, card.findings));
  if (!card.agreed) notes.push(words.disagrees);
  if (card.holder) notes.push(filled(words.heldBy, card.holder));
  if (notes.length > 0) lines.push(notes.join(", "));
  return lines.join("\n");
}

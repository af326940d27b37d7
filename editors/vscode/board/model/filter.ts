//! The filter box: every word has to occur in what a card shows.

import type { Card } from "../../src/board/messages";

/** Whether a card is shown. */
export type Filter = (card: Card) => boolean;

/** The filter for what somebody typed. `#221` finds the id 221 alone. */
export function filterOf(typed: string): Filter {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return () => true;
  return (card) => words.every((word) => hasWord(card, word));
}

function hasWord(card: Card, word: string): boolean {
  if (word.startsWith("#") && word.length > 1) return card.id.toLowerCase() === word.slice(1);
  const shown = [card.id, card.title, card.statusWord, card.status, card.holder, card.folder];
  return shown.some((text) => text !== null && text.toLowerCase().includes(word));
}

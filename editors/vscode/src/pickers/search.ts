//! Finds tasks by what somebody types: only the best, as a list of ten thousand would stop whoever types. Knows nothing
//! of VS Code.

import type { TaskRow } from "../protocol";
import { statusWord } from "../tasks/words";

/** The best of `rows` for what is typed, at most `most`: the one of this id, then those whose ids begin so, then those
 * that hold every word, then those that hold its letters in order. Equals stay as they are. */
export function search(rows: readonly TaskRow[], typed: string, most: number): TaskRow[] {
  const text = typed.trim().toLowerCase();
  if (text === "") {
    return rows.slice(0, most);
  }
  const ranks: TaskRow[][] = [[], [], [], []];
  for (const row of rows) {
    ranks[rank(row, text)]?.push(row);
  }
  return ranks.flat().slice(0, most);
}

/** How well a row fits, from 0; more than any rank where it does not. */
function rank(row: TaskRow, text: string): number {
  const id = row.id.toLowerCase();
  if (id === text) {
    return 0;
  }
  if (id.startsWith(text)) {
    return 1;
  }
  const all = `${id}  ${row.title}  ${row.status ?? ""}  ${row.marker ?? ""}  ${statusWord(row)}`.toLowerCase();
  if (text.split(/\s+/).every((word) => all.includes(word))) {
    return 2;
  }
  return holdsInOrder(all, text) ? 3 : 4;
}

function holdsInOrder(all: string, letters: string): boolean {
  let at = 0;
  for (const letter of letters.replace(/\s+/g, "")) {
    at = all.indexOf(letter, at) + 1;
    if (at === 0) {
      return false;
    }
  }
  return true;
}

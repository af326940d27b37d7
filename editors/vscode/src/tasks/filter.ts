//! Which tasks somebody looks for. Knows nothing of VS Code.

import type { TaskRow } from "../protocol";
import { statusWord } from "./words";

/** Whether every word of `text` stands in the id, title or status of a task, in any case. */
export function matcher(text: string): (row: TaskRow) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return (row) => {
    const haystack = `${row.id} ${row.title} ${row.status ?? ""} ${row.marker ?? ""} ${statusWord(row)}`.toLowerCase();
    return words.every((word) => haystack.includes(word));
  };
}

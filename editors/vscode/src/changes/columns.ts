//! Columns: the server counts characters, VS Code code units. Knows nothing of VS Code.

/** How many code units the first `n` characters of a line have. */
export function codeUnits(line: string, n: number): number {
  let units = 0;
  for (const character of line) {
    if (n-- <= 0) {
      break;
    }
    units += character.length;
  }
  return units;
}

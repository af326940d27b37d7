// The tree of tasks.

import { until } from './until.js';

export class Tree {
  constructor(window) {
    this.window = window;
  }

  get page() {
    return this.window.page;
  }

  /** The pane whose header says `title`. */
  pane(title = 'Tasks') {
    return this.page.locator('.pane', { has: this.page.locator(`.pane-header[aria-label^="${title}"]`) }).first();
  }

  /** Its rows as a screen reader says them, from top to bottom. */
  async rows() {
    const rows = await this.pane().locator('.monaco-list-row').evaluateAll((all) =>
      all.map((row) => [Number.parseInt(row.style.top, 10), row.getAttribute('aria-label') ?? row.innerText, Number(row.getAttribute('aria-level'))]),
    );
    return rows.sort(([a], [b]) => a - b).map(([, said, level]) => ({ said, level }));
  }

  async row(pattern) {
    return until(`${pattern} in the tree`, async () => {
      const rows = await this.rows();
      const found = rows.find((row) => pattern.test(row.said));
      if (found === undefined) throw new Error(`there are ${JSON.stringify(rows)}`);
      return found;
    });
  }
}

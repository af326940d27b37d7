// The tree of tasks, below the files.

import { record, recorded } from './recorder.js';
import { until } from './until.js';

export class Tree {
  constructor(window) {
    this.window = window;
    this.pane = window.page.locator('.pane', { has: window.page.locator('.pane-header[aria-label^="Tasks"]') }).first();
  }

  /** Opens it out. */
  async open() {
    const header = this.pane.locator('.pane-header');
    await header.waitFor();
    if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
    await this.pane.locator('.monaco-list-row').first().waitFor();
  }

  /** Its rows as a screen reader says them, from top to bottom, each with how deep it is. */
  async rows() {
    return this.window.page.evaluate(painted);
  }

  async row(pattern) {
    return until(`${pattern} in the tree`, async () => {
      const rows = await this.rows();
      const found = rows.find((row) => pattern.test(row));
      if (found === undefined) throw new Error(`there are\n${rows.join('\n')}`);
      return found;
    });
  }

  /** Begins to write down all rows that are shown from now on. */
  async record() {
    await record(this.window.page, 'tree', painted);
  }

  /** What `record` has written down. */
  async recorded() {
    return recorded(this.window.page, 'tree');
  }
}

/** Runs in the page. */
function painted() {
  const header = document.querySelector('.pane-header[aria-label^="Tasks"]');
  const rows = [...(header?.closest('.pane').querySelectorAll('.monaco-list-row') ?? [])];
  rows.sort((a, b) => Number.parseInt(a.style.top, 10) - Number.parseInt(b.style.top, 10));
  return rows.map((row) => `${row.getAttribute('aria-level')} ${row.getAttribute('aria-label') ?? row.innerText}`);
}

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

  /** The element of a row, by the title of its task or heading. */
  element(title) {
    return this.pane.locator('.monaco-list-row', { hasText: title }).first();
  }

  /** Presses a button that a row shows while the mouse is over it. */
  async press(title, button) {
    const row = this.element(title);
    await row.hover();
    await row.locator(`.action-label[aria-label^="${button}"]`).click();
  }

  /** The buttons of the title, while the mouse is over it. */
  async buttons() {
    const header = this.pane.locator('.pane-header');
    await header.hover();
    return header.locator('.actions');
  }

  /** Presses a button of the title. */
  async pressTitle(button) {
    await (await this.buttons()).locator(`.action-label[aria-label^="${button}"]`).click();
  }

  /** What is said above the rows. */
  async message() {
    return (await this.pane.locator('.message').allInnerTexts()).join(' ').trim();
  }

  /** What the icon of the Explorer counts, as a screen reader says it. */
  async badge() {
    const badges = this.window.page.locator('.activitybar .badge[aria-label^="Explorer"]:visible');
    return (await badges.evaluateAll((all) => all.map((it) => it.getAttribute('aria-label')))).join();
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
  const said = (row) => (row.getAttribute('aria-label') ?? row.innerText).replaceAll('\u00a0', ' ');
  return rows.map((row) => `${row.getAttribute('aria-level')} ${said(row)}`);
}

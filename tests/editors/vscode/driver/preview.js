// The preview of an edit that is shown before it is made, with a box to tick for each file and each change of it.

import { until } from './until.js';

export class Preview {
  constructor(window) {
    this.panel = window.page.locator('.bulk-edit-panel');
  }

  /** Its files and changes, from top to bottom, and whether each is ticked. */
  async rows() {
    const rows = await this.panel.locator('.monaco-list-row').evaluateAll((all) =>
      all.map((row) => ({
        top: Number.parseInt(row.style.top, 10),
        said: row.getAttribute('aria-label'),
        ticked: row.querySelector('.edit-checkbox').getAttribute('aria-checked') === 'true',
      })),
    );
    return rows.sort((a, b) => a.top - b.top);
  }

  /** Waits until what is ticked, by position, is just that. */
  async shows(...ticked) {
    await until(`ticks ${ticked} in the preview`, async () => {
      const rows = await this.rows();
      if (rows.map((row) => row.ticked).join() === ticked.join()) return true;
      throw new Error(`there are ${JSON.stringify(rows)}`);
    });
  }

  /** Ticks what a screen reader says so. */
  async tick(said) {
    await this.panel.locator(`.monaco-list-row[aria-label^="${said}"] .edit-checkbox`).click();
  }

  async gone() {
    await this.panel.waitFor({ state: 'hidden' });
  }

  async press(button) {
    await this.panel.locator('.monaco-button', { hasText: new RegExp(`^${button}$`) }).click();
  }
}

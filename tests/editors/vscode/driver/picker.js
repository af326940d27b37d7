// The box at the top: the palette, files, tasks, statuses, a line of text.

import { until } from './until.js';

/** What stands in a picker that these keys open. */
const BEGINS = { F1: '>', 'Control+P': '' };

export class Picker {
  constructor(window) {
    this.window = window;
    this.box = window.page.locator('.quick-input-widget');
    this.input = this.box.locator('.quick-input-box input, .quick-input-filter input').first();
  }

  /** Opens one by its keys, and waits until it takes text. One that is open already is another: its text begins otherwise. */
  async open(keys, begins = BEGINS[keys]) {
    await until(`${keys} opens a picker`, async () => {
      if (!(await this.isOpen(begins))) {
        await this.window.press(keys);
        await this.input.waitFor({ timeout: 2000 });
      }
      return this.isOpen(begins);
    });
  }

  async isOpen(begins) {
    if (!(await this.input.isVisible())) return false;
    const text = await this.input.inputValue();
    return begins === '' ? text === '' : text.startsWith(begins);
  }

  /** Waits until one is shown that somebody else opened. */
  async shown() {
    await this.input.waitFor();
  }

  async gone() {
    await this.box.waitFor({ state: 'hidden' });
  }

  /** What is asked, where a title or a placeholder says so. */
  async question() {
    const title = await this.box.locator('.quick-input-title').innerText();
    const placeholder = await this.input.getAttribute('placeholder');
    const message = await this.box.locator('.quick-input-message').innerText();
    return [title, placeholder, message].filter((text) => text).join(' | ');
  }

  /** The text that one filters by, in the place of what is there. The palette keeps its `>`. */
  async filter(text) {
    const before = await this.input.inputValue();
    await this.input.fill(before.startsWith('>') ? `>${text}` : text);
  }

  /** The rows that are painted: label, what stands beside and below it. */
  async rows() {
    return this.box.locator('.monaco-list-row').evaluateAll((rows) =>
      rows.map((row) => {
        const text = (selector) => {
          const found = row.querySelector(selector);
          return found === null ? '' : found.textContent.replaceAll('\u00a0', ' ').trim();
        };
        return {
          label: text('.quick-input-list-label .label-name') || text('.label-name'),
          description: text('.label-description'),
          detail: text('.quick-input-list-label-meta'),
          said: row.getAttribute('aria-label') ?? '',
          separator: text('.quick-input-list-separator'),
        };
      }),
    );
  }

  /** Waits for a row whose label is `label`, or holds it if it is a RegExp. */
  async row(label) {
    const matches = (row) => (label instanceof RegExp ? label.test(row.label) : row.label === label);
    return until(`a row ${label} in the picker`, async () => (await this.rows()).find(matches));
  }

  /** Filters by a label, and takes the row that is just that. */
  async choose(label) {
    await this.filter(label);
    await this.row(label);
    await this.take(label);
  }

  /** Takes a row that is painted, by its label, with the keyboard. */
  async take(label) {
    const matches = (text) => (label instanceof RegExp ? label.test(text) : text === label);
    await until(`${label} has the focus`, async () => {
      const focused = this.box.locator('.monaco-list-row.focused .label-name').first();
      const text = (await focused.count()) === 0 ? '' : await focused.textContent();
      if (matches(text.replaceAll('\u00a0', ' ').trim())) return true;
      await this.window.press('ArrowDown');
      return false;
    });
    const before = await this.state();
    await this.window.press('Enter');
    await until(`${label} is taken`, async () => (await this.state()) !== before);
  }

  /** Presses a button of a row that is painted. */
  async press(label, button) {
    const row = this.box.locator('.monaco-list-row', { has: this.window.page.locator('.label-name', { hasText: label }) }).first();
    await row.hover();
    await row.locator(`.action-label[aria-label="${button}"]`).click();
  }

  /** What changes when it closes, or another takes its place. */
  async state() {
    if (!(await this.input.isVisible())) return 'closed';
    return `${await this.input.inputValue()} ${await this.input.getAttribute('placeholder')} ${await this.box.innerText()}`;
  }

  /** Answers a question for a line of text. */
  async answer(text) {
    await this.shown();
    await this.input.fill(text);
    await this.window.press('Enter');
  }

  async close() {
    await this.window.press('Escape');
    await this.gone();
  }
}

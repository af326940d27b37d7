// The Problems panel, and the count of problems.

import { record, recorded } from './recorder.js';
import { until } from './until.js';

export class Problems {
  constructor(window) {
    this.window = window;
    this.panel = window.page.locator('.markers-panel').first();
  }

  async open() {
    if (!(await this.panel.isVisible())) await this.window.press('Control+Shift+M');
    await this.panel.waitFor();
  }

  /** What is painted of the panel, files and findings, as a screen reader reads it. */
  async rows() {
    return this.window.page.evaluate(painted);
  }

  /** Waits until a row matches. */
  async row(pattern) {
    return until(`a problem ${pattern}`, async () => {
      const rows = await this.rows();
      const found = rows.find((row) => pattern.test(row));
      if (found === undefined) throw new Error(`there are\n${rows.join('\n')}`);
      return found;
    });
  }

  /** Waits until no row matches. */
  async without(pattern) {
    await until(`no problem ${pattern}`, async () => !(await this.rows()).some((row) => pattern.test(row)));
  }

  /** Errors, warnings and infos of the whole window, as the status bar counts them. */
  async counts() {
    const said = await this.window.statusBar.said('status.problems');
    const number = (word) => Number(new RegExp(`${word}: (\\d+)`).exec(said)?.[1] ?? 0);
    return { errors: number('Errors'), warnings: number('Warnings'), infos: number('Infos') };
  }

  /** Waits until there are just so many. */
  async count(wanted) {
    await until(`problems: ${JSON.stringify(wanted)}`, async () => {
      const counts = await this.counts();
      if (Object.entries(wanted).every(([key, value]) => counts[key] === value)) return true;
      throw new Error(`there are ${JSON.stringify(counts)}`);
    });
  }

  /** Begins to write down all rows that are shown from now on. */
  async record() {
    await record(this.window.page, 'problems', painted);
  }

  /** What `record` has written down. */
  async recorded() {
    return recorded(this.window.page, 'problems');
  }
}

/** Runs in the page. */
function painted() {
  const rows = [...document.querySelectorAll('.markers-panel .monaco-list-row')];
  rows.sort((a, b) => Number.parseInt(a.style.top, 10) - Number.parseInt(b.style.top, 10));
  return rows.map((row) => row.getAttribute('aria-label') ?? row.innerText);
}

// The board: a page of the extension inside the workbench, two frames deep.

import { record, recorded } from './recorder.js';
import { until } from './until.js';

export class Board {
  constructor(window) {
    this.window = window;
  }

  /** Opens it from the palette, and waits for its cards. */
  async open() {
    await this.window.statusBar.showsTasks();
    await this.window.run('Lockstep: Open Board');
    await this.card('7');
  }

  /** The frame that holds the cards. */
  async frame() {
    return until('the board', async () => {
      for (const frame of this.window.page.frames()) {
        if (frame.isDetached() || !frame.url().startsWith(this.origin)) continue;
        if ((await frame.locator('.card').count()) > 0) return frame;
      }
      return undefined;
    });
  }

  /** The start of the addresses of pages inside the workbench. */
  get origin() {
    return new URL(this.window.page.url()).origin;
  }

  /** A card, by the id of its task. */
  async card(id) {
    const frame = await this.frame();
    const card = frame.locator('.card', { has: frame.locator('.card-id', { hasText: new RegExp(`^${id}$`) }) }).first();
    await card.waitFor();
    return card;
  }

  /** A column, by its title. */
  async column(title) {
    const frame = await this.frame();
    return frame.locator('.column', { has: frame.locator('.column-title', { hasText: new RegExp(`^${title}$`, 'i') }) }).first();
  }

  /** The cards of each column, by the ids of their tasks. */
  async cards() {
    const frame = await this.frame();
    return frame.evaluate(painted);
  }

  /** Begins to write down the cards of each column that are shown from now on. */
  async record() {
    await record(await this.frame(), 'board', painted);
  }

  /** What `record` has written down. */
  async recorded() {
    return recorded(await this.frame(), 'board');
  }

  /** Waits until a card stands in a column. */
  async shows(id, title) {
    await until(`task ${id} in ${title}`, async () => {
      const cards = await this.cards();
      if (cards[title]?.includes(id)) return true;
      throw new Error(`the board shows ${JSON.stringify(cards)}`);
    });
  }
}

/** Runs in the board. */
function painted() {
  const columns = [...document.querySelectorAll('.column')];
  const ids = (column) => [...column.querySelectorAll('.card-id')].map((id) => id.textContent);
  return Object.fromEntries(columns.map((column) => [column.querySelector('.column-title').textContent, ids(column)]));
}

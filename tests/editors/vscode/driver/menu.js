// The menus that a right click opens.

import { until } from './until.js';

export class Menu {
  constructor(window) {
    this.window = window;
    this.items = window.page.locator('.monaco-menu a.action-menu-item');
  }

  /** Opens that of an element by the right button of the mouse. */
  async open(element) {
    await element.click({ button: 'right' });
    await this.items.first().waitFor();
  }

  /** What is offered, from top to bottom; what a submenu offers once that is open. */
  async titles() {
    const titles = await this.items.locator('> .action-label').allInnerTexts();
    return titles.map((title) => title.trim());
  }

  /** Takes an entry by its title, behind the title of a submenu where it stands in one. The mouse is over it and a key
   * takes it: buttons of the mouse do nothing in a menu that was opened just now. */
  async choose(...titles) {
    const last = titles.pop();
    for (const title of titles) {
      await this.#item(title).hover();
      await this.#item(last).waitFor();
    }
    await this.#item(last).hover();
    await this.#item(last, '.focused').waitFor();
    await this.window.press('Enter');
    await until(`${last} is taken`, async () => (await this.items.count()) === 0);
  }

  /** Opens a submenu, and gives what it offers. */
  async submenu(title) {
    const before = await this.titles();
    await this.#item(title).hover();
    return until(`a submenu of ${title}`, async () => {
      const added = (await this.titles()).filter((it) => !before.includes(it));
      return added.length > 0 && added;
    });
  }

  async close() {
    await until('no menu', async () => {
      if ((await this.items.count()) === 0) return true;
      await this.window.press('Escape');
      return false;
    });
  }

  #item(title, state = '') {
    const label = this.window.page.locator('> .action-label', { hasText: new RegExp(`^\\s*${title}\\s*$`) });
    return this.window.page.locator(`.monaco-menu .action-item${state} > a.action-menu-item`).filter({ has: label }).first();
  }
}

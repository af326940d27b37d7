// The line at the bottom.

import { until } from './until.js';

export class StatusBar {
  constructor(window) {
    this.window = window;
  }

  item(id) {
    return this.window.page.locator(`.statusbar-item[id="${id}"]`);
  }

  /** What an item shows. */
  async text(id) {
    return this.item(id).innerText();
  }

  /** What a screen reader says of an item. */
  async said(id) {
    return (await this.item(id).getAttribute('aria-label')) ?? '';
  }

  /** Waits until the extension shows that there are tasks: its commands are offered from then on. */
  async showsTasks() {
    await until('tasks in the status bar', async () => (await this.of('lockstep')).length > 0);
  }

  /** All items of an extension, by their text. */
  async of(extension) {
    const items = this.window.page.locator(`.statusbar-item[id^="${extension}"]`);
    return (await items.allInnerTexts()).map((text) => text.replaceAll('\u00a0', ' ').trim());
  }
}

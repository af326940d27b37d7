// The messages at the bottom right.

import { record, recorded } from './recorder.js';
import { until } from './until.js';

export class Messages {
  constructor(window) {
    this.window = window;
    this.toasts = window.page.locator('.notification-toast');
  }

  /** Those that are shown, with the buttons on them. */
  async all() {
    return this.window.page.evaluate(shown);
  }

  /** Begins to write down all that are shown from now on: they go by themselves after a while. */
  async record() {
    await record(this.window.page, 'messages', shown);
  }

  /** The texts that were shown since `record`, each once. */
  async recorded() {
    const seen = await recorded(this.window.page, 'messages');
    return [...new Set(seen.flatMap(({ value }) => value.map(({ text }) => text)))];
  }

  /** Waits for one that matches. */
  async one(pattern) {
    return until(`a message ${pattern}`, async () => {
      const all = await this.all();
      const found = all.find((message) => pattern.test(message.text));
      if (found === undefined) throw new Error(`there are ${JSON.stringify(all)}`);
      return found;
    });
  }

  /** Presses a button of a message. */
  async press(pattern, button) {
    await this.one(pattern);
    const toast = this.toasts.filter({ hasText: pattern });
    await toast.locator('.monaco-button', { hasText: button }).first().click();
  }

  async dismiss() {
    await this.window.run('Notifications: Clear All Notifications');
    await until('no messages', async () => (await this.toasts.count()) === 0);
  }
}

/** Runs in the page. */
function shown() {
  const text = (element) => (element?.textContent ?? '').replaceAll('\u00a0', ' ').trim();
  return [...document.querySelectorAll('.notification-toast')].map((toast) => ({
    text: text(toast.querySelector('.notification-list-item-message')),
    buttons: [...toast.querySelectorAll('.notification-list-item-buttons-container .monaco-button')].map(text),
  }));
}

// The messages at the bottom right.

import { until } from './until.js';

export class Messages {
  constructor(window) {
    this.window = window;
    this.toasts = window.page.locator('.notification-toast');
  }

  /** Those that are shown, with the buttons on them. */
  async all() {
    return this.toasts.evaluateAll((toasts) =>
      toasts.map((toast) => ({
        text: (toast.querySelector('.notification-list-item-message')?.textContent ?? '').replaceAll('\u00a0', ' ').trim(),
        buttons: [...toast.querySelectorAll('.notification-list-item-buttons-container .monaco-button')].map((button) => button.textContent.trim()),
      })),
    );
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

// The board in a browser, with the made-up host: what its tests read and do.

import { launch } from '../driver/browser.js';
import { tool } from '../driver/install.js';
import { serveBoard } from './fixture.js';

/** Starts a browser and a server for all tests of a file. */
export async function start() {
  const [served, browser] = await Promise.all([serveBoard(), launch()]);
  return {
    served,
    browser,
    /** The board in a window of its own, once it shows its cards. */
    async open(settings = {}, viewport = { width: 1280, height: 760 }) {
      const context = await browser.newContext({ viewport });
      const board = new OpenBoard(await context.newPage());
      await board.page.goto(served.address(settings));
      await board.shown(settings.cards === 0 ? '.notice' : '.card');
      return board;
    },
    async end() {
      await browser.close();
      await served.close();
    },
  };
}

export class OpenBoard {
  constructor(page) {
    this.page = page;
    this.faults = [];
    page.on('pageerror', (error) => this.faults.push(String(error)));
  }

  async close() {
    await this.page.context().close();
  }

  shown(selector) {
    return this.page.locator(selector).first().waitFor();
  }

  column(id) {
    return this.page.locator(`[data-column="${id}"]`);
  }

  /** The card of a task, where it is in the page. */
  card(id) {
    return this.page.locator(`.sheet > .card[data-key="/r\\a ${id}"]`);
  }

  zone(status) {
    return this.page.locator(`.zone[data-status="${status}"]`);
  }

  /** Which column a card is in; null where it is not in the page. */
  columnOf(id) {
    return this.page.evaluate((key) => {
      const card = [...document.querySelectorAll('.sheet > .card')].find((it) => it.dataset.key === key);
      return card?.closest('[data-column]').dataset.column ?? null;
    }, `/r\n${id}`);
  }

  /** The id of the card that has the focus: the active descendant of the focused list. */
  focused() {
    return this.page.evaluate(() => {
      const active = document.activeElement?.getAttribute('aria-activedescendant');
      const node = active ? document.getElementById(active) : null;
      return node?.dataset.key?.split('\n')[1] ?? node?.dataset.status ?? null;
    });
  }

  message() {
    return this.page.locator('.footer-message').innerText();
  }

  /** What the page has told its host, of one type. */
  sent(type) {
    return this.page.evaluate((wanted) => window.host.sent.filter((it) => it.type === wanted), type);
  }

  /** Does something in the page with the made-up host, and waits until it was shown. */
  async host(action, argument) {
    await this.page.evaluate(action, argument);
    await this.settled();
  }

  /** Messages to the page and the frame after them are through. */
  settled() {
    return this.page.evaluate(async () => {
      await new Promise((resolve) => {
        const channel = new MessageChannel();
        channel.port1.onmessage = resolve;
        channel.port2.postMessage(0);
      });
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    });
  }

  /** Presses a card and carries it over something, in small steps as a hand does. */
  async carry(card, target) {
    await card.scrollIntoViewIfNeeded();
    const from = await card.boundingBox();
    await this.page.mouse.move(from.x + 30, from.y + 12);
    await this.page.mouse.down();
    await this.page.mouse.move(from.x + 40, from.y + 30, { steps: 3 });
    await this.over(target);
  }

  /** Carries the card on. */
  async over(target) {
    const to = await target.boundingBox();
    await this.page.mouse.move(to.x + to.width / 2, to.y + Math.min(to.height / 2, 60), { steps: 6 });
    await this.settled();
  }

  /** What axe finds wrong, in the form `rule: element`. */
  async violations() {
    await this.page.evaluate(tool('axe-core').source);
    const found = await this.page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`));
  }
}

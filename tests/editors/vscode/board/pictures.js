// Pictures of the board, to be looked at: every theme, and what happens while a card is moved.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { themes } from './fixture.js';
import { start } from './open.js';

const folder = process.argv[2];
mkdirSync(folder, { recursive: true });
const bench = await start();

/** A picture of a board after something was done on it. */
async function picture(name, settings, act = async () => {}, viewport = undefined) {
  const board = await bench.open(settings, viewport);
  await act(board);
  await board.settled();
  await board.page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
  await board.close();
}

const carried = async (board) => board.carry(board.card(7), board.column('waiting'));
const byStatus = (board) => board.page.getByRole('button', { name: 'Status', exact: true }).click();

try {
  for (const theme of themes) {
    await picture(theme, { theme }, (board) => board.card(20).click());
    await picture(`${theme}-drag`, { theme }, carried);
    await picture(`${theme}-refused`, { theme }, async (board) => {
      await board.carry(board.card(7), board.column('done'));
      await board.page.mouse.up();
    });
  }
  await picture('keyboard', { theme: 'dark' }, async (board) => {
    await board.card(23).click();
    await board.page.keyboard.press(' ');
  });
  await picture('waiting', { theme: 'dark' }, async (board) => {
    await board.page.evaluate(() => {
      window.host.outcome = null;
    });
    await carried(board);
    await board.page.mouse.up();
  });
  await picture('status', { theme: 'dark' }, byStatus);
  await picture('status-drag', { theme: 'light' }, async (board) => {
    await byStatus(board);
    await board.carry(board.card(20), board.column('planning'));
  });
  await picture('many', { theme: 'dark', cards: 10000 }, (board) =>
    board.column('done').locator('.cards').evaluate((list) => {
      list.scrollTop = 200000;
    }),
  );
  await picture('filtered', { theme: 'light' }, (board) => board.page.locator('.filter-box').fill('login'));
  await picture('empty', { theme: 'dark', cards: 0 });
  const narrow = { width: 360, height: 640 };
  await picture('narrow', { theme: 'light' }, undefined, narrow);
  await picture('narrow-drag', { theme: 'dark' }, carried, narrow);
} finally {
  await bench.end();
}

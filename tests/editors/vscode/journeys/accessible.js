// The board and the tree, as axe judges them.

import assert from 'node:assert/strict';

import { violations } from '../driver/axe.js';

export const title = 'axe finds nothing wrong with the board and the tree';

export async function walk(studio) {
  const window = await studio.open(studio.workspace());
  await window.tree.open();
  await window.page.evaluate(() => {
    const header = document.querySelector('.pane-header[aria-label^="Tasks"]');
    header.closest('.pane').querySelector('.pane-body').id = 'tasks-of-lockstep'; // the header is the workbench's own
  });
  assert.deepEqual(await violations(window.page, '#tasks-of-lockstep'), []);
  await window.board.open();
  const frame = await window.board.frame();
  assert.deepEqual(await violations(frame), []);
  const card = await window.board.card('7');
  await card.click();
  await window.press('Space');
  await frame.locator('[data-status]').first().waitFor();
  assert.deepEqual(await violations(frame), [], 'while a card is being moved');
}

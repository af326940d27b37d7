// The board, with a card picked up.

import { files } from './workspace.js';

export const name = 'board';
export const size = { width: 1200, height: 600 };

export async function take(studio, options) {
  const folder = studio.bare(files(true), 'notes');
  const window = await studio.open(folder, options);
  await window.board.open();
  await window.press('Control+B');
  const { mouse } = window.page;
  const card = await (await window.board.card('10')).boundingBox();
  const column = await (await window.board.column('Active')).boundingBox();
  await mouse.move(card.x + 60, card.y + 30);
  await mouse.down();
  await mouse.move(column.x + column.width / 2, column.y + 150, { steps: 8 });
  const frame = await window.board.frame();
  await frame.locator('[data-status="implementing"]').waitFor();
  return window;
}

// A card of the board is dragged to another column.

import { IMPLEMENTING, say } from './files.js';

export const title = 'a card that is dragged to another column changes its task in every file';

export async function walk(studio) {
  const folder = studio.workspace();
  await studio.lockstep(folder, ['fix', '7', '--yes']);
  const window = await studio.open(folder);
  await window.board.open();
  await window.board.shows('7', 'Open');
  await drag(window, '7', 'Active', /implementing/i);
  await window.board.shows('7', 'Active');
  await say(folder, IMPLEMENTING);
  await window.saved();
}

/** Drags a card by the mouse over a column, and there to a status. */
async function drag(window, id, column, status) {
  const { mouse } = window.page;
  const middle = async (locator) => {
    const box = await locator.boundingBox();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const target = await window.board.column(column);
  await mouse.move(...(await middle(await window.board.card(id))));
  await mouse.down();
  await mouse.move(...(await middle(target)), { steps: 8 });
  const zone = target.locator('[data-status]', { hasText: status }).first();
  await zone.waitFor();
  await mouse.move(...(await middle(zone)), { steps: 4 });
  await mouse.up();
}

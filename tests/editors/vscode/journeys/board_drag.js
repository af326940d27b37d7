// A card of the board is dragged to another column.

import { IMPLEMENTING, say } from './files.js';

export const title = 'a card that is dragged to another column changes its task in every file';

export async function walk(studio) {
  const folder = studio.workspace();
  await studio.lockstep(folder, ['fix', '7', '--yes']);
  const window = await studio.open(folder);
  await window.board.open();
  await window.board.shows('7', 'Open');

  await drag(window, '7', 'Done');
  const frame = await window.board.frame();
  await frame.getByText(/completed may not follow planned|cannot become Completed/i).first().waitFor();
  await window.board.shows('7', 'Open');

  // Two statuses of that column are allowed: it opens, and asks which.
  await drag(window, '7', 'Active');
  await frame.locator('[data-status="implementing"]').click();
  await window.board.shows('7', 'Active');
  await say(folder, IMPLEMENTING);
  await window.saved();
}

/** Drags a card by the mouse over a column, and lets it go there. */
async function drag(window, id, column) {
  const { mouse } = window.page;
  const middle = async (locator) => {
    const box = await locator.boundingBox();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const card = await window.board.card(id);
  const target = await window.board.column(column);
  await mouse.move(...(await middle(card)));
  await mouse.down();
  await mouse.move(...(await middle(target)), { steps: 8 });
  await mouse.up();
}

// A card of the board is moved by the keyboard alone, with a reason.

import { until } from '../driver/until.js';
import { STATE, TODO, say } from './files.js';

export const title = 'a card is moved by keyboard to a status that asks for a reason, and Escape leaves it where it is';

export async function walk(studio) {
  const folder = studio.workspace();
  await studio.lockstep(folder, ['fix', '7', '--yes']);
  const window = await studio.open(folder);
  await window.board.open();
  const card = await window.board.card('7');
  await card.click();

  await window.press('Space');
  await window.press('Escape');
  await window.board.shows('7', 'Open');

  const frame = await window.board.frame();
  await window.press('Space');
  const aimed = frame.locator('.zone.is-aimed .zone-title');
  await until('Blocked is aimed at', async () => {
    if ((await aimed.allInnerTexts()).join(' ') === 'Blocked') return true;
    await window.press('ArrowRight');
    return false;
  });
  await window.press('Enter');
  await window.picker.answer('no designer');
  await say(folder, { [TODO]: /\[BLOCKED\][^]*no designer/, [STATE]: /"project_number": 7,[^}]*"status": "blocked"/ });
  await window.board.shows('7', 'Waiting');
  await window.saved();
}

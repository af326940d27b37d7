// A card of the board is moved by the keyboard alone, with a reason.

import assert from 'node:assert/strict';

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
  await frame.locator('[data-status]').first().waitFor();
  const aimed = frame.locator('[data-status].is-aimed, [data-status][aria-selected="true"], [data-status].is-over');
  for (let step = 0; step < 12; step += 1) {
    const text = (await aimed.allInnerTexts()).join(' ');
    if (/blocked/i.test(text)) break;
    await window.press('ArrowRight');
  }
  assert.match((await aimed.allInnerTexts()).join(' '), /blocked/i);
  await window.press('Enter');
  await window.picker.answer('no designer');
  await say(folder, { [TODO]: /\[BLOCKED\][^]*no designer/, [STATE]: /"project_number": 7,[^}]*"status": "blocked"/ });
  await window.board.shows('7', 'Waiting');
  await window.saved();
}

// The menu of a card of the board, in a folder where commands write to disk.

import assert from 'node:assert/strict';

import { until } from '../driver/until.js';
import { IMPLEMENTING, PLAN, STATE, TODO, place, say } from './files.js';

export const title = 'the menu of a card means the task of that card, and what is done on disk is told in words and undone';

const PLANNED = { [TODO]: /7\. Add login[^#]*\[PLANNED\]/, [STATE]: /"project_number": 7,[^}]*"status": "planned"/ };

export async function walk(studio) {
  const folder = studio.workspace({ '.vscode/settings.json': JSON.stringify({ 'lockstep.commit': 'disk' }) });
  const window = await studio.open(folder);
  const { menu, picker } = window;
  await window.board.open();
  // Another card is selected, and another text was looked at last.
  await (await window.board.card('8')).click();
  const choose = async (entry) => {
    await menu.open(await window.board.card('7'));
    await menu.choose(entry);
  };
  await choose('Fix This Task');
  await say(folder, PLANNED);

  await choose('Set Task Status…');
  await until('statuses of task 7', async () => /^7 Add login/.test(await picker.question()));
  await picker.row('Implementing');
  await picker.take('Implementing');
  await say(folder, IMPLEMENTING);
  await window.messages.one(/^Set task 7 to Implementing: 4 files$/);
  await window.board.shows('7', 'Active');
  await window.run('Lockstep: Undo Last Status Change');
  await window.messages.one(/^Undone: Set task 7 to Implementing$/);
  await say(folder, PLANNED);
  await window.board.shows('7', 'Open');

  await choose('Toggle');
  await window.board.shows('7', 'Active');
  await say(folder, IMPLEMENTING);
  await choose('Show Task Across Files');
  await until('the places of task 7', async () => (await picker.rows()).some(({ description: at }) => at.startsWith(PLAN)));
  assert.equal(await window.page.locator('.quick-input-widget .codicon-warning').count(), 0, 'no place contradicts another');
  await picker.close();
  await window.board.shows('7', 'Active');
  await choose('Go to Task…');
  await window.editor.at(...place(folder, TODO, '7. Add login'));
  assert.deepEqual(await window.dialogs(), []);
}

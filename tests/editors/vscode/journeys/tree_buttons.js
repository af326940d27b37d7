// What the mouse reaches in the tree of tasks: buttons of rows and of the title.

import assert from 'node:assert/strict';

import { until } from '../driver/until.js';
import { IMPLEMENTING, TODO, place, say } from './files.js';

export const title = 'the buttons of the tree do what their titles say, to the task that they are of';

export async function walk(studio) {
  const folder = studio.workspace();
  const window = await studio.open(folder);
  const { picker, tree } = window;
  await tree.open();
  await tree.row(/^2 7 +Add login 0\/2 .*Planned/);
  await until('a badge', async () => /1 task whose files contradict each other/.test(await tree.badge()));

  await tree.pressTitle('Filter Tasks…');
  await picker.answer('docs not');
  await until('only task 8', async () => (await tree.rows()).join('\n') === '1 Open 1\n2 8  Write docs Not started, Open');
  await until('how many match', async () => (await tree.message()) === '1 of 2 tasks match “docs not”');
  await tree.pressTitle('Clear Filter');
  await tree.row(/Add login/);
  await until('no message', async () => (await tree.message()) === '');

  await tree.press('Write docs', 'Go to Task');
  await window.editor.shows('TODO.md');
  await window.editor.at(...place(folder, TODO, '8. Write docs'));
  await tree.press('Add login', 'Start');
  await picker.row('Implementing');
  await picker.take('Implementing');
  await say(folder, IMPLEMENTING);
  await window.saved();
  await tree.row(/^1 Active 1/);
  await until('no badge', async () => (await tree.badge()) === '');
  await tree.press('Add login', 'Complete');
  await say(folder, { [TODO]: /7\. Add login[^#]*\[COMPLETED\]/ });
  assert.deepEqual(await window.dialogs(), []);
}

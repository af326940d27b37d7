// *Set Task Status…* with a status that needs a reason.

import assert from 'node:assert/strict';

import { until } from '../driver/until.js';
import { IMPLEMENTING, STATE, TODO, place, say } from './files.js';

export const title = 'Set Task Status… asks for a task, a status and a reason, and changes every file';

const BLOCKED = {
  [TODO]: /\*\*Status\*\*: \[BLOCKED\][^]*nobody can draw/,
  [STATE]: /"project_number": 7,[^}]*"status": "blocked"/,
};

export async function walk(studio) {
  const folder = studio.workspace();
  const window = await studio.open(folder);
  const { picker } = window;
  await window.problems.count({ warnings: 2 });
  await window.statusBar.showsTasks();

  await window.run('Lockstep: Set Task Status…');
  const row = await picker.row(/^7\b.*Add login/);
  assert.match(row.description, /planned/i, 'the status stands beside the task');
  for (const typed of ['planned login', '7 login', 'adlgn']) {
    await picker.filter(typed);
    await until(`${typed} finds task 7 alone`, async () => {
      const labels = (await picker.rows()).map(({ label }) => label).filter((label) => label !== '');
      return labels.length === 1 && /^7\b.*Add login/.test(labels[0]);
    });
  }
  await picker.take(/^7\b/);
  await picker.row('Implementing');
  await picker.filter('Completed');
  const refused = await picker.row('Completed');
  assert.match(refused.detail, /may not follow|cannot become/, 'it says why not');
  await picker.filter('');
  await picker.row('Implementing');
  await picker.take('Implementing');
  await say(folder, IMPLEMENTING);
  await window.saved();

  await window.editor.open(TODO, ...place(folder, TODO, '[NOT STARTED]'));
  await window.run('Lockstep: Set Task Status…');
  await picker.row(/^7\b/);
  const [first] = (await picker.rows()).filter(({ label }) => label !== '');
  assert.match(first.label, /^8\b/, 'the task at the cursor is first');
  await picker.take(/^7\b/);
  const blocked = await picker.row('Blocked');
  assert.match(blocked.description, /reason/, 'it says what it asks for');
  await picker.take('Blocked');
  await until('a reason is asked for', async () => /reason/i.test(await picker.question()));
  await picker.answer('nobody can draw');
  await say(folder, BLOCKED);
  await window.saved();
  assert.deepEqual(await window.dialogs(), []);
}

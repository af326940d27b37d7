// *Set Task Status…* with a status that needs a reason.

import assert from 'node:assert/strict';

import { IMPLEMENTING, STATE, TODO, place, say } from './files.js';

export const title = 'Set Task Status… asks for a task, a status and a reason, and changes every file';

const BLOCKED = {
  [TODO]: /\*\*Status\*\*: \[BLOCKED\][^]*nobody can draw/,
  [STATE]: /"project_number": 7,[^}]*"status": "blocked"/,
};

export async function walk(studio) {
  const folder = studio.workspace();
  const window = await studio.open(folder);
  await window.problems.count({ warnings: 2 });

  await window.run('Lockstep: Set Task Status…');
  const row = await window.picker.row(/^7\b.*Add login/);
  assert.match(row.label + row.description, /planned/i, 'the status stands beside the task');
  await window.picker.filter('login');
  await window.picker.take(/^7\b/);
  const allowed = await window.picker.row(/implementing/i);
  assert.equal(allowed.detail.includes('not allowed'), false);
  const refused = await window.picker.row(/completed/i);
  assert.notEqual(refused.detail, '', 'it says why not');
  await window.picker.take(/^\[?implementing/i);
  await say(folder, IMPLEMENTING);
  await window.saved();

  await window.editor.open(TODO, ...place(folder, TODO, '[IMPLEMENTING]'));
  await window.run('Lockstep: Set Task Status…');
  const rows = await window.picker.row(/^7\b/).then(() => window.picker.rows());
  assert.match(rows.find((it) => it.label !== '').label, /^7\b/, 'the task at the cursor is first');
  await window.picker.take(/^7\b/);
  await window.picker.row(/blocked/i);
  await window.picker.take(/^\[?blocked/i);
  await window.picker.shown();
  await window.picker.answer('nobody can draw');
  await say(folder, BLOCKED);
  await window.saved();
  assert.deepEqual(await window.dialogs(), []);
}

// A window on two folders, each with a task 7.

import assert from 'node:assert/strict';

import { IMPLEMENTING, say, texts } from './files.js';

export const title = 'a workspace of two folders keeps their tasks apart';

export async function walk(studio) {
  const [first, second] = [studio.workspace(), studio.workspace()];
  const workspace = JSON.stringify({ folders: [{ path: first }, { path: second }], settings: {} });
  const file = `${studio.bare({ 'both.code-workspace': workspace })}/both.code-workspace`;
  const window = await studio.open(file);
  await window.problems.count({ warnings: 4 });
  await window.tree.open();
  const rows = await window.tree.rows();
  assert.equal(rows.filter((row) => row.includes('Add login')).length, 2, rows.join('\n'));

  const before = texts(second);
  await window.run('Lockstep: Set Task Status…');
  await window.picker.row(/^7\b/);
  const sevens = (await window.picker.rows()).filter((row) => /^7\b/.test(row.label));
  assert.equal(sevens.length, 2);
  assert.notEqual(sevens[0].said, sevens[1].said, 'the two can be told apart');
  await window.picker.take(/^7\b/);
  await window.picker.row('Implementing');
  await window.picker.take('Implementing');
  await say(first, IMPLEMENTING);
  await window.saved();
  assert.deepEqual(texts(second), before, 'the other folder is as it was');
  await window.problems.count({ warnings: 2 });
}

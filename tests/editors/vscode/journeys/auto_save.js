// Auto save after a delay saves half a word: nothing is changed for it, and the fix is as one typed.

import assert from 'node:assert/strict';

import { until } from '../driver/until.js';
import { IMPLEMENTING, PLAN, PROJECT, STATE, TODO, disk, place, say, texts } from './files.js';

export const title = 'with auto save after a delay, a status that is typed stays, and the fix offers it first';

export async function walk(studio) {
  const settings = { 'files.autoSave': 'afterDelay', 'files.autoSaveDelay': 50 };
  const folder = studio.workspace({ '.vscode/settings.json': JSON.stringify(settings) });
  await studio.lockstep(folder, ['fix', '7', '--yes']);
  const before = texts(folder);
  const window = await studio.open(folder);
  const [line, column] = place(folder, TODO, '[PLANNED]');
  await window.editor.open(TODO, line, column + 1);
  await window.problems.count({ warnings: 0 });

  await window.editor.replace('PLANNED'.length, 'IMPL');
  await say(folder, { [TODO]: /\[IMPL\]/ });
  await until('half a word is no status', async () => (await window.problems.counts()).warnings > 0);
  await window.type('EMENTING');
  await say(folder, { [TODO]: /\[IMPLEMENTING\]/ });
  await until('a squiggle', async () => (await window.editor.squiggles()) > 0);
  for (const file of [STATE, PROJECT, PLAN]) assert.equal(disk(folder, file), before[file]);

  const [first] = await window.editor.actions();
  assert.match(first, /IMPLEMENTING\] everywhere/, 'as it was typed is first');
  await window.editor.take(/IMPLEMENTING\] everywhere/);
  await say(folder, IMPLEMENTING);
  await window.saved();
  await window.problems.count({ errors: 0, warnings: 0, infos: 0 });
  assert.deepEqual(await window.dialogs(), []);
}

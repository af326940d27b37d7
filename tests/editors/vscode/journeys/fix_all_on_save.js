// People run `source.fixAll` on every save.

import assert from 'node:assert/strict';

import { until } from '../driver/until.js';
import { PLAN, PROJECT, STATE, TODO, disk, place, say, texts } from './files.js';

export const title = 'fix-all on save never takes back what was just typed';

export async function walk(studio) {
  const settings = { 'editor.codeActionsOnSave': { 'source.fixAll': 'explicit' } };
  const folder = studio.workspace({ '.vscode/settings.json': JSON.stringify(settings) });
  await studio.lockstep(folder, ['fix', '7', '--yes']);
  const before = texts(folder);
  const window = await studio.open(folder);
  const [line, column] = place(folder, STATE, '"planned"');
  await window.editor.open(STATE, line, column + 1);
  await window.problems.count({ warnings: 0 });

  await window.editor.replace('planned'.length, 'implementing');
  await window.editor.says('"implementing"');
  await window.press('Control+S');
  await say(folder, { [STATE]: /"project_number": 7,[^}]*"status": "implementing"/ });
  await window.saved();
  await until('the contradiction is told of', async () => (await window.problems.counts()).warnings > 0);
  // Saved once more: what was typed is a statement still.
  await window.editor.goTo(1, 1);
  await window.type(' ');
  await window.press('Control+S');
  await say(folder, { [STATE]: /^ \{/ });
  await window.saved();
  assert.match(disk(folder, STATE), /"project_number": 7,[^}]*"status": "implementing"/);
  for (const file of [TODO, PROJECT, PLAN]) assert.equal(disk(folder, file), before[file], file);
}

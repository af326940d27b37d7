// Problems and squiggles, also of files that nobody opened.

import assert from 'node:assert/strict';

import { until } from '../driver/until.js';
import { STATE, TODO, place } from './files.js';

export const title = 'problems are told of open and closed files, and underlined where they are open';

export async function walk(studio) {
  const folder = studio.workspace();
  const window = await studio.open(folder);
  await window.problems.open();
  const closed = await window.problems.row(/^Warning: task 7 is `researched` here/);
  assert.match(closed, /\[PLANNED\] in specs\/TODO\.md/);
  await window.problems.row(/problems in file state\.json of folder specs$/);
  await window.problems.row(/problems in file TODO\.md of folder specs$/);
  assert.deepEqual(await window.tabs(), [], 'nothing was opened for it');

  for (const [file, text] of [[TODO, '[PLANNED]'], [STATE, '"researched"']]) {
    await window.editor.open(file, ...place(folder, file, text));
    await until(`a squiggle in ${file}`, async () => (await window.editor.squiggles()) === 1);
  }
}

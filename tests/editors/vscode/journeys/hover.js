// The hover of a status: where else it stands.

import assert from 'node:assert/strict';

import { TODO, place } from './files.js';

export const title = 'the hover of a status lists its places, and what may follow';

export async function walk(studio) {
  const folder = studio.workspace();
  const window = await studio.open(folder);
  const [line, column] = place(folder, TODO, '[PLANNED]');
  await window.editor.open(TODO, line, column + 1);
  await window.problems.count({ warnings: 2 });
  const hover = await window.editor.hover(/007_login\/state\.json/);
  for (const said of ['TODO.md', '007_login/state.json', 'implementation-001.md', 'implementing']) {
    assert.ok(hover.toLowerCase().includes(said.toLowerCase()), `no ${said} in\n${hover}`);
  }
  assert.doesNotMatch(hover, /\*\*|^\s*[-|] |\]\(/m, 'no Markdown is left to be read');
}

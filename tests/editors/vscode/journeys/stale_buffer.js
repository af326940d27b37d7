// Unsaved text of a file that somebody else has changed on disk.

import assert from 'node:assert/strict';
import fs from 'node:fs';

import { until } from '../driver/until.js';
import { TODO, disk, place } from './files.js';

export const title = 'where unsaved text and its file went apart, one compares them and takes either, and nothing is lost unasked';

const APART = /specs\/TODO\.md has changed on disk, and has unsaved changes here/;

export async function walk(studio) {
  const folder = studio.workspace({ '.vscode/settings.json': JSON.stringify({ 'lockstep.rereadSeconds': 0 }) });
  const window = await studio.open(folder);
  await window.problems.count({ warnings: 2 });
  await apart(window, 'Mine one. ', '4 hours', '5 hours');
  await window.messages.press(APART, 'Compare');
  await window.page.locator('.monaco-diff-editor').first().waitFor();
  await window.messages.press(APART, 'Take Theirs');
  await window.saved();
  assert.ok(disk(folder, TODO).includes('5 hours') && !disk(folder, TODO).includes('Mine'), 'theirs is on disk');

  await apart(window, 'Mine two. ', '5 hours', '6 hours');
  await window.messages.press(APART, 'Keep Mine');
  await until('mine is on disk', () => disk(folder, TODO).includes('Mine two. '));
  assert.ok(disk(folder, TODO).includes('5 hours'), 'what was typed on');
  await window.saved();
  assert.deepEqual(await window.dialogs(), []);
}

/** Types a text, and has somebody else replace another one on disk. */
async function apart(window, typed, from, to) {
  const folder = window.opened;
  await window.editor.open(TODO, place(folder, TODO, '**Description**: Let people')[0], 1);
  // The server has the text that was read, and answers by it.
  await until('the task at the cursor', async () => (await window.statusBar.of('lockstep')).some((text) => text.includes('Add login')));
  await window.editor.focus();
  await window.type(typed);
  await window.editor.says(`${typed}**Description**`);
  const file = window.path(TODO);
  fs.writeFileSync(file, disk(folder, TODO).replace(from, to));
}

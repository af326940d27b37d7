// A quick fix over four files, two of them closed; saved; and undone.

import assert from 'node:assert/strict';

import { until } from '../driver/until.js';
import { IMPLEMENTING, STATE, TODO, place, say, texts } from './files.js';

export const title = 'a quick fix by keyboard changes and saves four files, two of them closed, and one undo takes it back';

export async function walk(studio) {
  const folder = studio.workspace();
  const before = texts(folder);
  const window = await studio.open(folder);
  await window.editor.open(STATE);
  const [line, column] = place(folder, TODO, '[PLANNED]');
  await window.editor.open(TODO, line, column + 2);
  await window.problems.count({ warnings: 2 });

  const actions = await window.editor.actions();
  assert.ok(actions.some((action) => action.includes('[IMPLEMENTING]')), actions.join('\n'));
  await window.editor.take('Set task 7 to [IMPLEMENTING]');
  await say(folder, IMPLEMENTING);
  await window.saved();
  await window.problems.count({ warnings: 0, infos: 0 });

  await window.editor.shows(TODO);
  await window.editor.focus();
  await window.press('Control+Z');
  await until('the text before in TODO.md', async () => {
    await meanAllFiles(window);
    return (await window.editor.painted()).some((text) => text.includes('[PLANNED]'));
  });
  await until('the texts before, on disk', () => {
    assert.deepEqual(texts(folder), before);
    return true;
  });
}

/** The workbench asks whether all files are meant. */
async function meanAllFiles(window) {
  const button = window.page.locator('.monaco-dialog-box .monaco-button', { hasText: /^Undo in \d+ Files$/ });
  if (await button.isVisible()) await button.click();
}

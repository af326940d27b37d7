// One of the files may not be written.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

import { STATE, TODO, disk, place } from './files.js';

export const title = 'a file that may not be written is told of, and is not written';

export async function walk(studio) {
  const settings = { 'files.readonlyFromPermissions': true };
  const folder = studio.workspace({ '.vscode/settings.json': JSON.stringify(settings) });
  const before = disk(folder, STATE);
  fs.chmodSync(path.join(folder, STATE), 0o444);
  const window = await studio.open(folder);
  await window.editor.open(TODO, ...place(folder, TODO, '[PLANNED]'));
  await window.problems.count({ warnings: 2 });
  await window.setTaskStatus('7', 'Implementing');
  const message = await window.messages.one(/state\.json/);
  assert.match(message.text, /cannot|could not|read-only/i);
  assert.equal(disk(folder, STATE), before);
  assert.deepEqual(await window.dialogs(), []);
}

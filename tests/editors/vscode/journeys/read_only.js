// One of the files may not be written.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';

import { STATE, TODO, disk, place } from './files.js';

export const title = 'a file that may not be written is told of, and is not written';

export async function walk(studio, test) {
  const folder = studio.workspace();
  const before = disk(folder, STATE);
  const unlock = locked(path.join(folder, STATE));
  if (unlock === undefined) {
    test.skip('this file system has no file that root may not write');
    return;
  }
  try {
    const window = await studio.open(folder);
    await window.editor.open(TODO, ...place(folder, TODO, '[PLANNED]'));
    await window.problems.count({ warnings: 2 });
    await window.setTaskStatus('7', 'Implementing');
    await window.messages.one(/cannot .*sav.* specs\/state\.json/);
    assert.equal(disk(folder, STATE), before);
    assert.deepEqual(await window.dialogs(), []);
  } finally {
    unlock();
  }
}

/** Takes the right to write a file away; gives what gives it back. Root may write whatever is not made immutable. */
function locked(file) {
  if (process.getuid() !== 0) {
    fs.chmodSync(file, 0o444);
    return () => fs.chmodSync(file, 0o644);
  }
  try {
    execFileSync('chattr', ['+i', file], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return () => execFileSync('chattr', ['-i', file]);
}

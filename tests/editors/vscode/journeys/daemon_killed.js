// The daemon behind all editors is killed: the editor does not notice.

import assert from 'node:assert/strict';
import process from 'node:process';

import { until } from '../driver/until.js';
import { TODO, place } from './files.js';

export const title = 'a daemon that is killed while one types is replaced, and nobody is told';

export async function walk(studio) {
  const folder = studio.workspace();
  const window = await studio.open(folder);
  const [line, column] = place(folder, TODO, '[PLANNED]');
  await window.editor.open(TODO, line, column + 1);
  await window.problems.count({ warnings: 2 });

  const daemons = () => studio.server.processes().filter(({ command }) => command.includes('daemon'));
  const [daemon] = daemons();
  process.kill(daemon.pid, 'SIGKILL');
  await window.type('UN');
  await until('an unknown status is told of', async () => (await window.problems.counts()).warnings !== 2);
  await until('another daemon', () => daemons().some(({ pid }) => pid !== daemon.pid));
  await window.press('Backspace');
  await window.press('Backspace');
  await window.problems.count({ warnings: 2 });
  assert.deepEqual(await window.messages.recorded(), []);
}

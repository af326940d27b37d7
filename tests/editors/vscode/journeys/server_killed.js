// The server is killed while somebody types.

import assert from 'node:assert/strict';
import process from 'node:process';

import { IMPLEMENTING, TODO, disk, place, say } from './files.js';

export const title = 'a server that is killed while one types loses nothing, is started again, and is told of once';

export async function walk(studio) {
  const folder = studio.workspace();
  const window = await studio.open(folder);
  const [line] = place(folder, TODO, '**Description**: Let people');
  await window.editor.open(TODO, line, 1);
  await window.problems.count({ warnings: 2 });

  await window.type('A first word. ');
  const servers = studio.server.processes().filter(({ command }) => command.includes('lsp'));
  assert.equal(servers.length, 1, JSON.stringify(servers));
  const typing = window.type('A second word, and a third one. ');
  process.kill(servers[0].pid, 'SIGKILL');
  await typing;
  const message = await window.messages.one(/server/i);
  assert.match(message.text, /Lockstep/);

  await window.editor.says('A first word. A second word, and a third one. ');
  await window.press('Control+S');
  await window.saved();
  assert.ok(disk(folder, TODO).includes('\nA first word. A second word, and a third one. **Description**'));
  await window.problems.count({ warnings: 2 });
  await window.setTaskStatus('7', 'Implementing');
  await say(folder, IMPLEMENTING);
  const about = (await window.messages.recorded()).filter((text) => /server/i.test(text));
  assert.equal(about.length, 1, about.join('\n'));
}

// A folder that is not trusted: tasks are shown, and no program that it names is run.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

import { until } from '../driver/until.js';

export const title = 'a folder that is not trusted shows its findings, and cannot name the program that is run';

export async function walk(studio) {
  const server = await studio.serve({ trust: true });
  const marker = path.join(server.folder, 'was-run');
  const program = path.join(server.folder, 'program');
  fs.writeFileSync(program, `#!/bin/sh\ntouch '${marker}'\nexit 1\n`, { mode: 0o755 });
  const settings = { 'lockstep.server.path': program };
  const folder = studio.workspace({ '.vscode/settings.json': JSON.stringify(settings) });
  const window = await studio.open(folder, { server });
  await until('it is not trusted', async () => /restricted mode/i.test(await window.statusBar.said('status.workspaceTrust')));
  await window.problems.count({ warnings: 2 });
  assert.equal(fs.existsSync(marker), false, 'a program of the folder was run');
  assert.deepEqual(await window.messages.recorded(), []);
}

// The server is not there, or too old: one message says so, with a button.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

export const title = 'a server that is missing or too old is told of once, with what to do';

export async function walk(studio) {
  const old = path.join(studio.folder, 'old-lockstep');
  fs.writeFileSync(old, '#!/bin/sh\necho lockstep 0.0.1\n', { mode: 0o755 });
  for (const [program, said] of [
    [path.join(studio.folder, 'nothing-here'), /cannot start its server .*nothing-here/],
    [old, /0\.0\.1 .*too old.*needs \d+\.\d+\.\d+/],
  ]) {
    const server = await studio.serve({ machine: { 'lockstep.server.path': program } });
    const window = await studio.open(studio.workspace(), { server });
    const message = await window.messages.one(/Lockstep/);
    assert.match(message.text, said);
    assert.equal((await window.messages.all()).length, 1);
    assert.ok(message.buttons.length > 0, 'there is a button');
    assert.deepEqual(await window.statusBar.of('lockstep'), [], 'nothing else is there');
    await window.messages.press(/Lockstep/, message.buttons[0]);
    await window.page.locator('.settings-editor', { hasText: 'Server: Path' }).waitFor();
    await window.close();
    await server.stop();
  }
}

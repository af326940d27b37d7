// Walks the journeys through the real workbench, and prints one line of TAP for each.
//
//   node --test-reporter=tap main.js             all of them
//   node --test-name-pattern=board main.js       those whose title says "board"
//   node --test-reporter=tap main.js first       those of one lane
//
// LOCKSTEP_VSCODE and LOCKSTEP_VSIX name the workbench and the extension: see driver/install.js.
//
// A journey is a file of journeys/ with a title and a walk, and a line here.

import process from 'node:process';
import { test } from 'node:test';

import { Studio } from './driver/studio.js';

// A journey waits for the browser more than the browser works, so two lanes go on at once, each with a workbench of its
// own. They take equally long. What is measured is walked with nothing beside it.
const LANES = {
  first: [
    'problems',
    'hover',
    'quick_fix',
    'set_status',
    'palette',
    'commands',
    'tree_buttons',
    'editor_menus',
    'follow_shell',
    'follow_neovim',
    'board_drag',
    'board_keyboard',
    'two_windows',
  ],
  second: [
    'multi_root',
    'stale_buffer',
    'auto_save',
    'fix_all',
    'fix_all_on_save',
    'server_killed',
    'daemon_killed',
    'read_only',
    'agents',
    'untrusted',
    'missing_server',
    'quiet',
    'many_tasks',
    'accessible',
  ],
  alone: ['figures'],
};

const [, , lane] = process.argv;
if (lane !== undefined && !Object.hasOwn(LANES, lane)) {
  process.stderr.write(`there is no lane ${lane}; there are ${Object.keys(LANES).join(', ')}\n`);
  process.exit(2);
}
const journeys = lane === undefined ? Object.values(LANES).flat() : LANES[lane];

/** Far longer than any journey takes. */
const TIMEOUT_MS = 150_000;

const studio = await Studio.begin();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await studio.end();
    process.exit(1);
  });
}

// A hook of the test runner would not be called before everything has ended that the studio has started.
try {
  for (const name of journeys) {
    const { title, walk } = await import(`./journeys/${name}.js`);
    await test(title, { timeout: TIMEOUT_MS }, (context) => studio.walk(title, walk, context));
  }
} finally {
  await studio.end();
}

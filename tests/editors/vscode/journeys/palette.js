// Every command has the title by which it is known.

import assert from 'node:assert/strict';

export const title = 'the palette offers every command';

const TITLES = [
  'Set Task Status…',
  'Toggle',
  'Complete Phase…',
  'Fix This Task',
  'Fix All…',
  'Go to Task…',
  'Next Ready Tasks',
  'Show Task Across Files',
  'Undo Last Status Change',
  'Open Board',
  'Restart Server',
  'Show Log',
];

export async function walk(studio) {
  const window = await studio.open(studio.workspace());
  await window.problems.count({ warnings: 2 });
  const missing = [];
  for (const command of TITLES) {
    if (!(await window.offers(`Lockstep: ${command}`))) missing.push(command);
  }
  assert.deepEqual(missing, []);
}

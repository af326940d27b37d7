// *Fix All…* shows what it would change, and changes what is ticked.

import assert from 'node:assert/strict';

import { PROJECT, STATE, disk, say, texts } from './files.js';

export const title = 'Fix All… shows its changes first, makes and saves those that are ticked, and none where it is discarded';

export async function walk(studio) {
  const other = disk(studio.workspace(), PROJECT).replace('"planned"', '"researched"');
  const window = await studio.open(studio.workspace({ [PROJECT]: other }));
  const { preview } = window;
  await window.problems.count({ warnings: 3 });
  const before = texts(window.opened);

  await window.run('Lockstep: Fix All…');
  // Two files with a change each: nothing is chosen for anybody.
  await preview.shows(false, false, false, false);
  await preview.press('Discard');
  await preview.gone();
  assert.deepEqual(texts(window.opened), before);

  await window.run('Lockstep: Fix All…');
  await preview.shows(false, false, false, false);
  await preview.tick(`${STATE}, `);
  await preview.shows(false, false, true, true);
  await preview.press('Apply');
  await say(window.opened, { [STATE]: /"project_number": 7,[^}]*"status": "planned"/ });
  await window.saved();
  assert.equal(disk(window.opened, PROJECT), before[PROJECT], 'what is not ticked is as it was');
  await window.messages.one(/^Fix all findings: 1 file$/);
  await window.run('Lockstep: Undo Last Status Change');
  await say(window.opened, { [STATE]: /"project_number": 7,[^}]*"status": "researched"/ });
  assert.deepEqual(texts(window.opened), before);
}

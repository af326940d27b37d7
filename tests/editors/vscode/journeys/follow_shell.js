// The tree, the board and open texts follow a change that a shell makes, and nothing wrong is shown in between.

import assert from 'node:assert/strict';

import { IMPLEMENTING, TODO, place, say } from './files.js';

export const title = 'tree, board and Problems follow `lockstep set` from a shell, without a flash of wrong findings';

export async function walk(studio, test) {
  await follow(studio, test, async (folder) => {
    const set = await studio.lockstep(folder, ['set', '7', 'implementing']);
    assert.equal(set.code, 0, set.stderr);
  });
}

/** Opens everything that shows task 7, has somebody else set it to implementing, and looks on. */
export async function follow(studio, test, change) {
  const folder = studio.workspace();
  const fixed = await studio.lockstep(folder, ['fix', '7', '--yes']);
  assert.equal(fixed.code, 0, fixed.stderr);
  const window = await studio.open(folder);
  await window.tree.open();
  await window.tree.row(/Add login.*planned/i);
  await window.board.open();
  await window.board.shows('7', 'Open');
  await window.run('View: Split Editor Right');
  await window.editor.open(TODO, ...place(folder, TODO, '[PLANNED]'));
  await window.problems.open();
  await window.problems.count({ errors: 0, warnings: 0, infos: 0 });

  const shown = [window.problems, window.board, window.tree];
  for (const view of shown) await view.record();
  await change(folder);
  const done = Date.now();
  await say(folder, IMPLEMENTING);
  await window.board.shows('7', 'Active');
  await window.tree.row(/Add login.*implementing/i);
  await window.editor.says('[IMPLEMENTING]');
  // What comes last is what is told of the text that the editor has read again; a hover answers from that text.
  const [line, column] = place(folder, TODO, '[IMPLEMENTING]');
  await window.editor.goTo(line, column + 1);
  await window.editor.hover(/7 · Add login — implementing/);
  await window.problems.count({ errors: 0, warnings: 0, infos: 0 });

  const [problems, board, tree] = await Promise.all(shown.map((view) => view.recorded()));
  const flashes = problems.filter(({ value }) => value.some((row) => /^(Warning|Error)/.test(row)));
  const told = flashes.map(({ time, value }) => `${time - done} ms: ${value.join('\n  ')}`);
  assert.equal(told.join('\n'), '', 'findings flashed');
  for (const [name, seen] of Object.entries({ board, tree })) {
    test.diagnostic(`${name} after another's change: ${seen.at(-1).time - done} ms after it had ended`);
    const states = seen.map(({ value }) => JSON.stringify(value));
    assert.equal(new Set(states).size, states.length, `the ${name} went back and forth:\n${states.join('\n')}`);
  }
}

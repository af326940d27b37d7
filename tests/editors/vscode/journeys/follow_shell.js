// The tree, the board and open texts follow a change that a shell makes, and nothing wrong is shown in between.

import assert from 'node:assert/strict';

import { IMPLEMENTING, TODO, place, say } from './files.js';

export const title = 'tree, board and Problems follow `lockstep set` from a shell, without a flash of wrong findings';

export async function walk(studio, test) {
  const set = async (folder, status) => {
    const { code, stderr } = await studio.lockstep(folder, ['set', '7', status, '--reason', 'it is so']);
    assert.equal(code, 0, stderr);
  };
  const window = await follow(studio, test, (folder) => set(folder, 'implementing'));
  // Once more, in a window that has been open for a while.
  for (const [status, column] of [['blocked', 'Waiting'], ['implementing', 'Active'], ['blocked', 'Waiting']]) {
    for (const view of [window.board, window.tree]) await view.record();
    await set(window.opened, status);
    const done = Date.now();
    await window.board.shows('7', column);
    await window.tree.row(new RegExp(`Add login.*${status}`, 'i'));
    const [board, tree] = [await window.board.recorded(), await window.tree.recorded()];
    test.diagnostic(`in a window that is open: board ${board.at(-1).time - done} ms, tree ${tree.at(-1).time - done} ms`);
  }
}

/** Opens everything that shows task 7, has somebody else set it to implementing, and looks on. Gives the window. */
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
  }  return window;
}

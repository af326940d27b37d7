// The tree, the board and open texts follow a change that a shell makes, and nothing wrong is shown in between.

import assert from 'node:assert/strict';

import { record, recorded } from '../driver/recorder.js';
import { until } from '../driver/until.js';
import { TODO, place } from './files.js';

export const title = 'tree, board and Problems follow `lockstep set` from a shell, without a flash of wrong findings';

export async function walk(studio, test) {
  const folder = studio.workspace();
  const fixed = await studio.lockstep(folder, ['fix', '7', '--yes']);
  assert.equal(fixed.code, 0, fixed.stderr);
  const window = await studio.open(folder);
  await window.editor.open(TODO, ...place(folder, TODO, '[PLANNED]'));
  await window.problems.open();
  await window.problems.count({ warnings: 0, infos: 0 });
  await window.tree.row(/Add login/);
  await window.board.open();
  await window.board.shows('7', 'Open');
  await window.run('View: Split Editor Right').catch(() => {});

  await window.problems.record();
  const frame = await window.board.frame();
  await record(frame, 'board', columnsOfCards);
  await record(window.page, 'tree', rowsOfTree);

  const set = await studio.lockstep(folder, ['set', '7', 'implementing']);
  const done = Date.now();
  assert.equal(set.code, 0, set.stderr);
  await window.board.shows('7', 'Active');
  await until('the tree says so', async () => /Active|IMPLEMENTING|implementing/.test(JSON.stringify(await window.page.evaluate(rowsOfTree))));
  // What might come later than all of that would be a finding about the text that the editor reads again.
  await window.editor.open(TODO, ...place(folder, TODO, '[IMPLEMENTING]'));
  await window.editor.says('[IMPLEMENTING]');
  await window.problems.count({ warnings: 0, infos: 0 });

  for (const { value } of await window.problems.recorded()) {
    assert.deepEqual(value.filter((row) => /^(Warning|Error|Info)/.test(row)), [], 'a finding flashed');
  }
  const board = await recorded(frame, 'board');
  test.diagnostic(`the board follows a shell ${board.at(-1).time - done} ms after its end`);
  const tree = await recorded(window.page, 'tree');
  test.diagnostic(`the tree follows a shell ${tree.at(-1).time - done} ms after its end`);
}

/** Runs in the board. */
function columnsOfCards() {
  return [...document.querySelectorAll('.column')].map((column) => [
    column.dataset.column,
    [...column.querySelectorAll('.card-id')].map((id) => id.textContent),
  ]);
}

/** Runs in the page. */
function rowsOfTree() {
  return [...document.querySelectorAll('.pane .monaco-list-row')].map((row) => row.getAttribute('aria-label')).filter((said) => /Add login|Write docs|Open|Active/.test(said ?? ''));
}

// What the mouse reaches in the tree of tasks: buttons of rows and of the title, and menus.

import assert from 'node:assert/strict';

import { until } from '../driver/until.js';
import { IMPLEMENTING, PLAN, STATE, TODO, place, say, texts } from './files.js';

export const title = 'every button and every menu of the tree does what its title says, to the task that it is of';

const AGREED = { [TODO]: /7\. Add login[^#]*\[PLANNED\]/, [STATE]: /"project_number": 7,[^}]*"status": "planned"/ };
const [GO, ACROSS, BOARD] = ['Go to Task…', 'Show Task Across Files', 'Open Board'];
const [SET, TOGGLE, PHASE, FIX] = ['Set Task Status…', 'Toggle', 'Complete Phase…', 'Fix This Task'];

export async function walk(studio) {
  const folder = studio.workspace();
  const window = await studio.open(folder);
  await window.tree.open();
  await window.tree.row(/^2 7 +Add login 0\/2 .*Planned/);
  await until('a badge', async () => /1 task whose files contradict each other/.test(await window.tree.badge()));
  await titles(window);
  await rows(window, folder);
  await menus(window, folder);
  assert.deepEqual(await window.dialogs(), []);
}

/** What stands in the title of the tree. */
async function titles(window) {
  const { picker, preview, tree } = window;
  await tree.pressTitle('Filter Tasks…');
  await picker.answer('docs not');
  await until('only task 8', async () => (await tree.rows()).join('\n') === '1 Open 1\n2 8  Write docs Not started, Open');
  await until('how many match', async () => (await tree.message()) === '1 of 2 tasks match “docs not”');
  await tree.pressTitle('Clear Filter');
  await tree.row(/Add login/);
  await until('no message', async () => (await tree.message()) === '');

  const grouped = [['By Folder', /^1 specs 2$/], ['In the Order of the Profile', /^1 7 /], ['By Parent', /^1 7 /], ['By Category', /^1 Open 2$/]];
  let now = 'By Category';
  for (const [by, first] of grouped) {
    await tree.more('Group Tasks…');
    const marked = now;
    await until(`${marked} is how it is now`, async () => (await picker.row(marked)).description === 'now');
    await picker.take(by);
    now = by;
    await until(`${by} in the tree`, async () => first.test((await tree.rows())[0]));
  }

  await tree.more('Next Ready Tasks');
  await picker.row(/^7\b/);
  await picker.press(/^7\b/, 'Start');
  await picker.row('Implementing');
  await picker.close();
  await tree.more('Next Ready Tasks');
  await picker.row(/^7\b/);
  await picker.take(/^7\b/);
  await window.editor.at(...place(window.opened, TODO, '7. Add login'));
  // The key that fixes the task at the cursor: the tree is no text.
  await tree.pane.locator('.monaco-list').first().click({ position: { x: 100, y: 85 } });
  await window.suggested('f');
  await tree.more('Fix All…');
  await preview.shows(false, false);
  await preview.press('Discard');
  await preview.gone();
  assert.deepEqual((await window.messages.recorded()).filter((text) => /fix task/i.test(text)), [], 'the key did it');
  await window.messages.dismiss();
  await tree.pressTitle('Open Board');
  await window.board.card('7');
}

/** Buttons of rows. */
async function rows(window, folder) {
  const { picker, tree } = window;
  const before = texts(folder);
  await tree.press('Write docs', 'Go to Task');
  await window.editor.shows('TODO.md');
  await window.editor.at(...place(folder, TODO, '8. Write docs'));

  await tree.press('Add login', 'Start');
  await picker.row('Implementing');
  await picker.take('Implementing');
  await say(folder, IMPLEMENTING);
  await window.saved();
  await tree.row(/^1 Active 1/);
  await until('no badge', async () => (await tree.badge()) === '');
  await tree.more('Undo Last Status Change');
  await say(folder, { [STATE]: /"project_number": 7,[^}]*"status": "researched"/ });
  await window.saved();
  assert.deepEqual(texts(folder), before);
  await window.messages.one(/^Undone: Set task 7 to /);
  await window.messages.dismiss();
}

/** The menu of a row. */
async function menus(window, folder) {
  const { menu, picker, tree } = window;
  const seven = () => menu.open(tree.element('Add login'));
  await seven();
  assert.deepEqual(await menu.titles(), [GO, ACROSS, BOARD, SET, TOGGLE, PHASE, FIX]);
  await menu.choose(FIX);
  await say(folder, AGREED);
  await window.saved();
  await until('no badge', async () => (await tree.badge()) === '');
  await seven();
  assert.deepEqual(await menu.titles(), [GO, ACROSS, BOARD, SET, TOGGLE, PHASE], 'nothing is to be mended');
  await menu.choose(GO);
  await window.editor.at(...place(folder, TODO, '7. Add login'));

  await menu.open(tree.element('Write docs'));
  await menu.choose(BOARD);
  const frame = await window.board.frame();
  await frame.locator('.card.is-selected', { hasText: 'Write docs' }).waitFor();
  await seven();
  await menu.choose(ACROSS);
  await until('the places of task 7', async () => (await picker.rows()).some(({ description }) => description.startsWith(PLAN)));
  await picker.close();

  await seven();
  await menu.choose(TOGGLE);
  await say(folder, IMPLEMENTING);
  await window.saved();
  await seven();
  await menu.choose(PHASE);
  await picker.row(/^2 .*Check the password/);
  const phases = (await picker.rows()).map(({ label, description }) => `${label}: ${description}`);
  assert.deepEqual(phases, ['1  Show the form: Not started', '2  Check the password: Not started'], 'statuses as people read them');
  await picker.take(/^1 .*Show the form/);
  await say(folder, { [PLAN]: /Phase 1: Show the form \[COMPLETED\]/ });
  await window.saved();
  await tree.row(/Add login 1\/2 /);

  await seven();
  await menu.choose(SET);
  await until('statuses of task 7', async () => /^7 Add login/.test(await picker.question()));
  await picker.row('Blocked');
  await picker.close();
  await tree.press('Add login', 'Complete');
  await say(folder, { [TODO]: /\[COMPLETED\]/, [STATE]: /"status": "completed"/ });
}

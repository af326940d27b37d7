// What a text offers beside it: the button of its title, its menu, the menu of its line numbers, and the keys that are
// suggested.

import assert from 'node:assert/strict';

import { until } from '../driver/until.js';
import { IMPLEMENTING, PLAN, STATE, TODO, place, say, texts } from './files.js';

export const title = 'menus, line numbers and keys of a text mean the task at the line that they are of';

const AGREED = { [TODO]: /7\. Add login[^#]*\[PLANNED\]/, [STATE]: /"project_number": 7,[^}]*"status": "planned"/ };
const [TOGGLE, SET, PHASE, FIX, ACROSS, BOARD] = ['Toggle', 'Set Task Status…', 'Complete Phase…', 'Fix This Task', 'Show Task Across Files', 'Open Board'];

export async function walk(studio) {
  const folder = studio.workspace();
  const window = await studio.open(folder);
  await window.problems.count({ warnings: 2 });
  await window.editor.open(TODO, ...place(folder, TODO, '8. Write docs'));
  await window.statusBar.showsTasks();
  await numbers(window, folder);
  await menus(window, folder);
  await keys(window, folder);
  assert.deepEqual(await window.dialogs(), []);
}

/** The menu of line numbers, where lines of both tasks are selected and the cursor is at the other task. */
async function numbers(window, folder) {
  const { menu } = window;
  const [seven, eight] = [place(folder, TODO, '[PLANNED]')[0], place(folder, TODO, '**Dependencies**: 7')[0]];
  const choose = async (title) => {
    await window.editor.goTo(seven);
    for (let line = seven; line < eight; line += 1) await window.press('Shift+ArrowDown');
    await window.editor.at(eight, 1);
    await menu.open(number(window, seven));
    assert.deepEqual(await menu.titles(), [TOGGLE, SET, FIX, ACROSS]);
    await menu.choose(title);
  };
  await choose(SET);
  await asks(window, /^7 Add login/);
  await choose(ACROSS);
  const wrong = window.page.locator('.quick-input-widget .monaco-list-row', { has: window.page.locator('.codicon-warning') });
  await until('the place that contradicts the others', async () => (await wrong.count()) === 1);
  assert.match(await wrong.innerText(), /researched/);
  await asks(window, /^7 Add login/);
  await choose(FIX);
  await say(folder, AGREED);
  await window.saved();
  await choose(TOGGLE);
  await say(folder, IMPLEMENTING);
  await window.saved();
  await window.run('Lockstep: Undo Last Status Change');
  await say(folder, AGREED);
  await window.saved();
}

/** The button of the title, and the menu of the text: each click is at another task than the cursor. */
async function menus(window, folder) {
  const { menu, picker, page } = window;
  const line = (text) => page.locator('.editor-group-container.active .view-line', { hasText: text }).first();
  const choose = async (text, title) => {
    await menu.open(line(text));
    await menu.choose('Lockstep', title);
  };
  await menu.open(line('8. Write docs'));
  assert.deepEqual(await menu.submenu('Lockstep'), [TOGGLE, SET, PHASE, FIX, ACROSS, BOARD]);
  await menu.close();

  await choose('7. Add login', SET);
  await asks(window, /^7 Add login/);
  await choose('8. Write docs', SET);
  await asks(window, /^8 Write docs/);
  await choose('7. Add login', PHASE);
  await picker.row(/^2 .*Check the password/);
  await picker.close();
  await choose('8. Write docs', PHASE);
  await window.messages.one(/^Task 8 has no phases\.$/);
  await choose('8. Write docs', ACROSS);
  await asks(window, /^8 Write docs/);
  await choose('8. Write docs', FIX);
  await window.messages.one(/nothing to fix in task 8/);
  await window.messages.dismiss();
  await choose('Let people sign in', TOGGLE);
  await say(folder, IMPLEMENTING);
  await window.saved();

  for (const open of [
    () => choose('8. Write docs', BOARD),
    () => page.locator(`.editor-group-container.active .editor-actions .action-label[aria-label^="${BOARD}"]`).click(),
  ]) {
    await window.editor.open(TODO, ...place(folder, TODO, '8. Write docs'));
    await open();
    await selected(window, 'Write docs');
  }
}

/** The keys that are suggested. */
async function keys(window, folder) {
  const before = texts(folder);
  await window.editor.open(TODO, ...place(folder, TODO, '7. Add login'));
  await window.suggested('b');
  await window.board.card('7');
  await window.editor.open(TODO, ...place(folder, TODO, '7. Add login'));
  for (const [key, question] of [['s', /^Set Task Status/], ['g', /^Go to Task/], ['a', /^7 Add login/]]) {
    await window.suggested(key);
    await asks(window, question);
  }
  await window.suggested('n');
  // Task 8 waits for task 7.
  await window.messages.one(/^No task may begin now\.$/);
  await window.editor.focus();
  await window.suggested('f');
  await window.messages.one(/nothing to fix in task 7/);
  const told = (await window.messages.recorded()).filter((text) => /nothing to fix/.test(text));
  assert.equal(told.length, 2, `each is told once: ${told.join('; ')}`);
  await window.editor.focus();
  await window.suggested('t');
  await say(folder, { [TODO]: /\[COMPLETED\]/ });
  await window.saved();
  await window.suggested('u');
  await say(folder, IMPLEMENTING);
  await window.saved();
  assert.deepEqual(texts(folder), before);
}

/** Waits until the picker is about this, and closes it. */
async function asks(window, question) {
  await until(`${question} in the picker`, async () => {
    const asked = await window.picker.question();
    if (question.test(asked)) return true;
    throw new Error(`it asks ${asked}`);
  });
  await window.picker.close();
}

/** The number of a line that is painted. */
function number(window, line) {
  return window.page.locator('.editor-group-container.active .line-numbers', { hasText: new RegExp(`^${line}$`) }).first();
}

/** Waits until the board is at a card. */
async function selected(window, title) {
  const frame = await window.board.frame();
  await frame.locator('.card.is-selected', { hasText: title }).waitFor();
}

// Every command of the palette does what its title says, by keyboard alone.

import assert from 'node:assert/strict';

import { until } from '../driver/until.js';
import { IMPLEMENTING, PLAN, STATE, TODO, place, say, texts } from './files.js';

export const title = 'every command that the palette offers does what its title says';

const AGREED = { [TODO]: /7\. Add login[^#]*\[PLANNED\]/, [STATE]: /"project_number": 7,[^}]*"status": "planned"/ };

export async function walk(studio) {
  const folder = studio.workspace();
  const window = await studio.open(folder);
  const { editor, picker } = window;
  const seven = place(folder, TODO, '7. Add login');
  const eight = place(folder, TODO, '8. Write docs');
  await window.problems.count({ warnings: 2 });
  await window.statusBar.showsTasks();

  await editor.open(TODO, seven[0] + 2, 15);
  await window.run('Lockstep: Fix This Task');
  await say(folder, AGREED);
  await window.saved();
  await window.problems.count({ warnings: 0 });
  const agreed = texts(folder);

  await window.run('Lockstep: Next Ready Tasks');
  await until('only task 7 may begin', async () => {
    const labels = (await picker.rows()).map(({ label }) => label);
    if (labels.length === 1 && /^7\b.*Add login/.test(labels[0])) return true;
    throw new Error(labels.join('\n'));
  });
  await picker.close();

  await editor.focus();
  await window.run('Lockstep: Toggle');
  await say(folder, IMPLEMENTING);
  await window.saved();

  await window.run('Lockstep: Undo Last Status Change');
  await say(folder, AGREED);
  await window.saved();
  assert.deepEqual(texts(folder), agreed);

  await window.run('Lockstep: Complete Phase…');
  await picker.take(/^7\b/);
  await picker.row(/^2 .*Check the password/);
  await picker.take(/^1 .*Show the form/);
  // Whoever has completed a phase works on the task.
  await say(folder, { ...IMPLEMENTING, [PLAN]: /Phase 1: Show the form \[COMPLETED\]/ });
  await window.saved();

  await window.run('Lockstep: Go to Task…');
  await picker.row(/^7\b/);
  await picker.filter('docs');
  await picker.take(/^8\b.*Write docs/);
  await until('the cursor is at task 8', async () => {
    const said = await window.statusBar.text('status.editor.selection');
    const line = Number(/Ln (\d+)/.exec(said)?.[1]);
    if (line >= eight[0] && line < eight[0] + 5) return true;
    throw new Error(said);
  });

  await editor.goTo(seven[0] + 2);
  await window.run('Lockstep: Show Task Across Files');
  await until('the places of task 7', async () => {
    const places = (await picker.rows()).map(({ description }) => description.replace(/:\d+$/, ''));
    if ([TODO, STATE, PLAN].every((file) => places.includes(file))) return true;
    throw new Error(places.join('\n'));
  });
  await picker.close();

  await window.run('Lockstep: Show Log');
  await until('the log of Lockstep', async () => {
    const chosen = await window.page.locator('.part.panel select').evaluateAll((all) => all.map((it) => it.selectedOptions[0]?.textContent));
    if (chosen.includes('Lockstep')) return true;
    throw new Error(JSON.stringify(chosen));
  });
  // The palette closes where the log takes the keyboard only after it is open.
  await until('the log has the keyboard', async () => {
    if (await window.page.locator('.part.panel :focus').count()) return true;
    throw new Error(await window.page.evaluate(() => document.activeElement?.className ?? 'nothing'));
  });

  const servers = () => studio.server.processes().filter(({ command }) => command.includes('lsp'));
  const [{ pid }] = servers();
  await window.run('Lockstep: Restart Server');
  await until('another server', () => servers().length === 1 && servers()[0].pid !== pid);
  await window.statusBar.showsTasks();
  await window.setTaskStatus('7', 'Partial');
  await say(folder, { [TODO]: /\[PARTIAL\]/, [STATE]: /"project_number": 7,[^}]*"status": "partial"/ });
  assert.deepEqual(await window.dialogs(), []);

  await window.board.open();
  await window.board.shows('7', 'Active');
}

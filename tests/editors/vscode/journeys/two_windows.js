// Two windows on one folder: what one saves, the other shows; what one has typed is its own.

import { until } from '../driver/until.js';
import { IMPLEMENTING, STATE, TODO, disk, place, say } from './files.js';

export const title = 'what is saved in one window is seen in another, and what is not saved is not';

export async function walk(studio) {
  const folder = studio.workspace();
  await studio.lockstep(folder, ['fix', '7', '--yes']);
  const [left, right] = [await studio.open(folder), await studio.open(folder)];
  await left.editor.open(TODO, ...place(folder, TODO, '[PLANNED]'));
  const [line, column] = place(folder, STATE, '"planned"');
  await right.editor.open(STATE, line, column);

  // Typed, not saved: told in this window, of all files; in the other only that somebody has unsaved text.
  await left.editor.goTo(place(folder, TODO, '[PLANNED]')[0], place(folder, TODO, '[PLANNED]')[1] + 1);
  await left.editor.replace('PLANNED'.length, 'IMPLEMENTING');
  await until('drift in the window that typed', async () => (await left.problems.counts()).warnings > 0);
  await right.problems.count({ warnings: 0 });
  await left.press('Control+S');
  await left.saved();
  await until('drift in the other window', async () => (await right.problems.counts()).warnings > 0);
  await until('a squiggle there', async () => (await right.editor.squiggles()) > 0);

  // Mended in the other window, and seen in the first.
  await right.editor.focus();
  await right.editor.actions();
  await right.editor.take(/IMPLEMENTING\] everywhere/);
  await say(folder, IMPLEMENTING);
  await right.saved();
  for (const window of [left, right]) await window.problems.count({ errors: 0, warnings: 0, infos: 0 });
  await until('the first window shows what is on disk', async () => {
    const lines = await left.editor.painted();
    return lines.every((text) => text === '' || disk(folder, TODO).includes(text.trim()));
  });
}

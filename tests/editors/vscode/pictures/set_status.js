// Which statuses a task might be given, and what each needs.

import { files } from './workspace.js';

export const name = 'set-status';
export const size = { width: 900, height: 560 };

export async function take(studio, options) {
  const folder = studio.bare(files(true), 'notes');
  const window = await studio.open(folder, options);
  await window.editor.open('specs/TODO.md', 21, 1);
  await window.statusBar.showsTasks();
  await window.page.locator('.codelens-decoration a').first().waitFor();
  await window.press('Control+B');
  await window.run('Lockstep: Set Task Status…');
  await window.picker.row(/^7\b/);
  await window.picker.take(/^7\b/);
  await window.picker.row('Blocked');
  return window;
}

// Findings of four files, and the fixes that Ctrl+. offers.

import { STATE, place } from '../journeys/files.js';
import { files } from './workspace.js';

export const name = 'problems';
export const size = { width: 1000, height: 640 };

export async function take(studio, options) {
  const folder = studio.bare(files(false), 'notes');
  const window = await studio.open(folder, options);
  const [line, column] = place(folder, STATE, '"planned"');
  await window.editor.open(STATE, line, column + 2);
  await window.problems.open();
  await window.problems.row(/^Warning: task 7 is `planned` here/);
  await window.editor.focus();
  await window.editor.actions();
  return window;
}

// The four files in which task 7 of the shared workspace stands, and what they say.

import fs from 'node:fs';
import path from 'node:path';

import { until } from '../driver/until.js';

export const TODO = 'specs/TODO.md';
export const STATE = 'specs/state.json';
export const PROJECT = 'specs/007_login/state.json';
export const PLAN = 'specs/007_login/plans/implementation-001.md';
export const FOUR = [TODO, STATE, PROJECT, PLAN];

/** What each file says of task 7 when it is being implemented. */
export const IMPLEMENTING = {
  [TODO]: /\*\*Status\*\*: \[IMPLEMENTING\]/,
  [STATE]: /"project_number": 7,[^}]*"status": "implementing"/,
  [PROJECT]: /"status": "implementing"/,
  [PLAN]: /\*\*Status\*\*: \[IN PROGRESS\]/,
};

/** The text of a file on disk. */
export function disk(folder, file) {
  return fs.readFileSync(path.join(folder, file), 'utf8');
}

/** The texts of all four files. */
export function texts(folder) {
  return Object.fromEntries(FOUR.map((file) => [file, disk(folder, file)]));
}

/** Waits until each of the files says on disk what a table of patterns has for it. */
export async function say(folder, patterns) {
  for (const [file, pattern] of Object.entries(patterns)) {
    await until(`${pattern} in ${file}`, () => {
      if (pattern.test(disk(folder, file))) return true;
      throw new Error(`it says\n${disk(folder, file)}`);
    });
  }
}

/** The line, from 1, and the column of the first place that holds a text. */
export function place(folder, file, text) {
  const lines = disk(folder, file).split('\n');
  const at = lines.findIndex((line) => line.includes(text));
  if (at < 0) throw new Error(`${file} does not say ${text}`);
  return [at + 1, lines[at].indexOf(text) + 1];
}

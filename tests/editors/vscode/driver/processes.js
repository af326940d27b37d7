// The processes of a run, found by a variable of their environment, which all that is started inherits.

import fs from 'node:fs';
import process from 'node:process';

import { until } from './until.js';

/**
 * The processes whose environment holds `NAME=value`, with their command lines.
 *
 * @returns {{ pid: number, command: string[] }[]}
 */
export function holding(name, value) {
  const wanted = `${name}=${value}`;
  const found = [];
  for (const entry of fs.readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const read = (file) => fs.readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0');
    try {
      if (!read('environ').includes(wanted)) continue;
      const command = read('cmdline');
      // What has ended and is not yet waited for has no command line.
      if (command[0] !== '') found.push({ pid, command });
    } catch {
      // It is another user's, or has ended.
    }
  }
  return found;
}

/** Ends those processes, and waits until they are gone. */
export async function end(name, value) {
  signal(holding(name, value), 'SIGTERM');
  const left = () => holding(name, value);
  try {
    await until('the processes end', () => left().length === 0, 3000);
  } catch {
    signal(left(), 'SIGKILL');
    await until('the killed processes are gone', () => left().length === 0);
  }
}

function signal(processes, name) {
  for (const { pid } of processes) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended by itself.
    }
  }
}

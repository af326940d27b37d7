// Ten thousand tasks.

import { until } from '../driver/until.js';
import { STATE, TODO } from './files.js';

export const title = 'a tree of ten thousand tasks opens, follows a change from a shell row by row, and finds one';

const COUNT = 10_000;

export async function walk(studio, test) {
  const window = await studio.open(studio.bare(tasks()));
  await gaps(window);
  let began = Date.now();
  await window.tree.open();
  await window.tree.row(/^1 Open 10000$/);
  await window.tree.row(/^2 1 +Do thing 1 /);
  await tell('the tree is open', began);

  began = Date.now();
  const { code, stderr } = await studio.lockstep(window.opened, ['set', '5', 'researching']);
  if (code !== 0) throw new Error(stderr);
  const set = Date.now() - began;
  await window.tree.row(/^2 5 +Do thing 5 Researching/);
  await window.tree.row(/^1 Active 1$/);
  await window.tree.row(/^1 Open 9999$/);
  await tell(`a row has moved (of which the shell took ${set} ms)`, began);

  began = Date.now();
  await window.tree.pressTitle('Filter Tasks…');
  await window.picker.answer('thing 9876');
  await until('task 9876 alone', async () => {
    const rows = await window.tree.rows();
    if (rows.length === 2 && /^2 9876 +Do thing 9876 /.test(rows[1])) return true;
    throw new Error(rows.join('\n'));
  });
  await tell('one is found', began);

  async function tell(what, since) {
    const longest = await window.page.evaluate(() => {
      const gap = globalThis.longestGap;
      globalThis.longestGap = 0;
      return Math.round(gap);
    });
    test.diagnostic(`${COUNT} tasks: ${what} after ${Date.now() - since} ms; the longest time without a frame: ${longest} ms`);
  }
}

/** Has the page take down the longest time between two frames. */
async function gaps(window) {
  await window.page.evaluate(() => {
    globalThis.longestGap = 0;
    let last = performance.now();
    const frame = (now) => {
      globalThis.longestGap = Math.max(globalThis.longestGap, now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

/** The files of so many tasks, none of which has begun. */
function tasks() {
  const time = '2026-01-06T09:30:00Z';
  const ids = Array.from({ length: COUNT }, (_, at) => at + 1);
  const entry = (id) => `### ${id}. Do thing ${id}\n- **Effort**: 1 hour\n- **Status**: [NOT STARTED]\n- **Priority**: Medium\n- **Dependencies**: None\n\n**Description**: It is to be done.\n`;
  const record = (id) => ({ project_number: id, project_name: `thing_${id}`, type: 'feature', status: 'not_started', priority: 'medium', created: time, last_updated: time });
  const state = { _schema_version: '1.1.0', _last_updated: time, next_project_number: COUNT + 1, active_projects: ids.map(record), completed_projects: [] };
  return {
    [TODO]: `---\nlast_updated: ${time}\nnext_project_number: ${COUNT + 1}\n---\n\n# TODO\n\n## Medium Priority\n\n${ids.map(entry).join('\n---\n\n')}`,
    [STATE]: `${JSON.stringify(state, null, 2)}\n`,
  };
}

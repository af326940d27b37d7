// What things cost as the browser sees them, beside what the workbench's own parts cost in the same run. Nothing of it is
// judged: it is told.

import { writeNothing } from '../driver/own_extensions.js';
import { record, recorded } from '../driver/recorder.js';
import { until } from '../driver/until.js';
import { STATE, TODO, place } from './files.js';

export const title = 'what it costs is told';

const ROUNDS = 7;

export async function walk(studio, test) {
  const folder = studio.workspace({ 'other.json': '{\n  "a": 1\n}\n' });
  await studio.lockstep(folder, ['fix', '7', '--yes']);
  const nothing = `${studio.fresh('nothing')}.vsix`;
  writeNothing(nothing);
  await studio.server.install(nothing);
  // All running extensions are painted in it.
  const window = await studio.open(folder, { viewport: { width: 1280, height: 2400 } });
  await window.statusBar.showsTasks();

  const own = await keystroke(window, TODO, place(folder, TODO, 'PLANNED]'), 'warning');
  const json = await keystroke(window, 'other.json', [2, 3], 'error');
  test.diagnostic(`keystroke to squiggle: ${own} ms; the workbench's own JSON: ${json} ms; ratio ${(own / json).toFixed(2)}`);

  const other = await studio.open(folder);
  await other.statusBar.showsTasks();
  test.diagnostic(`save to the other window's count of problems: ${await save(window, other, folder)} ms`);

  test.diagnostic(`activation: ${await activation(window)}`);
}

/** The median time from a key that breaks something to its squiggle. */
async function keystroke(window, file, [line, column], kind) {
  await window.editor.open(file, line, column);
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await until('no squiggle', async () => (await window.editor.squiggles(kind)) === 0);
    await window.page.evaluate((selector) => {
      globalThis.pressed = new Promise((resolve) => {
        const begin = () => {
          const began = performance.now();
          const observer = new MutationObserver(() => {
            if (document.querySelector(selector) === null) return;
            observer.disconnect();
            resolve(performance.now() - began);
          });
          observer.observe(document.body, { subtree: true, childList: true, attributes: true });
        };
        document.addEventListener('keydown', begin, { capture: true, once: true });
      });
    }, `.editor-group-container.active .squiggly-${kind}`);
    await window.press('x');
    times.push(await window.page.evaluate(() => globalThis.pressed));
    await window.press('Backspace');
  }
  await window.press('Control+S');
  await window.saved();
  return median(times);
}

/** The median time from Ctrl+S in one window to another count of problems in the other one. */
async function save(window, other, folder) {
  const [line, column] = place(folder, STATE, '"planned"');
  await window.editor.open(STATE, line, column + 1);
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const isBroken = round % 2 === 0;
    await window.press(isBroken ? 'x' : 'Backspace');
    await record(other.page, 'count', () => document.querySelector('[id="status.problems"]').getAttribute('aria-label'));
    const before = (await recorded(other.page, 'count')).length;
    const began = Date.now();
    await window.press('Control+S');
    const changed = await until('another count', async () => (await recorded(other.page, 'count'))[before]);
    times.push(changed.time - began);
    await window.saved();
  }
  return median(times);
}

/** How long extensions took to be loaded and activated, as the workbench tells: ours, one that does nothing, and Markdown's. */
async function activation(window) {
  await window.run('Developer: Show Running Extensions');
  const rows = window.page.locator('.runtime-extensions-editor .monaco-list-row');
  const took = async (name) => {
    const text = await until(`${name} is active`, async () => {
      const all = await rows.filter({ hasText: name }).allInnerTexts();
      return all.find((told) => /\d+ms/.test(told));
    });
    return Number(/(\d+)ms/.exec(text)[1]);
  };
  const [own, nothing, markdown] = [await took('Lockstep'), await took('Nothing'), await took('Markdown Language Features')];
  const ratio = (own / markdown).toFixed(2);
  return `${own} ms; an extension that does nothing: ${nothing} ms; Markdown's own: ${markdown} ms; ratio to that ${ratio}`;
}

function median(times) {
  return Math.round(times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]);
}

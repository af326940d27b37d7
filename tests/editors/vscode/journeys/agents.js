// What a language model is given: tools, which ask before they change anything, and the MCP server.

import assert from 'node:assert/strict';
import fs from 'node:fs';

import { CALL_TOOL, writeAgent } from '../driver/own_extensions.js';
import { until } from '../driver/until.js';
import { IMPLEMENTING, TODO, place, texts } from './files.js';

export const title = 'a language model lists, shows, checks and sets tasks by tools, and the MCP server is there for it';

export async function walk(studio) {
  const server = await studio.serve({ settings: { 'chat.disableAIFeatures': false } });
  const agent = `${studio.fresh('agent')}.vsix`;
  writeAgent(agent);
  await server.install(agent);
  const folder = studio.workspace();
  const window = await studio.open(folder, { server });
  await window.statusBar.showsTasks();
  await window.problems.count({ warnings: 2 });

  const listed = JSON.parse(await answer(studio, window, 'lockstep_tasks', { which: 'all' }));
  assert.deepEqual(listed.tasks.find(({ id }) => id === '7')?.title, 'Add login');
  const found = JSON.parse(await answer(studio, window, 'lockstep_check', {}));
  assert.ok(found.findings.some(({ at }) => at.startsWith(TODO)), JSON.stringify(found));
  const shown = JSON.parse(await answer(studio, window, 'lockstep_task', { id: '7' }));
  assert.ok(shown.places.length >= 4 && shown.next.some(({ status }) => status === 'implementing'), JSON.stringify(shown));

  // Whoever has seen something else is refused, also where the user agrees.
  const before = texts(folder);
  const set = (expect) => ['lockstep_set_status', { id: '7', status: 'implementing', expect }];
  const stale = await answer(studio, window, ...set('researching'), async () => agree(window));
  assert.match(stale, /not-expected/);
  assert.deepEqual(texts(folder), before);

  const done = await answer(studio, window, ...set(shown.rev), async () => {
    const asked = await dialog(window);
    for (const said of ['Add login', ...Object.keys(IMPLEMENTING)]) assert.ok(asked.includes(said), `${said} is not named in\n${asked}`);
    await agree(window);
  });
  assert.equal(JSON.parse(done).outcome, 'applied');
  // What the model is told has happened on disk.
  for (const [file, pattern] of Object.entries(IMPLEMENTING)) assert.match(texts(folder)[file], pattern);
  await window.editor.open(TODO, ...place(folder, TODO, '[IMPLEMENTING]'));
  await window.problems.count({ warnings: 0 });

  // It is started when it is wanted, and not before.
  const started = () => server.processes().filter(({ command }) => command.includes('mcp'));
  assert.deepEqual(started(), []);
  await window.run('MCP: List Servers');
  await window.picker.row('Lockstep');
  await window.picker.take('Lockstep');
  await window.picker.row('Start Server');
  await window.picker.take('Start Server');
  await until('the MCP server', () => started().some(({ command }) => command.includes(folder)));
  // Its log is shown by itself.
  await window.page.locator('.part.panel .view-line', { hasText: /Discovered/ }).first().waitFor();
}

/** Has the agent call a tool, and the user do what is asked then; what the tool says. */
async function answer(studio, window, tool, input, meanwhile = async () => {}) {
  const file = studio.fresh('answer');
  await window.run(CALL_TOOL);
  await until('the agent asks', async () => /Call/.test(await window.picker.question()));
  await window.picker.answer(JSON.stringify({ tool, input, answer: file }));
  await meanwhile();
  return until(`an answer of ${tool}`, () => fs.existsSync(file) && fs.readFileSync(file, 'utf8'));
}

/** What the workbench asks before a tool changes something. */
async function dialog(window) {
  const [text] = await until('a question', async () => {
    const dialogs = await window.dialogs();
    return dialogs.length > 0 && dialogs;
  });
  return text;
}

async function agree(window) {
  await dialog(window);
  await window.page.locator('.monaco-dialog-box .monaco-button', { hasText: /^Yes$/ }).click();
}

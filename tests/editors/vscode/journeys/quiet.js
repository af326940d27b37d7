// A folder without tasks does not notice the extension.

import assert from 'node:assert/strict';

export const title = 'a folder without tasks has nothing in its status bar, and starts nothing';

export async function walk(studio) {
  const folder = studio.bare({ 'README.md': '# A program\n\nIt is one.\n', 'package.json': '{ "name": "x" }\n' });
  const window = await studio.open(folder);
  await window.editor.open('README.md');
  await window.run('Developer: Show Running Extensions');
  const running = window.page.locator('.runtime-extensions-editor');
  await running.locator('.monaco-list-row', { hasText: 'Markdown' }).first().waitFor();
  assert.equal(await running.locator('.monaco-list-row', { hasText: 'Lockstep' }).count(), 0, 'it was activated');
  assert.deepEqual(await window.statusBar.of('lockstep'), []);
  const servers = studio.server.processes().filter(({ command }) => command.includes('lsp'));
  assert.deepEqual(servers, []);
}

// The same list in VS Code and, beside it, in a Neovim that has just changed a task.

import path from 'node:path';

import { NEOVIM } from '../driver/neovim.js';
import { REPOSITORY } from '../driver/install.js';
import { until } from '../driver/until.js';
import { TODO, place } from '../journeys/files.js';
import { files } from './workspace.js';

export const name = 'side-by-side';
export const size = { width: 1100, height: 600 };

export async function take(studio, options) {
  const folder = studio.bare(files(true), 'notes');
  const window = await studio.open(folder, options);
  await window.editor.open(TODO, ...place(folder, TODO, '[IMPLEMENTING]'));
  await window.statusBar.showsTasks();
  await window.press('Control+B');
  await window.run('Terminal: Create New Terminal in Editor Area to the Side');
  const terminal = window.page.locator('.terminal-wrapper .xterm-rows, .editor-instance .xterm-screen').first();
  await terminal.waitFor();
  const plugin = path.join(REPOSITORY, 'editors/neovim');
  const setUp = `set rtp^=${plugin} background=${options.colorScheme} termguicolors noswapfile`;
  const server = `lua require("lockstep").setup({ cmd = { "${studio.server.binary()}", "lsp" } })`;
  await window.type(`clear; exec ${NEOVIM} --clean -c '${setUp}' -c 'runtime plugin/lockstep.lua' -c '${server}' ${TODO}\n`);
  await until('Neovim', () => studio.server.processes().some(({ command }) => command.includes('--clean')));
  await window.type(':LockstepSet 7 completed\n');
  await window.type(':LockstepWrite\n');
  await window.editor.says('[COMPLETED]');
  return window;
}

// The same list in VS Code and, beside it, in a Neovim that has just changed a task.

import fs from 'node:fs';
import path from 'node:path';

import { NEOVIM } from '../driver/neovim.js';
import { REPOSITORY } from '../driver/install.js';
import { until } from '../driver/until.js';
import { TODO } from '../journeys/files.js';
import { files } from './workspace.js';

export const name = 'side-by-side';
export const size = { width: 1100, height: 600 };

/** What Neovim shows looks best so. */
const OPTIONS = 'number nowrap termguicolors noswapfile laststatus=0 noshowmode noruler cmdheight=2 shortmess+=I';

export async function take(studio, options) {
  const folder = studio.bare(files(true), 'notes');
  const window = await studio.open(folder, options);
  await window.editor.open(TODO);
  await window.statusBar.showsTasks();
  const calm = await window.statusBar.of('lockstep');
  await window.press('Control+B');
  await window.run('Terminal: Create New Terminal in Editor Area to the Side');
  const terminal = window.page.locator('.editor-instance .xterm-rows').first();
  const shows = (text) => until(`${text} in the terminal`, async () => (await terminal.innerText()).replaceAll('\u00a0', ' ').includes(text));
  await terminal.waitFor();
  await shows('notes');
  const plugin = path.join(REPOSITORY, 'editors/neovim');
  const server = `lua require("lockstep").setup({ cmd = { "${studio.server.binary()}", "lsp" } })`;
  const script = path.join(studio.fresh('neovim'), 'init.vim');
  fs.mkdirSync(path.dirname(script));
  const lines = [`set rtp^=${plugin} background=${options.colorScheme} ${OPTIONS}`, 'runtime plugin/lockstep.lua', server];
  lines.push('autocmd LspAttach * ++once echo "connected to the server"');
  fs.writeFileSync(script, `${lines.join('\n')}\n`);
  await window.type(`exec ${NEOVIM} --clean -u ${script} ${TODO}\n`);
  await shows('### 7. Add login');
  await shows('connected to the server');
  await window.type(':Lockstep set 10 implementing\n');
  await shows(':Lockstep write` saves them');
  await window.type(':Lockstep write\n');
  await until('VS Code follows', async () => (await window.page.locator('.view-line', { hasText: /Status.*IMPLEMENTING/ }).count()) === 2);
  await until('the mark in the gutter follows', () => window.page.evaluate(isMarked));
  await until('nothing is told of what was saved meanwhile', async () => {
    const [told] = await window.statusBar.of('lockstep');
    return told.startsWith(calm[0]);
  });
  return window;
}

/** Runs in the page: whether there is a mark beside the lower of the two tasks that are being implemented. */
function isMarked() {
  const top = (element) => Number.parseInt(element.style.top, 10);
  const lines = [...document.querySelectorAll('.view-line')].filter((line) => line.textContent.includes('[IMPLEMENTING]'));
  const marks = [...document.querySelectorAll('.glyph-margin-widgets .cgmr')];
  return marks.some((mark) => top(mark) === Math.max(...lines.map(top)));
}

// The tree, the board and open texts follow a change that is saved in a Neovim.

import process from 'node:process';

import { NEOVIM, setInNeovim } from '../driver/neovim.js';
import { follow } from './follow_shell.js';

export const title = 'tree, board and Problems follow a change that a Neovim saves, without a flash of wrong findings';

export async function walk(studio, test) {
  if (NEOVIM === undefined && process.env.CI === undefined) {
    test.skip('there is no Neovim; tests/editors/install-neovim provides one');
    return;
  }
  await follow(studio, test, (folder) => setInNeovim(studio.server, folder, '7', 'implementing'));
}

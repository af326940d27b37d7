// A Neovim beside the workbench, with the plugin, served by the same daemon.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';

import { REPOSITORY } from './install.js';

const INSTALLED = path.join(REPOSITORY, 'target/tools/neovim/nvim');

/** The Neovim that `tests/editors/install-neovim` provides, or undefined. */
export const NEOVIM = process.env.LOCKSTEP_NVIM ?? (fs.existsSync(INSTALLED) ? INSTALLED : undefined);

/** Sets a status in a Neovim, saves it there, and leaves. */
export function setInNeovim(server, folder, task, status) {
  const state = path.join(server.folder, 'neovim');
  const env = {
    ...server.environment(),
    LOCKSTEP_BIN: server.binary(),
    LOCKSTEP_WORKSPACE: folder,
    XDG_CONFIG_HOME: state,
    XDG_DATA_HOME: state,
    XDG_CACHE_HOME: state,
    LOCKSTEP_TASK: task,
    LOCKSTEP_STATUS: status,
  };
  const driver = path.join(import.meta.dirname, '../set_in_neovim.lua');
  return new Promise((resolve, reject) => {
    const neovim = spawn(NEOVIM, ['--headless', '--clean', '-l', driver], { env, cwd: folder });
    let said = '';
    for (const stream of [neovim.stdout, neovim.stderr]) stream.on('data', (data) => (said += data));
    neovim.on('error', reject);
    neovim.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`Neovim ends with ${code}:\n${said}`))));
  });
}

// A workbench's server with data of its own, as somebody would start it on a machine of theirs.

import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';

import { TOOLS } from './install.js';
import { end, holding } from './processes.js';
import { until } from './until.js';

const run = promisify(execFile);

/** The variable that says where the daemon is met; it also marks all processes of a server. */
const FOLDER_VARIABLE = 'LOCKSTEP_RUNTIME_DIR';

const NODE = path.join(TOOLS, 'node');
const ENTRY = path.join(TOOLS, 'node_modules/code-server/out/node/entry.js');

/** What a quiet workbench is set to that asks nobody for updates; else what a desktop has by default. */
const SETTINGS = {
  'chat.disableAIFeatures': true,
  // Painted lines are read as the text of the file.
  'editor.inlayHints.enabled': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'files.autoSave': 'off',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

export class Server {
  /**
   * @param {object} options
   * @param {string} options.folder where all that it writes goes
   * @param {object} [options.settings] settings of the user
   * @param {object} [options.machine] settings of the machine: paths of programs count only there
   * @param {boolean} [options.trust] whether folders must be trusted first, as on a desktop
   */
  static async start({ folder, settings = {}, machine = {}, trust = false }) {
    const server = new Server(folder);
    fs.mkdirSync(server.runtime, { recursive: true, mode: 0o700 });
    server.settings({ ...SETTINGS, ...settings });
    server.machine(machine);
    fs.writeFileSync(path.join(folder, 'config.yaml'), 'auth: none\n');
    server.port = await freePort();
    const log = fs.openSync(path.join(folder, 'log'), 'a');
    spawn(NODE, [ENTRY, ...server.folders(), ...arguments_(server.port, trust)], {
      env: server.environment(),
      stdio: ['ignore', log, log],
      detached: true,
    }).unref();
    fs.closeSync(log);
    await until('the server listens', async () => (await fetch(`${server.origin}/healthz`)).ok);
    return server;
  }

  constructor(folder) {
    this.folder = folder;
    this.runtime = path.join(folder, 'runtime');
  }

  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Writes the settings of the user. */
  settings(values) {
    this.write('data/User/settings.json', values);
  }

  /** Writes the settings of the machine. */
  machine(values) {
    this.write('data/Machine/settings.json', values);
  }

  write(file, values) {
    const target = path.join(this.folder, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, JSON.stringify(values, null, 2));
  }

  /** The environment of all that belongs to it, shells included. */
  environment() {
    const own = { ...process.env, EXTENSIONS_GALLERY: '{}', [FOLDER_VARIABLE]: this.runtime };
    for (const name of ['LOCKSTEP_NO_DAEMON', 'NODE_OPTIONS', 'VSCODE_IPC_HOOK_CLI']) delete own[name];
    // What the test runner tells its children would have others believe that they are such.
    delete own.NODE_TEST_CONTEXT;
    return own;
  }

  folders() {
    const below = (name) => path.join(this.folder, name);
    const [config, data, extensions] = ['config.yaml', 'data', 'extensions'].map(below);
    return ['--config', config, '--user-data-dir', data, '--extensions-dir', extensions];
  }

  /** Installs an extension as `code --install-extension` does. */
  async install(vsix) {
    const arguments_ = [ENTRY, ...this.folders(), '--install-extension', vsix, '--force'];
    const { stdout } = await run(NODE, arguments_, { env: this.environment() });
    if (!stdout.includes('was successfully installed')) throw new Error(`${vsix} is not installed:\n${stdout}`);
  }

  /** The binary that the extension brings. One that is built at another time would have the daemon replaced. */
  binary() {
    const extensions = path.join(this.folder, 'extensions');
    const own = fs.readdirSync(extensions).find((name) => name.startsWith('lockstep.lockstep-'));
    return path.join(extensions, own, 'server/lockstep');
  }

  /** Its processes, and all that they started. */
  processes() {
    return holding(FOLDER_VARIABLE, this.runtime);
  }

  /** Ends it, and whatever it started. */
  async stop() {
    await end(FOLDER_VARIABLE, this.runtime);
  }
}

function arguments_(port, trust) {
  const all = ['--bind-addr', `127.0.0.1:${port}`, '--auth', 'none', '--disable-telemetry', '--disable-update-check'];
  // A window that is gone leaves its extension host, and all that it started, for this many seconds.
  all.push('--disable-getting-started-override', '--ignore-last-opened', '--reconnection-grace-time', '2');
  if (!trust) all.push('--disable-workspace-trust');
  return all;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const listener = net.createServer().on('error', reject);
    listener.listen(0, '127.0.0.1', () => {
      const { port } = listener.address();
      listener.close(() => resolve(port));
    });
  });
}

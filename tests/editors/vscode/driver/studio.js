// What the journeys share: one server with the extension, one browser, and workspaces of each journey's own.

import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { launch } from './browser.js';
import { EXTENSION, REPOSITORY } from './install.js';
import { Server } from './server.js';
import { Window } from './window.js';

/** Where pictures of failed journeys go. */
const FAILURES = process.env.LOCKSTEP_FAILURES ?? path.join(REPOSITORY, 'target/vscode-failures');

/** So many of a window's complaints are told. */
const COMPLAINTS = 10;

export class Studio {
  /** Starts what is shared; `options` are those of `serve`. */
  static async begin(options = {}) {
    const studio = new Studio();
    studio.folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'lockstep-vscode-'));
    try {
      studio.browser = await launch();
      studio.server = await studio.serve(options);
    } catch (error) {
      await studio.end();
      throw error;
    }
    return studio;
  }

  constructor() {
    this.servers = [];
    this.windows = [];
    this.nFolders = 0;
  }

  /** Another server, with the extension in it unless `extension` says another one, or null. */
  async serve({ extension = EXTENSION, ...options } = {}) {
    const server = await Server.start({ folder: this.fresh('server'), ...options });
    this.servers.push(server);
    if (extension !== null) await server.install(extension);
    return server;
  }

  /** A path that nothing lies at yet. */
  fresh(name) {
    this.nFolders += 1;
    return path.join(this.folder, `${name}-${this.nFolders}`);
  }

  /** A copy of the workspace that the tests of all editors begin with, and more files if need be: text by path. */
  workspace(files = {}) {
    const folder = this.fresh('tasks');
    fs.cpSync(path.join(REPOSITORY, 'tests/editors/workspace'), folder, { recursive: true });
    return add(folder, files);
  }

  /** A folder with these files and no others. What people see of it is its name. */
  bare(files, name = 'folder') {
    return add(path.join(this.fresh('bare'), name), files);
  }

  /** Opens a window; it is closed when the journey ends. */
  async open(opened, { server = this.server, ...options } = {}) {
    const window = await Window.open(this.browser, server, opened, options);
    this.windows.push(window);
    await window.load();
    return window;
  }

  /** Runs the binary that the extension brings in a shell beside the editor: its exit code and what it printed. */
  lockstep(folder, arguments_, { server = this.server } = {}) {
    return new Promise((resolve) => {
      execFile(server.binary(), arguments_, { cwd: folder, env: server.environment() }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : error.code, stdout, stderr });
      });
    });
  }

  /** Walks a journey, which may tell figures to the `context` of its test; closes what it opened, and keeps a picture of where it failed. */
  async walk(title, journey, context) {
    try {
      await journey(this, context);
    } catch (error) {
      await this.picture(title);
      const messages = await Promise.all(this.windows.map((window) => window.messages.recorded().catch(() => [])));
      error.message += `\nMessages that were shown: ${JSON.stringify(messages)}`;
      const complaints = this.windows.map((window) => window.complaints.slice(-COMPLAINTS).join('\n'));
      error.message += `\nThe browser's last complaints:\n${complaints.join('\n---\n')}`;
      throw error;
    } finally {
      const windows = this.windows.splice(0);
      await Promise.allSettled(windows.map((window) => window.close()));
      const others = this.servers.splice(1);
      await Promise.all(others.map((server) => server.stop()));
    }
  }

  async picture(title) {
    fs.mkdirSync(FAILURES, { recursive: true });
    const name = title.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 60);
    for (const [at, window] of this.windows.entries()) {
      await window.screenshot(path.join(FAILURES, `${name}-${at + 1}.png`)).catch(() => {});
    }
  }

  /** Ends everything that was started, and removes what was written. */
  async end() {
    await this.browser?.close();
    await Promise.all(this.servers.map((server) => server.stop()));
    const left = this.servers.flatMap((server) => server.processes());
    fs.rmSync(this.folder, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`these processes are left: ${JSON.stringify(left)}`);
  }
}

function add(folder, files) {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
  return folder;
}

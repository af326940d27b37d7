// A window of the workbench on a folder, a file of several folders, or nothing.

import path from 'node:path';

import { Board } from './board.js';
import { Editor } from './editor.js';
import { Menu } from './menu.js';
import { Messages } from './messages.js';
import { Picker } from './picker.js';
import { Preview } from './preview.js';
import { Problems } from './problems.js';
import { StatusBar } from './status_bar.js';
import { Tree } from './tree.js';
import { DEADLINE_MS, until } from './until.js';

/** Folders that are not lost are there sooner. */
const LOST_MS = 15_000;

const SIZE = { width: 1280, height: 860 };

export class Window {
  /**
   * Begins to open a window.
   *
   * @param browser what `launch` gave
   * @param {import('./server.js').Server} server
   * @param {string} opened a folder, or a `.code-workspace` file
   * @param {object} [options] of the browser's context: `colorScheme`, `viewport`, `deviceScaleFactor` …
   */
  static async open(browser, server, opened, options = {}) {
    const context = await browser.newContext({ viewport: SIZE, ...options });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await context.newPage();
    page.setDefaultTimeout(DEADLINE_MS);
    const window = new Window(page, opened);
    const key = opened.endsWith('.code-workspace') ? 'workspace' : 'folder';
    window.address = `${server.origin}/?${key}=${encodeURIComponent(opened)}`;
    return window;
  }

  /** Loads the workbench, and waits until its files are to be seen. */
  async load() {
    await this.page.goto(this.address);
    const files = this.page.locator('.explorer-folders-view .monaco-list-row').first();
    if (this.opened.endsWith('.code-workspace')) await this.#loadWorkspace(files);
    await files.waitFor();
    await this.messages.record();
  }

  /**
   * The workbench loses the folders of such a file where it is read just between two steps of its own, and goes on
   * without any. Whoever sees that loads it again, and then has them from a cache.
   */
  async #loadWorkspace(files) {
    const empty = this.page.getByText('You have not yet added a folder to the workspace').first();
    await files.waitFor({ timeout: LOST_MS }).catch(async () => {
      await empty.waitFor();
      await this.page.reload();
    });
  }

  constructor(page, opened) {
    this.page = page;
    /** What the browser complains of, for whoever looks into a failure. */
    this.complaints = [];
    page.on('console', (message) => message.type() === 'error' && this.complaints.push(message.text()));
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('requestfailed', (request) => this.complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
    this.opened = opened;
    this.picker = new Picker(this);
    this.editor = new Editor(this);
    this.problems = new Problems(this);
    this.preview = new Preview(this);
    this.menu = new Menu(this);
    this.messages = new Messages(this);
    this.statusBar = new StatusBar(this);
    this.tree = new Tree(this);
    this.board = new Board(this);
  }

  press(keys) {
    return this.page.keyboard.press(keys);
  }

  type(text) {
    return this.page.keyboard.type(text);
  }

  /** Runs a command by its title in the palette. */
  async run(title) {
    await this.picker.open('F1');
    await this.picker.choose(title);
  }

  /** Presses a key that the extension suggests, behind the keys that all of them begin with. */
  async suggested(key) {
    await this.press('Control+Alt+L');
    await this.press(key);
  }

  /** *Set Task Status…*, with a task by its id and a status as people read it. */
  async setTaskStatus(id, status) {
    await this.statusBar.showsTasks();
    await this.run('Lockstep: Set Task Status…');
    const task = new RegExp(`^${id}\\b`);
    await this.picker.row(task);
    await this.picker.take(task);
    await this.picker.row(status);
    await this.picker.take(status);
  }

  /** Whether the palette offers a command under just this title. */
  async offers(title) {
    await this.picker.open('F1');
    await this.picker.filter(title);
    const titles = (await this.picker.rows()).map((row) => row.label);
    await this.picker.close();
    return titles.includes(title);
  }

  /** The files that have a tab, those that are not saved with a star. */
  async tabs() {
    const all = this.page.locator('.tabs-container .tab');
    return all.evaluateAll((tabs) =>
      tabs.map((tab) => `${tab.dataset.resourceName ?? tab.innerText.trim()}${tab.classList.contains('dirty') ? '*' : ''}`),
    );
  }

  /** Waits until no file is unsaved. */
  async saved() {
    await until('everything is saved', async () => !(await this.tabs()).some((tab) => tab.endsWith('*')));
  }

  /** Dialogs that hold everything else up, by their text. */
  async dialogs() {
    return this.page.locator('.monaco-dialog-box').allInnerTexts();
  }

  async screenshot(file) {
    await this.page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
  }

  /** Loads it anew, as after `Reload Window`. */
  async reload() {
    await this.page.reload();
    await this.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
  }

  /** Closes it. What is not saved is kept by the workbench. */
  async close() {
    await this.page.context().close();
  }

  /** A path below the folder that is open. */
  path(...parts) {
    return path.join(this.opened, ...parts);
  }
}

// The text that is being edited, and what stands at it.

import { until } from './until.js';

export class Editor {
  constructor(window) {
    this.window = window;
    this.lines = window.page.locator('.editor-group-container.active .monaco-editor .view-line');
  }

  get page() {
    return this.window.page;
  }

  /** Opens a file of the folder at a line and a column, both from 1. */
  async open(path, line = 1, column = 1) {
    const { picker } = this.window;
    await picker.open('Control+P');
    await picker.filter(`${path}:${line}:${column}`);
    const name = path.split('/').at(-1);
    const parent = path.slice(0, -name.length).replace(/\/$/, '');
    await until(`${path} is found`, async () => {
      const [first] = await picker.rows();
      return first !== undefined && first.label === name && first.description.endsWith(parent);
    });
    await this.window.press('Enter');
    await this.shows(path);
    await this.at(line, column);
    // The picker that goes may have the keyboard a while longer.
    await picker.gone();
    await this.focus();
  }

  /** Waits until a file is the one that is edited. */
  async shows(path) {
    const name = path.split('/').at(-1);
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    await this.lines.first().waitFor();
  }

  /** Waits until the cursor is there. */
  async at(line, column) {
    const here = `Ln ${line}, Col ${column}`;
    await until(`the cursor is at ${here}`, async () => (await this.window.statusBar.text('status.editor.selection')).includes(here));
  }

  /**
   * Puts the cursor elsewhere in the file, by the keys that move it: a picker of lines closes by itself where a command
   * that ends just then gives the text the keyboard back.
   */
  async goTo(line, column = 1) {
    await this.focus();
    await this.window.press('Control+Home');
    for (let at = 1; at < line; at += 1) await this.window.press('ArrowDown');
    for (let at = 1; at < column; at += 1) await this.window.press('ArrowRight');
    await this.at(line, column);
  }

  /** Gives the text the keyboard. */
  async focus() {
    await this.page.locator('.editor-group-container.active .monaco-editor .native-edit-context, .editor-group-container.active .monaco-editor textarea.inputarea').first().focus();
  }

  /** The lines that are painted, from top to bottom. */
  async painted() {
    const lines = await this.lines.evaluateAll((all) =>
      all.map((line) => [Number.parseInt(line.style.top, 10), line.textContent.replaceAll('\u00a0', ' ')]),
    );
    return lines.sort(([a], [b]) => a - b).map(([, text]) => text);
  }

  /** Waits until a painted line holds this. */
  async says(text) {
    await until(`a line with ${text}`, async () => (await this.painted()).some((line) => line.includes(text)));
  }

  /** Selects from the cursor to the end of a word of this length, and types over it. */
  async replace(length, text) {
    for (let at = 0; at < length; at += 1) await this.window.press('Shift+ArrowRight');
    await this.window.type(text);
  }

  /** How many places are underlined, in what is painted. */
  async squiggles(kind = 'warning') {
    return this.page.locator(`.editor-group-container.active .squiggly-${kind}`).count();
  }

  /** The hover at the cursor, once it says what is expected: its parts come one after another. */
  async hover(pattern) {
    const hover = this.page.locator('.monaco-hover:not(.hidden) .hover-contents');
    return until(`a hover with ${pattern}`, async () => {
      if ((await hover.count()) === 0) {
        await this.window.press('Control+K');
        await this.window.press('Control+I');
        await hover.first().waitFor({ timeout: 3000 });
      }
      const said = (await hover.allInnerTexts()).join('\n').replaceAll('\u00a0', ' ');
      if (pattern.test(said)) return said;
      throw new Error(`it says\n${said}`);
    });
  }

  /** What Ctrl+. offers at the cursor, by title. It shows nothing while another extension registers: it is asked again. */
  async actions() {
    const rows = this.page.locator('.action-widget .monaco-list-row.action');
    await until('a menu of actions', async () => {
      if (await rows.first().isVisible()) return true;
      await this.window.press('Control+.');
      await rows.first().waitFor({ timeout: 3000 });
      return true;
    });
    return (await rows.allInnerTexts()).map((text) => text.replaceAll('\u00a0', ' ').trim());
  }

  /** Takes an action of the menu that is open, with the keyboard. */
  async take(title) {
    const holds = (text) => (title instanceof RegExp ? title.test(text) : text.includes(title));
    await until(`${title} has the focus`, async () => {
      const focused = this.page.locator('.action-widget .monaco-list-row.focused');
      if ((await focused.count()) > 0 && holds((await focused.first().innerText()).replaceAll('\u00a0', ' '))) return true;
      await this.window.press('ArrowDown');
      return false;
    });
    await this.window.press('Enter');
  }

  /** Whether a light bulb has come by itself. */
  async bulb() {
    return this.page.locator('.lightBulbWidget:visible, .glyph-margin-widgets [class*="codicon-gutter-lightbulb"]:visible').count();
  }
}

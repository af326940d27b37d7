//! Marks in the gutter and on the ruler: the category of every status that stands in a visible file.

import * as vscode from "vscode";
import { positionOf } from "../changes/place";
import type { Category, StatusMark } from "../protocol";
import type { Services } from "../services";
import { Debounce } from "../tasks/debounce";
import { CATEGORIES } from "../tasks/words";

const PAUSE_MS = 150;

/** Of more marks than this only those are drawn that are near to what is seen. */
const MANY = 2_000;

/** So many lines above and below are near. */
const AROUND = 200;

/** Colours of the theme on the ruler. */
const COLORS: Readonly<Record<Category, string>> = {
  open: "icon.foreground",
  active: "charts.blue",
  waiting: "charts.yellow",
  done: "charts.green",
  failed: "charts.red",
  dropped: "disabledForeground",
};

/** Draws the marks until it is disposed. */
export class Marks implements vscode.Disposable {
  readonly #services: Services;
  readonly #types: Map<Category, vscode.TextEditorDecorationType>;
  readonly #later = new Debounce(() => void this.#draw(), PAUSE_MS);
  readonly #subscriptions: vscode.Disposable;
  /** Editors with more marks than are drawn. */
  readonly #partial = new WeakSet<vscode.TextEditor>();

  constructor(services: Services) {
    this.#services = services;
    this.#types = new Map(CATEGORIES.map((category) => [category, decoration(services.extension, category)]));
    this.#subscriptions = vscode.Disposable.from(
      this.#later,
      ...this.#types.values(),
      services.tasks.onDidChange(() => this.#later.call()),
      // What somebody else has saved is in the tasks before it is in the text.
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (vscode.window.visibleTextEditors.some((editor) => editor.document === document)) {
          this.#later.call();
        }
      }),
      vscode.window.onDidChangeVisibleTextEditors(() => this.#later.call()),
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
        if (this.#partial.has(textEditor)) {
          this.#later.call();
        }
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("lockstep.marks")) {
          this.#later.call();
        }
      }),
    );
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  async #draw(): Promise<void> {
    const isWanted = vscode.workspace.getConfiguration("lockstep").get("marks", true);
    for (const editor of vscode.window.visibleTextEditors) {
      const { document } = editor;
      const version = document.version;
      const all = isWanted ? await this.#marksOf(document) : [];
      if (document.version !== version) {
        // Marks of another text would stand at other lines.
        this.#later.call();
        continue;
      }
      const marks = all.length > MANY ? near(editor, all) : all;
      all.length > MANY ? this.#partial.add(editor) : this.#partial.delete(editor);
      for (const [category, type] of this.#types) {
        editor.setDecorations(type, marks.filter((mark) => mark.category === category).map((it) => at(document, it)));
      }
    }
  }

  async #marksOf(document: vscode.TextDocument): Promise<StatusMark[]> {
    const { server, tasks } = this.#services;
    if (tasks.size === 0 || document.uri.scheme !== "file") {
      return [];
    }
    try {
      return await server.request("lockstep/marks", { uri: document.uri.toString() });
    } catch {
      // Between two starts of the server nobody can say.
      return [];
    }
  }
}

/** The marks in and around what is seen. */
function near({ visibleRanges }: vscode.TextEditor, marks: readonly StatusMark[]): StatusMark[] {
  return marks.filter(({ line }) =>
    visibleRanges.some((range) => line >= range.start.line - AROUND && line <= range.end.line + AROUND),
  );
}

function at(document: vscode.TextDocument, mark: StatusMark): vscode.Range {
  const position = positionOf(document, mark);
  return new vscode.Range(position, position);
}

function decoration(extension: vscode.ExtensionContext, category: Category): vscode.TextEditorDecorationType {
  const icon = (theme: string): vscode.Uri => vscode.Uri.file(extension.asAbsolutePath(`media/marks/${category}-${theme}.svg`));
  return vscode.window.createTextEditorDecorationType({
    light: { gutterIconPath: icon("light") },
    dark: { gutterIconPath: icon("dark") },
    gutterIconSize: "70%",
    overviewRulerColor: new vscode.ThemeColor(COLORS[category]),
    overviewRulerLane: vscode.OverviewRulerLane.Left,
  });
}

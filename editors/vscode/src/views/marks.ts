//! Marks in the gutter and on the ruler: the category of every task that stands in a visible file.

import * as vscode from "vscode";
import { fileUri, positionOf } from "../changes/place";
import type { Category, TaskList, TaskReport, TaskRow } from "../protocol";
import type { Services } from "../services";
import { Debounce } from "../tasks/debounce";
import { CATEGORIES } from "../tasks/words";

const PAUSE_MS = 150;

/** Colours of the theme on the ruler. */
const COLORS: Readonly<Record<Category, string>> = {
  open: "icon.foreground",
  active: "charts.blue",
  waiting: "charts.orange",
  done: "charts.green",
  failed: "charts.red",
  dropped: "disabledForeground",
};

/** A place of a task: in which file it is, and what the task is. */
interface Mark {
  line: number;
  column: number;
  category: Category;
}

/** Draws the marks until it is disposed. */
export class Marks implements vscode.Disposable {
  readonly #services: Services;
  readonly #types: Map<Category, vscode.TextEditorDecorationType>;
  readonly #later = new Debounce(() => void this.#draw(), PAUSE_MS);
  readonly #subscriptions: vscode.Disposable;

  constructor(services: Services) {
    this.#services = services;
    this.#types = new Map(CATEGORIES.map((category) => [category, decoration(services.extension, category)]));
    this.#subscriptions = vscode.Disposable.from(
      this.#later,
      ...this.#types.values(),
      services.tasks.onDidChange(() => this.#later.call()),
      vscode.window.onDidChangeVisibleTextEditors(() => this.#later.call()),
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
      const marks = isWanted && document.uri.scheme === "file" ? await this.#marksOf(document) : [];
      // Marks of another text would stand at other lines; the change that came calls again.
      if (document.version === version) {
        for (const [category, type] of this.#types) {
          editor.setDecorations(type, marks.filter((mark) => mark.category === category).map((it) => at(document, it)));
        }
      }
    }
  }

  async #marksOf(document: vscode.TextDocument): Promise<Mark[]> {
    const { server, tasks } = this.#services;
    if (tasks.size === 0) {
      return [];
    }
    if (server.experimental["place"] !== true) {
      return tasks.rows().flatMap((row) => marksOf(row, [row], document));
    }
    try {
      const answer: TaskList<TaskReport> = await server.request("lockstep/tasks", { uri: document.uri.toString() });
      return answer.tasks.flatMap((task) => marksOf(task, task.occurrences, document));
    } catch {
      // Between two starts of the server nobody can say.
      return [];
    }
  }
}

/** The marks of a task in a document: one a line. */
function marksOf(
  task: TaskRow,
  places: readonly { path?: string | null; line?: number | null; column?: number | null }[],
  document: vscode.TextDocument,
): Mark[] {
  const { category } = task;
  if (!category) {
    return [];
  }
  const own = places.filter((it) => it.path && it.line && fileUri(task.root, it.path).fsPath === document.uri.fsPath);
  return own.map((it) => ({ line: it.line!, column: it.column ?? 1, category }));
}

function at(document: vscode.TextDocument, mark: Mark): vscode.Range {
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

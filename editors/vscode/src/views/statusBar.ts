//! The status bar: the task at the cursor, how many tasks contradict themselves, how many sessions there are. Nothing
//! where there are no tasks.

import * as vscode from "vscode";
import { Sessions } from "../client/sessions";
import type { Services } from "../services";
import { cursor, taskAt, type TaskAt } from "../tasks/atCursor";
import { Debounce } from "../tasks/debounce";
import { isContradictory, joined, progressWord, statusWord } from "../tasks/words";
import { iconText } from "./icons";

const { t } = vscode.l10n;

/** How long the cursor rests before the server is asked. */
const PAUSE_MS = 120;

/** Longer titles are cut. */
const TITLE = 30;

/** Shows the item until it is disposed. */
export function statusBar(services: Services): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("lockstep.status", vscode.StatusBarAlignment.Left, 10);
  item.name = "Lockstep";
  let generation = 0;
  const update = async (): Promise<void> => {
    const mine = ++generation;
    const at = await taskHere(services);
    if (mine === generation) {
      show(services, item, at, sessions.names);
    }
  };
  const later = new Debounce(() => void update(), PAUSE_MS);
  const sessions = new Sessions(services.server);
  return vscode.Disposable.from(
    item,
    later,
    sessions,
    sessions.onDidChange(() => later.call()),
    services.tasks.onDidChange(() => {
      sessions.ask();
      later.call();
    }),
    vscode.window.onDidChangeActiveTextEditor(() => later.call()),
    vscode.window.onDidChangeTextEditorSelection(() => later.call()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("lockstep.statusBar")) {
        later.call();
      }
    }),
  );
}

async function taskHere(services: Services): Promise<TaskAt | undefined> {
  const spot = cursor();
  try {
    return spot && (await taskAt(services, spot));
  } catch {
    // Between two starts of the server nobody can say.
    return undefined;
  }
}

function show(
  { tasks }: Services,
  item: vscode.StatusBarItem,
  at: TaskAt | undefined,
  others: readonly string[],
): void {
  const isWanted = vscode.workspace.getConfiguration("lockstep").get("statusBar", true);
  if (tasks.size === 0 || !isWanted) {
    item.hide();
    return;
  }
  const n = tasks.rows().filter(isContradictory).length;
  const contradictions = n > 0 && `$(warning) ${n}`;
  const total = n === 1 ? t("1 task contradicts itself") : t("{0} tasks contradict themselves", n);
  const connected = others.length > 0 && t("Also connected: {0}", others.join(", "));
  const people = others.length > 0 && `$(broadcast) ${others.length + 1}`;
  if (at) {
    const { row } = at;
    const progress = progressWord(row.progress);
    const own = isContradictory(row) && t("Its files contradict each other");
    const name = joined(" ", row.id, cut(row.title));
    item.text = joined(" ", iconText(row.category), name, statusWord(row), progress, contradictions, people);
    item.tooltip = joined("\n", joined(" ", row.id, row.title), own, n > 0 && total, connected, t("Set Task Status…"));
    item.command = { command: "lockstep.ui.setTaskStatus", title: t("Set Task Status…"), arguments: [{ row }] };
  } else {
    item.text = joined(" ", "$(checklist)", contradictions || String(tasks.size), people);
    item.tooltip = joined("\n", t("{0} tasks", tasks.size), n > 0 && total, connected, t("Go to Task…"));
    item.command = "lockstep.ui.goToTask";
  }
  item.accessibilityInformation = { label: String(item.tooltip).replaceAll("\n", ", ") };
  item.show();
}

/** `$(` in a title is no icon. */
function cut(title: string): string {
  const short = title.length > TITLE ? `${title.slice(0, TITLE - 1).trimEnd()}…` : title;
  return short.replaceAll("$(", "$ (");
}

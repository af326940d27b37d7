//! *Show Task Across Files*: every place that says something of a task, and what it says.

import * as vscode from "vscode";
import { isBoardInFront, openBoard } from "../board/panel";
import { fileUri, type Place, reveal } from "../changes/place";
import type { TaskReport } from "../protocol";
import type { Services } from "../services";
import { fullTask } from "../tasks/full";
import { joined } from "../tasks/words";
import type { Command } from "./command";
import { subjectAtCursor } from "./subject";

const { t } = vscode.l10n;

interface PlaceItem extends vscode.QuickPickItem {
  place: Place;
}

export const showTaskAcrossFiles: Command = {
  id: "lockstep.ui.showTaskAcrossFiles",
  async run(services, argument) {
    const at = await subjectAtCursor(services, argument, t("Show Task Across Files"));
    const task = at && (await fullTask(services.server, at.row));
    if (task) {
      choosePlace(services, task);
    }
  },
};

/** Shows the place that is looked at, and stays there once it is chosen. Who chooses none is where they were. */
function choosePlace(services: Services, task: TaskReport): void {
  const before = vscode.window.activeTextEditor;
  const wasOnBoard = isBoardInFront();
  const picker = vscode.window.createQuickPick<PlaceItem>();
  picker.title = joined(" ", task.id, task.title);
  picker.placeholder = task.agreed ? t("All places say the same") : t("The places contradict each other");
  picker.matchOnDescription = true;
  picker.items = task.occurrences.map((it) => {
    const place = { uri: fileUri(task.root, it.path), line: it.line, column: it.column };
    const isOther = it.status !== task.status && isFound(place);
    return { label: it.text, description: `${it.path}:${it.line}`, iconPath: new vscode.ThemeIcon(isOther ? "warning" : "check"), place };
  });
  let isOver = false;
  /** One text after another: none comes to the front later than the place that was chosen, or where they were. */
  let shown: Promise<unknown> = Promise.resolve();
  const then = (show: () => unknown): void => {
    shown = shown.then(show).catch((error: unknown) => services.log.warn(`a place of ${task.id}: ${String(error)}`));
  };
  picker.onDidChangeActive(([item]) => then(() => (item && !isOver ? reveal(item.place, true) : undefined)));
  picker.onDidAccept(() => {
    const item = picker.activeItems[0];
    if (item) {
      isOver = true;
      then(() => reveal(item.place));
    }
    picker.hide();
  });
  picker.onDidHide(() => {
    picker.dispose();
    if (!isOver) {
      isOver = true;
      then(() => (wasOnBoard ? openBoard(services) : before && vscode.window.showTextDocument(before.document, before.viewColumn)));
    }
  });
  picker.show();
}

/** Whether the server finds something wrong in a line. A plan says the same as its task in words of its own: only the
 * server knows which do not agree. */
function isFound({ uri, line }: Place): boolean {
  const all = vscode.languages.getDiagnostics(uri);
  return all.some(({ source, range }) => source === "lockstep" && range.start.line < line && range.end.line >= line - 1);
}

//! *Next Ready Tasks*: those that may begin now; pick one to go there, or start it.

import * as vscode from "vscode";
import { reveal } from "../changes/place";
import { SHOWN, type TaskItem, taskItem } from "../pickers/task";
import type { Services } from "../services";
import { advance } from "./advance";
import type { Command } from "./command";
import { placeOrTell } from "./subject";

const { t } = vscode.l10n;

export const nextReadyTasks: Command = {
  id: "lockstep.ui.nextReadyTasks",
  run(services) {
    const ready = services.tasks.rows().filter((row) => row.ready);
    if (ready.length === 0) {
      void vscode.window.showInformationMessage(t("No task may begin now."));
      return;
    }
    const start: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon("play"), tooltip: t("Start") };
    const picker = vscode.window.createQuickPick<TaskItem>();
    picker.title = t("Next Ready Tasks");
    picker.placeholder = t("Pick a task to go there");
    picker.matchOnDescription = true;
    picker.items = ready.slice(0, SHOWN).map((row) => ({ ...taskItem(row, services.tasks.isOfSeveralRoots), buttons: [start] }));
    picker.onDidTriggerItemButton(({ item }) => {
      picker.hide();
      void advance(services, item.row, "active");
    });
    picker.onDidAccept(() => {
      const item = picker.activeItems[0];
      picker.hide();
      void (item && goTo(services, item));
    });
    picker.onDidHide(() => picker.dispose());
    picker.show();
  },
};

async function goTo(services: Services, item: TaskItem): Promise<void> {
  const place = await placeOrTell(services, item.row);
  if (place) {
    await reveal(place);
  }
}

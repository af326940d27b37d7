//! Every command, in the order of the menus.

import * as vscode from "vscode";
import { refusal } from "../changes/refusal";
import { tellTrouble } from "../changes/tell";
import type { Services } from "../services";
import type { Command } from "./command";
import { completePhase } from "./completePhase";
import { completeTask } from "./completeTask";
import { fixAll } from "./fixAll";
import { fixTask } from "./fixTask";
import { goToTask } from "./goToTask";
import { nextReadyTasks } from "./nextReadyTasks";
import { openBoard } from "./openBoard";
import { restartServer } from "./restartServer";
import { setTaskStatus } from "./setTaskStatus";
import { showLog } from "./showLog";
import { showTaskAcrossFiles } from "./showTaskAcrossFiles";
import { startTask } from "./startTask";
import { toggle } from "./toggle";
import { undo } from "./undo";

const COMMANDS: readonly Command[] = [
  setTaskStatus,
  toggle,
  startTask,
  completeTask,
  completePhase,
  fixTask,
  fixAll,
  goToTask,
  nextReadyTasks,
  showTaskAcrossFiles,
  undo,
  openBoard,
  restartServer,
  showLog,
];

/** Registers all of them. What one throws is shown: it is the server's refusal, or a fault that the log tells of. */
export function registerCommands(services: Services): vscode.Disposable {
  const registered = COMMANDS.map(({ id, run }) =>
    vscode.commands.registerCommand(id, async (...argument: unknown[]) => {
      try {
        await run(services, ...argument);
      } catch (error) {
        services.log.error(`${id}: ${String(error)}`);
        tellTrouble(refusal(error).why);
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}

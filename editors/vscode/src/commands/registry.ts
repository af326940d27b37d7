//! Every command, in the order of the menus.

import * as vscode from "vscode";
import type { Services } from "../services";
import type { Command } from "./command";
import { openBoard } from "./openBoard";
import { restartServer } from "./restartServer";
import { showLog } from "./showLog";

const COMMANDS: readonly Command[] = [openBoard, restartServer, showLog];

/** Registers all of them. What one throws is shown. */
export function registerCommands(services: Services): vscode.Disposable {
  const registered = COMMANDS.map(({ id, run }) =>
    vscode.commands.registerCommand(id, (...argument: unknown[]) => run(services, ...argument)),
  );
  return vscode.Disposable.from(...registered);
}

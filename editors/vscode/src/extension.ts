//! The extension: wires its parts, and starts the server without waiting for it.

import * as vscode from "vscode";
import { registerBoard } from "./board/panel";
import { Server } from "./client/server";
import { registerCommands } from "./commands/registry";
import type { Services } from "./services";
import { feed } from "./tasks/feed";
import { TaskStore } from "./tasks/store";

export function activate(extension: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("Lockstep", { log: true });
  const server = new Server(extension, log);
  const services: Services = { extension, log, server, tasks: new TaskStore() };
  extension.subscriptions.push(
    log,
    server,
    feed(server, services.tasks, log),
    registerCommands(services),
    registerBoard(services),
  );
  void server.start();
}

//! The extension: wires its parts, and starts the server without waiting for it.

import * as vscode from "vscode";
import { mcpServer } from "./agents/mcpServer";
import { registerTools } from "./agents/registry";
import { registerBoard } from "./board/panel";
import { actionCommands } from "./changes/actionCommands";
import { Changes } from "./changes/changes";
import { watchStaleBuffers } from "./changes/staleBuffers";
import { Server } from "./client/server";
import { registerCommands } from "./commands/registry";
import type { Services } from "./services";
import { feed } from "./tasks/feed";
import { TaskStore } from "./tasks/store";
import { contextKeys } from "./views/context";
import { FileBadges } from "./views/fileBadges";
import { hoverLinks } from "./views/hoverLinks";
import { Marks } from "./views/marks";
import { statusBar } from "./views/statusBar";
import { TasksView } from "./views/tree/view";

export function activate(extension: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("Lockstep", { log: true });
  const server = new Server(extension, log);
  const services: Services = { extension, log, server, tasks: new TaskStore(), changes: new Changes(server, log) };
  server.use(actionCommands(services));
  server.use(hoverLinks(services));
  extension.subscriptions.push(
    log,
    server,
    services.changes,
    feed(server, services.tasks, log),
    registerCommands(services),
    registerBoard(services),
    registerTools(services),
    mcpServer(services),
    contextKeys(services),
    new TasksView(services),
    statusBar(services),
    new Marks(services),
    new FileBadges(services),
    watchStaleBuffers(),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("lockstep.server.path")) {
        void server.restart();
      }
    }),
  );
  void server.start();
}

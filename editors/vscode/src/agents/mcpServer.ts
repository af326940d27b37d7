//! The MCP server of the program, as VS Code can start it for its agents: one for each folder with tasks.

import { basename } from "node:path";
import * as vscode from "vscode";
import type { Services } from "../services";

const ID = "lockstep.mcp";

/** Tells VS Code of the servers, where it knows such. It starts them when an agent needs them. */
export function mcpServer({ server, tasks }: Services): vscode.Disposable {
  const { lm } = vscode as { lm?: Partial<typeof vscode.lm> };
  if (!lm?.registerMcpServerDefinitionProvider) {
    return vscode.Disposable.from();
  }
  const changed = new vscode.EventEmitter<void>();
  let told = "";
  const tell = (): void => {
    const now = JSON.stringify([server.command, tasks.roots]);
    if (now !== told) {
      told = now;
      changed.fire();
    }
  };
  const provider: vscode.McpServerDefinitionProvider<vscode.McpStdioServerDefinition> = {
    onDidChangeMcpServerDefinitions: changed.event,
    provideMcpServerDefinitions: () => definitions(server.command, server.version, tasks.roots),
  };
  const registered = lm.registerMcpServerDefinitionProvider(ID, provider);
  return vscode.Disposable.from(registered, changed, server.onDidStart(tell), tasks.onDidChange(tell));
}

function definitions(
  command: string | undefined,
  version: string | undefined,
  roots: readonly string[],
): vscode.McpStdioServerDefinition[] {
  if (command === undefined) {
    return [];
  }
  return roots.map((root) => {
    const label = roots.length > 1 ? `Lockstep (${basename(root)})` : "Lockstep";
    const definition = new vscode.McpStdioServerDefinition(label, command, ["--root", root, "mcp"], {}, version);
    definition.cwd = vscode.Uri.file(root);
    return definition;
  });
}

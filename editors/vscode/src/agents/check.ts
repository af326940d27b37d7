//! `lockstep_check`: what is found, as Problems shows it.

import * as vscode from "vscode";
import type { AgentTool } from "./tool";

/** So many findings are told unless the model asks for more. */
const LIMIT = 20;

interface Input {
  path?: string;
  limit?: number;
}

const SEVERITIES = ["error", "warning", "info", "hint"];

export const check: AgentTool<Input> = {
  name: "lockstep_check",
  doing: () => vscode.l10n.t("Checking tasks"),
  async call({ server }, { path, limit = LIMIT }) {
    // Answered once all findings are told.
    await server.request("lockstep/told");
    const all = vscode.languages.getDiagnostics().flatMap(([uri, found]) => {
      const file = vscode.workspace.asRelativePath(uri);
      const isMeant = path === undefined || file === path || file.startsWith(`${path.replace(/\/$/, "")}/`);
      return isMeant ? found.filter((it) => it.source === "lockstep").map((it) => finding(file, it)) : [];
    });
    return { total: all.length, findings: all.slice(0, limit) };
  },
};

function finding(file: string, { code, message, range, severity }: vscode.Diagnostic): object {
  const rule = typeof code === "object" ? code.value : code;
  return { rule, severity: SEVERITIES[severity], at: `${file}:${range.start.line + 1}`, message };
}

//! Links under what the server says of a task. They are made here, so that nothing that a repository says is a command.

import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import type { Services } from "../services";
import { taskAt } from "../tasks/atCursor";

const { t } = vscode.l10n;

const LINKED = ["lockstep.ui.setTaskStatus", "lockstep.ui.showTaskAcrossFiles"];

/** Adds the links where the hover is about a task. */
export function hoverLinks(services: Services): Middleware {
  return {
    provideHover: async (document, position, token, next) => {
      const hover = await next(document, position, token);
      const at = hover && (await taskAt(services, { uri: document.uri, position }).catch(() => undefined));
      if (!hover || !at) {
        return hover;
      }
      const { root, id } = at.row;
      const argument = encodeURIComponent(JSON.stringify([{ row: { root, id } }]));
      const [set, across] = LINKED.map((command) => `command:${command}?${argument}`);
      const links = new vscode.MarkdownString(`[${t("Set Task Status…")}](${set}) · [${t("Show Across Files")}](${across})`);
      links.isTrusted = { enabledCommands: LINKED };
      return new vscode.Hover([...hover.contents, links], hover.range);
    },
  };
}

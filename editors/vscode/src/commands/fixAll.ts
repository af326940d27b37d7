//! *Fix All…*: every fix that needs no decision, shown before it is made.

import * as vscode from "vscode";
import { run, show } from "../changes/perform";
import type { Command } from "./command";

export const fixAll: Command = {
  id: "lockstep.ui.fixAll",
  async run(services) {
    const argument = services.server.experimental["rows"] === true ? { confirm: true } : {};
    show(await run(services, "lockstep.fixAll", argument, undefined, vscode.l10n.t("Fix All")));
  },
};

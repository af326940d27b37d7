//! *Toggle*: what is at the cursor, or in the selected lines, goes on to its next status in the circle open → active →
//! done. Which one that is, the server knows.

import * as vscode from "vscode";
import { type Argument, run, show } from "../changes/perform";
import { argumentOf } from "../changes/setStatus";
import { tellTrouble } from "../changes/tell";
import type { Services } from "../services";
import type { Command } from "./command";
import { isText, named, spotOf } from "./subject";

const { t } = vscode.l10n;

export const toggle: Command = {
  id: "lockstep.ui.toggle",
  async run(services, argument) {
    const row = named(services, argument);
    const target = row ? argumentOf({ root: row.root, id: row.id }) : (selected(argument) ?? atSpot(argument));
    if (!target) {
      tellTrouble(t("No task is at the cursor. Go to one first"));
      return;
    }
    await toggleAt(services, { ...target }, row?.root);
  },
};

/** The lines that are selected, where these are several and no menu means another place: that of a text means them. */
function selected(argument: unknown): Argument | undefined {
  const editor = vscode.window.activeTextEditor;
  const isMeant = (argument === undefined || isText(argument)) && editor !== undefined && !editor.selection.isSingleLine;
  return isMeant ? { uri: editor.document.uri.toString(), range: editor.selection } : undefined;
}

/** A place may also be that of a phase or of a check box, which are toggled by themselves. */
function atSpot(argument: unknown): Argument | undefined {
  const spot = spotOf(argument);
  return spot && { uri: spot.uri.toString(), position: spot.position };
}

async function toggleAt(services: Services, target: Argument, root: string | undefined): Promise<void> {
  show(await run(services, "lockstep.toggle", target, root));
}

//! *Go to Task…*.

import * as vscode from "vscode";
import { reveal } from "../changes/place";
import type { Command } from "./command";
import { placeOrTell, subjectOrPick } from "./subject";

export const goToTask: Command = {
  id: "lockstep.ui.goToTask",
  async run(services, argument) {
    const at = await subjectOrPick(services, argument, vscode.l10n.t("Go to Task"));
    const place = at && (await placeOrTell(services, at.row));
    if (place) {
      await reveal(place);
    }
  },
};

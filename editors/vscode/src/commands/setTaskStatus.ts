//! *Set Task Status…*: pick a task, then a status.

import * as vscode from "vscode";
import { show } from "../changes/perform";
import { setStatus, type Target, transitionParams } from "../changes/setStatus";
import { pickStatus } from "../pickers/status";
import type { Transition } from "../protocol";
import type { Services } from "../services";
import { joined, statusWord } from "../tasks/words";
import type { Command } from "./command";
import { subjectOrPick } from "./subject";

const { t } = vscode.l10n;

export const setTaskStatus: Command = {
  id: "lockstep.ui.setTaskStatus",
  async run(services, argument) {
    const at = await subjectOrPick(services, argument, t("Set Task Status"));
    if (!at) {
      return;
    }
    const { row } = at;
    const target = { root: row.root, id: row.id };
    const transitions = await transitionsOf(services, target);
    const title = joined(" ", row.id, row.title, statusWord(row));
    const chosen = await pickStatus(title, transitions);
    if (chosen) {
      show(await setStatus(services, target, chosen.status));
    }
  },
};

/** The statuses that a task or phase might be given. */
export function transitionsOf(services: Pick<Services, "server">, target: Target): Promise<Transition[]> {
  return services.server.request("lockstep/transitions", transitionParams(target));
}

//! *Toggle*: what is at the cursor goes on to its next status in the circle open → active → done.

import * as vscode from "vscode";
import { run, show } from "../changes/perform";
import { argumentOf } from "../changes/setStatus";
import { tellTrouble } from "../changes/tell";
import { nextInCycle } from "../pickers/cycle";
import type { Category, Transition } from "../protocol";
import type { Services } from "../services";
import type { Command } from "./command";
import { named, spotOf } from "./subject";

const { t } = vscode.l10n;

export const toggle: Command = {
  id: "lockstep.ui.toggle",
  async run(services, argument) {
    const row = named(services, argument);
    const spot = row ? undefined : spotOf(argument);
    if (!row && !spot) {
      tellTrouble(t("No task is at the cursor. Go to one first"));
      return;
    }
    // A place may also be that of a phase or of a check box, which are toggled by themselves.
    const place = spot && { uri: spot.uri.toString(), position: spot.position };
    const target = row ? argumentOf({ root: row.root, id: row.id }) : place!;
    await toggleAt(services, target, row?.root);
  },
};

async function toggleAt(services: Services, target: object, root: string | undefined): Promise<void> {
  const transitions: Transition[] = await services.server.request("lockstep/transitions", target);
  const now = currentCategory(transitions);
  const { next, why } = nextInCycle(now, transitions);
  if (!next) {
    tellTrouble(t("Nothing to toggle to: {0}", why.join("; ") || t("no other status is allowed now")));
    return;
  }
  show(await run(services, "lockstep.setStatus", { ...target, status: next.status }, root));
}

function currentCategory(transitions: readonly Transition[]): Category | null {
  return transitions.find((it) => it.current)?.category ?? null;
}

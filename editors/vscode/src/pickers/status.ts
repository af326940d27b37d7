//! The picker of a status: what is allowed first, the others with why not.

import * as vscode from "vscode";
import type { PlaceReport, Transition } from "../protocol";
import { iconOf } from "../views/icons";
import { orderedStatuses } from "./order";
import { separator } from "./task";

const { t } = vscode.l10n;

/** So many of the other changes are named. */
const NAMED = 2;

interface StatusItem extends vscode.QuickPickItem {
  transition: Transition;
}

/** Has the user pick a status. One that is not allowed cannot be picked: the title says why. */
export function pickStatus(
  title: string,
  transitions: readonly Transition[],
): Promise<Transition | undefined> {
  const { allowed, others } = orderedStatuses(transitions);
  const picker = vscode.window.createQuickPick<StatusItem | vscode.QuickPickItem>();
  picker.title = title;
  picker.placeholder = allowed.length > 0 ? t("New status") : t("No status is allowed now");
  picker.matchOnDescription = true;
  picker.items = [
    ...allowed.map(statusItem),
    ...(others.length > 0 ? [separator(t("Not allowed now"))] : []),
    ...others.map(statusItem),
  ];
  return new Promise((resolve) => {
    picker.onDidAccept(() => {
      const chosen = picker.activeItems[0];
      if (!chosen || !("transition" in chosen)) {
        return;
      }
      if (!chosen.transition.allowed) {
        picker.title = t("{0} is not allowed: {1}", chosen.transition.title, chosen.transition.why);
        return;
      }
      resolve(chosen.transition);
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
}

function statusItem(transition: Transition): StatusItem {
  const shared = { transition, label: transition.title, iconPath: iconOf(transition.category) };
  if (!transition.allowed) {
    return { ...shared, detail: transition.why };
  }
  const needs = transition.needs.map(needWord).join(", ");
  const effects = effectsWord(transition.changes ?? []);
  return { ...shared, ...(needs && { description: needs }), ...(effects && { detail: effects }) };
}

function needWord(need: string): string {
  switch (need) {
    case "reason":
      return t("asks for a reason");
    case "artifact":
      return t("needs an artifact");
    default:
      return t("needs {0}", need);
  }
}

/** What else a change does: the first of it, and how much more. */
function effectsWord(changes: readonly PlaceReport[]): string {
  const others = changes.filter((change) => change.what !== "task");
  const named = others.slice(0, NAMED).map(({ what, from, to }) => `${what} ${from} → ${to}`);
  const more = others.length - named.length;
  return [...named, ...(more > 0 ? [t("{0} more", more)] : [])].join(" · ");
}

//! Runs a command of the server for the user: asks for a reason where one is missing, and shows what is refused.

import * as vscode from "vscode";
import type { CommandAnswer, Transition } from "../protocol";
import type { Server } from "../client/server";
import type { Changes } from "./changes";
import { refusal } from "./refusal";
import { tellTrouble } from "./tell";
import { wishWord } from "./wish";

/** What became of a wish. */
export type Outcome = { kind: "done"; answer: CommandAnswer } | { kind: "cancelled" } | { kind: "refused"; why: string };

/** An argument of a command. */
export interface Argument {
  [name: string]: unknown;
  task?: string;
  phase?: string;
  status?: string;
  reason?: string;
}

/** Runs a command. Shows nothing but the question for a reason and, where it was done on disk, what was done. `root` is
 * the folder that it is about, where that is known. */
export async function run(
  services: { server: Server; changes: Changes },
  command: string,
  argument: Argument,
  root?: string,
): Promise<Outcome> {
  try {
    const answer: CommandAnswer = await services.server.execute(command, argument);
    services.changes.noteAnswer(answer, root, argument.phase);
    return { kind: "done", answer };
  } catch (error) {
    const { code, why } = refusal(error);
    if (code !== "needs-reason" || argument.reason !== undefined) {
      return { kind: "refused", why };
    }
    const reason = await askReason(services.server, argument);
    return reason === undefined ? { kind: "cancelled" } : run(services, command, { ...argument, reason }, root);
  }
}

/** Shows what the user must know of an outcome: a refusal. What else there is to know, the server tells by itself. */
export function show(outcome: Outcome): void {
  if (outcome.kind === "refused") {
    tellTrouble(outcome.why);
  }
}

async function askReason(server: Server, argument: Argument): Promise<string | undefined> {
  const given = await vscode.window.showInputBox({
    title: await question(server, argument),
    prompt: vscode.l10n.t("Reason"),
    placeHolder: vscode.l10n.t("Say why; it is written into the files"),
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === "" ? vscode.l10n.t("Give a reason.") : undefined),
  });
  return given?.trim();
}

/** What is about to be done, with the status as people read it. */
async function question(server: Server, { task, phase, uri, position, status = "" }: Argument): Promise<string> {
  let title = status;
  try {
    const all: Transition[] = await server.request("lockstep/transitions", { task, phase, uri, position });
    title = all.find((it) => it.status === status)?.title ?? status;
  } catch {
    // Its id says it too.
  }
  return task === undefined ? vscode.l10n.t("Set to {0}", title) : wishWord(task, title, phase);
}

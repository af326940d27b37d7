//! A change of status: asked of the server, with a reason where one is needed.

import * as vscode from "vscode";
import type { CommandAnswer, Refusal } from "../protocol";
import type { Services } from "../services";
import { askReason } from "./reason";
import { rootUri } from "./place";

/** Whose status is meant: a task of a root, or a phase of it. */
export interface Target {
  root: string;
  id: string;
  title?: string;
  phase?: string;
}

/** What became of a wish. */
export type Outcome = { kind: "done"; answer: CommandAnswer } | { kind: "cancelled" } | { kind: "refused"; why: string };

/** Sets a status everywhere the task says it. Asks for a reason where one is missing; shows nothing else. */
export async function setStatus(
  services: Pick<Services, "server">,
  task: Target,
  status: string,
  reason?: string,
): Promise<Outcome> {
  const argument = { task: task.id, uri: rootUri(task.root), status, phase: task.phase, reason };
  try {
    return { kind: "done", answer: await services.server.execute("lockstep.setStatus", argument) };
  } catch (error) {
    const { code, why } = refusal(error);
    if (code !== "needs-reason" || reason !== undefined) {
      return { kind: "refused", why };
    }
    const given = await askReason(task, status);
    return given === undefined ? { kind: "cancelled" } : setStatus(services, task, status, given);
  }
}

/** An error of the server: what programs branch on, and what people read. */
export function refusal(error: unknown): { code: string | undefined; why: string } {
  const data = (error as { data?: Refusal }).data;
  return { code: data?.code, why: error instanceof Error ? error.message : vscode.l10n.t("The server gives no reason.") };
}

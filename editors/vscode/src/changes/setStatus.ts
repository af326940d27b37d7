//! A change of status: asked of the server, with a reason where one is needed.

import type { Services } from "../services";
import { type Outcome, run } from "./perform";
import { rootUri } from "./place";

/** Whose status is meant: a task of a root, or a phase of it. */
export interface Target {
  root: string;
  id: string;
  phase?: string | null;
  /** The status that it must still have, where that matters. */
  expect?: string | null;
}

/** Sets a status everywhere the task says it. Asks for a reason where one is missing. What is refused is shown by the
 * caller: see `show`. */
export function setStatus(
  services: Pick<Services, "server" | "changes">,
  task: Target,
  status: string,
  reason?: string,
): Promise<Outcome> {
  const expect = task.expect ? { expect: task.expect } : {};
  const argument = { ...argumentOf(task), status, ...expect, ...(reason === undefined ? {} : { reason }) };
  return run(services, "lockstep.setStatus", argument, task.root);
}

/** Names a task to the server. */
export function argumentOf(task: Target): { task: string; uri: string; phase?: string } {
  return { task: task.id, uri: rootUri(task.root), ...(task.phase ? { phase: task.phase } : {}) };
}

/** Asks `lockstep/transitions` for the statuses that a task might be given now, with what each needs and does. */
export function transitionParams(task: Target): object {
  return { ...argumentOf(task), effects: true };
}

//! `lockstep_set_status`: another status in every file, if the task is as the model has seen it.

import * as vscode from "vscode";
import { refusal } from "../changes/refusal";
import type { CommandAnswer, SetResult, Transition } from "../protocol";
import type { Services } from "../services";
import { joined, statusWord } from "../tasks/words";
import { changeLines } from "./lines";
import { type Meant, meant } from "./meant";
import type { AgentTool, Question } from "./tool";

const { t } = vscode.l10n;

interface Input extends Meant {
  status: string;
  /** The status or `rev` that the model has seen. */
  expect: string;
  reason?: string;
}

export const setStatus: AgentTool<Input> = {
  name: "lockstep_set_status",
  doing: ({ id, status }) => t("Setting task {0} to {1}", id, status),
  asks,
  async call(services, input) {
    const { status, expect, reason } = input;
    if (!expect) {
      throw new Error("`expect` is missing; give the status or `rev` of the task that you saw");
    }
    const argument = { ...meant(input), status, expect, ...(reason === undefined ? {} : { reason }) };
    const answer: CommandAnswer = await services.server.execute("lockstep.setStatus", argument);
    services.changes.noteAnswer(answer, input.root, input.phase);
    return answer.results ? onDisk(answer, answer.results) : inEditor(services, answer);
  },
};

/** What would become of the task, and of what else. */
async function asks({ server, tasks }: Services, input: Input): Promise<Question> {
  const title = input.phase === undefined
    ? t("Set task {0} to {1}?", input.id, input.status)
    : t("Set phase {0} of task {1} to {2}?", input.phase, input.id, input.status);
  const row = tasks.rows().find((it) => it.id === input.id && (input.root === undefined || it.root === input.root));
  const name = row && joined(" ", row.id, row.title, statusWord(row));
  const reason = input.reason && t("Reason: {0}", input.reason);
  const about = (text: string, changes: string[] = []): Question => {
    return { title, text: joined("\n\n", name, reason, text), changes };
  };
  try {
    const all = await server.request<Transition[]>("lockstep/transitions", { ...meant(input), effects: true });
    const chosen = all.find((it) => it.status === input.status || it.title === input.status);
    if (!chosen) {
      // The server knows more words for a status than it lists.
      return about(t("What it changes is known once it is done."));
    }
    if (!chosen.allowed) {
      return about(t("Lockstep will refuse it: {0}", chosen.why));
    }
    const changes = changeLines(chosen);
    const nFiles = new Set(chosen.changes?.map(({ path }) => path)).size;
    return about(nFiles === 1 ? t("Changes 1 file:") : t("Changes {0} files:", nFiles), changes);
  } catch (error) {
    return about(t("Lockstep will refuse it: {0}", refusal(error).why));
  }
}

/** The change is in the texts of the editor once that is told. */
async function inEditor({ changes }: Services, { transaction, files, notes }: CommandAnswer): Promise<object> {
  const became = transaction ? await changes.outcome(transaction) : undefined;
  if (became && became.outcome !== "applied") {
    throw new Error(became.message ?? `the editor did not apply the change: ${became.outcome}`);
  }
  return { outcome: files?.length ? "applied" : "unchanged", files, notes };
}

function onDisk({ transaction, files }: CommandAnswer, results: SetResult[]): object {
  const refused = results.find(({ outcome }) => outcome === "refused");
  if (refused) {
    throw new Error(joined("; ", `${refused.code}: ${refused.reason}`, refused.remedy));
  }
  const [only] = results;
  return { outcome: only?.outcome, transaction, files: only?.files ?? files, notes: only?.reason ? [only.reason] : [] };
}

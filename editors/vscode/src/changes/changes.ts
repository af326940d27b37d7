//! What happens around a change: its files are saved, the user is told, and it can be undone.

import * as vscode from "vscode";
import type { ApplyWorkspaceEditResult, Middleware } from "vscode-languageclient/node";
import type { Server } from "../client/server";
import type { Applied, CommandAnswer } from "../protocol";
import { Outcomes } from "./outcomes";
import { Pending } from "./pending";
import { rootUri } from "./place";
import { refusal } from "./refusal";
import { saveTouched, type Saved } from "./saving";
import { made, type Snapshot, snapshotOf, snapshotOfAction, stands } from "./snapshot";
import { joined, titleOf } from "../tasks/words";
import { tellDone, tellPreview, tellSaved, tellTrouble } from "./tell";
import { takeBack } from "./undoing";

/** So many changes can be undone one after the other. */
const KEPT = 50;

/** A change in the texts of this window. */
type EditChange = { kind: "edit"; label: string; snapshot: Snapshot };

/** A change of this window: in its texts, or on disk. */
type Change = EditChange | { kind: "disk"; label: string; transaction: string; root: string | undefined };

/** Follows every change that the server makes through this window. */
export class Changes implements vscode.Disposable {
  readonly #server: Server;
  readonly #log: vscode.LogOutputChannel;
  readonly #pending: Pending;
  readonly #outcomes = new Outcomes();
  /** What can be undone, the newest last. */
  readonly #done: Change[] = [];
  /** What is undone in texts, and may be made again there. */
  readonly #undone: EditChange[] = [];
  readonly #listener: vscode.Disposable;
  /** Edits that are applied here, and not yet seen by the server. */
  #unseen: { change: Change; saved: Promise<Saved> }[] = [];

  constructor(server: Server, log: vscode.LogOutputChannel) {
    this.#server = server;
    this.#log = log;
    this.#pending = new Pending((snapshot) => void this.#chosen(snapshot));
    this.#listener = vscode.workspace.onDidChangeTextDocument(({ document, reason }) => {
      if (reason !== undefined) {
        void this.#undoneOrRedone(document);
      }
    });
    server.use(this.#middleware());
    server.onDidEnd(() => {
      this.#unseen = [];
      this.#outcomes.end(vscode.l10n.t("Lockstep's server has ended; read the task again"));
    });
    server.onNotification<Applied>("lockstep/applied", (told) => void this.#told(told));
  }

  /** Notes the answer of a command: what it has done on disk can be undone too. */
  noteAnswer(answer: CommandAnswer | null, root?: string): void {
    if (!answer?.schema || !answer.transaction) {
      return;
    }
    const results = answer.results ?? [];
    const files = new Set([...(answer.files ?? []), ...results.flatMap((it) => it.files)]);
    const only = results.length === 1 ? results[0] : undefined;
    const label = only ? vscode.l10n.t("Set task {0} to {1}", only.task, titleOf(only.to)) : vscode.l10n.t("Changed on disk");
    const change: Change = { kind: "disk", label, transaction: answer.transaction, root };
    keep(this.#done, change);
    tellDone(label, files.size, () => void this.undo(change));
  }

  /** What became of an edit that the server has asked for, once it is in the texts and saved, or given up. */
  outcome(transaction: string): Promise<Applied> {
    return this.#outcomes.of(transaction);
  }

  /** Undoes a change, else the last of this window, else the newest transaction on disk; and says so, or why not. */
  async undo(change: Change | undefined = this.#done.at(-1)): Promise<void> {
    try {
      const what = change?.kind === "edit" ? await takeBack(change.snapshot) : await this.#undoOnDisk(change);
      this.#done.splice(0, this.#done.length, ...this.#done.filter((it) => it !== change));
      if (change?.kind === "edit") {
        keep(this.#undone, change);
      }
      void vscode.window.showInformationMessage(vscode.l10n.t("Undone: {0}", change?.label ?? what));
    } catch (error) {
      tellTrouble(vscode.l10n.t("Nothing is undone: {0}", refusal(error).why));
    }
  }

  dispose(): void {
    this.#listener.dispose();
    this.#pending.dispose();
  }

  #middleware(): Middleware {
    return {
      workspace: {
        handleApplyEdit: async (params, next) => {
          const planned = await this.#planned(() => snapshotOf(params.edit, params.label ?? vscode.l10n.t("Changed")));
          const apply = async (): Promise<ApplyWorkspaceEditResult> => {
            const result = await next(params, new vscode.CancellationTokenSource().token);
            return "applied" in result ? result : { applied: false, failureReason: result.message };
          };
          if (Object.values(params.edit.changeAnnotations ?? {}).some((it) => it.needsConfirmation)) {
            // Its user takes time, and may choose a part: the server, which has other edits to send, waits for neither.
            void this.#shownFirst(planned, apply);
            return { applied: false };
          }
          const result = await apply();
          if (result.applied && planned) {
            // The answer is not held up by saving.
            this.#unseen.push(this.#applied(planned));
          }
          return result;
        },
      },
      resolveCodeAction: async (item, token, next) => {
        const action = await next(item, token);
        const edit = action?.edit;
        this.#pending.expect(edit && (await this.#planned(() => snapshotOfAction(edit, action.title))));
        return action;
      },
    };
  }

  /** What an edit is about. Where that cannot be told, it is applied all the same, and neither saved nor undone here. */
  async #planned(plan: () => Promise<Snapshot>): Promise<Snapshot | undefined> {
    try {
      return await plan();
    } catch (error) {
      this.#log.warn(`what an edit is about: ${String(error)}`);
      return undefined;
    }
  }

  /** The editor's own Undo and Redo are of texts alone: where they have taken a change back in all of its files, or made
   * it again, these are saved as they were for the change itself. */
  async #undoneOrRedone({ uri }: vscode.TextDocument): Promise<void> {
    const isUndone = (it: Change) => it.kind === "edit" && stands(it.snapshot, uri, "before");
    const undone = take(this.#done, isUndone) as EditChange | undefined;
    const redone = undone ? undefined : take(this.#undone, ({ snapshot }) => stands(snapshot, uri, "after"));
    if (undone) {
      keep(this.#undone, undone);
    } else if (redone) {
      keep(this.#done, redone);
    }
    const change = undone ?? redone;
    const [failed] = change ? (await saveTouched(change.snapshot)).failed : [];
    if (failed) {
      tellTrouble(vscode.l10n.t("cannot save {0}", vscode.workspace.asRelativePath(failed)));
    }
  }

  /** An edit is shown before it is made: what of it is chosen is saved, and told. */
  async #shownFirst(planned: Snapshot | undefined, apply: () => Promise<ApplyWorkspaceEditResult>): Promise<void> {
    tellPreview();
    const { applied } = await apply();
    const chosen = applied && planned && made(planned);
    if (chosen) {
      const { change, saved } = this.#applied(chosen);
      tellSaved(chosen.label, await saved, () => void this.undo(change));
    }
  }

  /** An edit is in the texts: it is saved and can be undone. */
  #applied(snapshot: Snapshot): { change: Change; saved: Promise<Saved> } {
    const change: Change = { kind: "edit", label: snapshot.label, snapshot };
    keep(this.#done, change);
    return { change, saved: saveTouched(snapshot) };
  }

  /** The edit of a code action is in the texts. That of one file can be seen there. */
  async #chosen(snapshot: Snapshot): Promise<void> {
    const { change, saved } = this.#applied(snapshot);
    const became = await saved;
    if (snapshot.files.length > 1 || became.failed.length > 0) {
      tellSaved(snapshot.label, became, () => void this.undo(change));
    }
  }

  /** The server says what became of an edit that it has asked for. */
  async #told(told: Applied): Promise<void> {
    const { label, outcome, message } = told;
    const at = this.#unseen.findIndex(({ change }) => change.label === label);
    const [edit] = at < 0 ? [] : this.#unseen.splice(at, 1);
    await edit?.saved;
    this.#outcomes.told(told);
    if (outcome !== "applied") {
      // Whoever declines a change that is shown first knows it.
      message && tellTrouble(message);
    } else if (edit) {
      tellSaved(joined(" · ", label, message), await edit.saved, () => void this.undo(edit.change));
    }
  }

  async #undoOnDisk(change: Extract<Change, { kind: "disk" }> | undefined): Promise<string> {
    const where = change?.root === undefined ? {} : { uri: rootUri(change.root) };
    const argument = change ? { transaction: change.transaction, ...where } : {};
    const answer = await this.#server.execute<{ files?: string[] }>("lockstep.undo", argument);
    return vscode.l10n.t("the newest change on disk: {0}", answer?.files?.join(", ") ?? "");
  }
}

/** Adds a change to others, of which so many are kept. */
function keep<C extends Change>(changes: C[], change: C): void {
  changes.push(change);
  changes.splice(0, changes.length - KEPT);
}

/** Takes the newest change out that is meant. */
function take<C extends Change>(changes: C[], isMeant: (change: C) => boolean): C | undefined {
  const at = changes.findLastIndex(isMeant);
  return at < 0 ? undefined : changes.splice(at, 1)[0];
}

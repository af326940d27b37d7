//! What happens around a change: its files are saved, the user is told, and it can be undone.

import * as vscode from "vscode";
import { CancellationToken, type Middleware } from "vscode-languageclient/node";
import type { Server } from "../client/server";
import type { Applied, CommandAnswer } from "../protocol";
import { Pending } from "./pending";
import { rootUri } from "./place";
import { saveTouched, type Saved } from "./saving";
import { made, type Snapshot, snapshotOf, snapshotOfAction } from "./snapshot";
import { joined } from "../tasks/words";
import { tellDone, tellPreview, tellSaved, tellTrouble } from "./tell";
import { takeBack } from "./undoing";

/** The last change of this window. */
type Last = { kind: "edit"; snapshot: Snapshot } | { kind: "disk"; transaction: string; root: string | undefined };

/** Follows every change that the server makes through this window. */
export class Changes implements vscode.Disposable {
  readonly #server: Server;
  readonly #pending: Pending;
  #last: Last | undefined;
  /** Edits that are applied here, and not yet seen by the server. */
  #unseen: { snapshot: Snapshot; saved: Promise<Saved> }[] = [];

  constructor(server: Server) {
    this.#server = server;
    this.#pending = new Pending((snapshot) => void this.#applied(snapshot, snapshot.files.length > 1));
    server.use(this.#middleware());
    server.onDidEnd(() => (this.#unseen = []));
    server.onNotification<Applied>("lockstep/applied", (told) => void this.#told(told));
  }

  /** Notes the answer of a command: what it has done on disk can be undone too. */
  noteAnswer(answer: CommandAnswer | null, root?: string): void {
    if (!answer?.schema || !answer.transaction) {
      return;
    }
    this.#last = { kind: "disk", transaction: answer.transaction, root };
    const files = new Set([...(answer.files ?? []), ...(answer.results ?? []).flatMap((it) => it.files)]);
    const results = answer.results ?? [];
    const only = results.length === 1 ? results[0] : undefined;
    const label = only ? vscode.l10n.t("Set task {0} to {1}", only.task, only.to) : vscode.l10n.t("Changed on disk");
    tellDone(label, files.size, []);
  }

  /** Undoes the last change of this window, else the newest transaction on disk. Rejects with the reason. */
  async undo(): Promise<string> {
    const last = this.#last;
    if (last?.kind === "edit") {
      await takeBack(last.snapshot);
      this.#last = undefined;
      return last.snapshot.label;
    }
    const where = last?.root === undefined ? {} : { uri: rootUri(last.root) };
    const argument = last ? { transaction: last.transaction, ...where } : {};
    const answer = await this.#server.execute<{ reversed?: string }>("lockstep.undo", argument);
    this.#last = undefined;
    return vscode.l10n.t("transaction {0}", answer?.reversed?.slice(0, 8) ?? "");
  }

  dispose(): void {
    this.#pending.dispose();
  }

  #middleware(): Middleware {
    return {
      workspace: {
        handleApplyEdit: async (params, next) => {
          const planned = await snapshotOf(params.edit, params.label ?? vscode.l10n.t("Changed"));
          if (Object.values(params.edit.changeAnnotations ?? {}).some((it) => it.needsConfirmation)) {
            tellPreview();
          }
          const result = await next(params, CancellationToken.None);
          if (!("applied" in result) || !result.applied) {
            return result;
          }
          const snapshot = made(planned);
          if (!snapshot) {
            // Of a preview nothing was chosen: that is to decline.
            return { applied: false };
          }
          // The answer is not held up by saving.
          this.#unseen.push({ snapshot, saved: this.#applied(snapshot, false) });
          return result;
        },
      },
      resolveCodeAction: async (item, token, next) => {
        const action = await next(item, token);
        if (action?.edit) {
          this.#pending.expect(await snapshotOfAction(action.edit, action.title));
        }
        return action;
      },
    };
  }

  /** An edit is in the texts: it is saved and can be undone. */
  async #applied(snapshot: Snapshot, isTold: boolean): Promise<Saved> {
    this.#last = { kind: "edit", snapshot };
    const saved = await saveTouched(snapshot);
    if (isTold) {
      tellSaved(snapshot.label, saved);
    }
    return saved;
  }

  /** The server says what became of an edit that it has asked for. */
  async #told({ label, outcome, message }: Applied): Promise<void> {
    const at = this.#unseen.findIndex((edit) => edit.snapshot.label === label);
    const [edit] = at < 0 ? [] : this.#unseen.splice(at, 1);
    if (outcome !== "applied") {
      // Whoever declines a change that is shown first knows it.
      message && tellTrouble(message);
    } else if (edit) {
      tellSaved(joined(" · ", label, message), await edit.saved);
    }
  }
}

//! Who else works in the folders of this window: told by the daemon, asked when there is reason to.

import { execFile } from "node:child_process";
import * as vscode from "vscode";
import type { Server } from "./server";
import { type DaemonStatus, peers } from "./peers";

/** The daemon is asked no more often than this. */
const INTERVAL_MS = 10_000;

/** The programs of other sessions in these folders, kept as of the last time that something happened. */
export class Sessions implements vscode.Disposable {
  readonly #server: Server;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;
  #names: readonly string[] = [];
  #asked = 0;

  readonly onDidChange = this.#changed.event;

  constructor(server: Server) {
    this.#server = server;
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      server.onDidStart(() => this.ask()),
      vscode.window.onDidChangeWindowState(({ focused }) => focused && this.ask()),
    );
  }

  /** What the others call themselves. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** Asks the daemon, unless it was asked just now. */
  ask(): void {
    const { command } = this.#server;
    if (command === undefined || Date.now() - this.#asked < INTERVAL_MS) {
      return;
    }
    this.#asked = Date.now();
    execFile(command, ["daemon", "status", "--format", "json"], (error, stdout) => {
      // Without a daemon there is nobody else.
      const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri);
      const names = error ? [] : peers(JSON.parse(stdout) as DaemonStatus, folders.map((it) => [it.fsPath, it.toString()]).flat());
      if (names.join("\n") !== this.#names.join("\n")) {
        this.#names = names;
        this.#changed.fire();
      }
    });
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}

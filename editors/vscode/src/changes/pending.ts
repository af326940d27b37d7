//! Sees when the edit of a code action has been applied: VS Code tells nobody.

import * as vscode from "vscode";
import { openDocument } from "./documents";
import type { Snapshot } from "./snapshot";

/** For so long an edit that was asked for is expected. */
const PATIENCE_MS = 30_000;

/** Waits for the texts of the edit that was asked for last. */
export class Pending implements vscode.Disposable {
  readonly #listener: vscode.Disposable;
  readonly #isApplied: (snapshot: Snapshot) => void;
  #snapshot: Snapshot | undefined;
  #until = 0;

  constructor(isApplied: (snapshot: Snapshot) => void) {
    this.#isApplied = isApplied;
    this.#listener = vscode.workspace.onDidChangeTextDocument(({ document }) => this.#look(document));
  }

  /** Waits for `snapshot` instead of what was waited for. */
  expect(snapshot: Snapshot): void {
    this.#snapshot = snapshot.files.length > 0 ? snapshot : undefined;
    this.#until = Date.now() + PATIENCE_MS;
  }

  dispose(): void {
    this.#listener.dispose();
  }

  #look(document: vscode.TextDocument): void {
    const snapshot = this.#snapshot;
    if (!snapshot?.files.some((file) => file.uri.toString() === document.uri.toString())) {
      return;
    }
    if (Date.now() > this.#until) {
      this.#snapshot = undefined;
    } else if (snapshot.files.every((file) => openDocument(file.uri)?.getText() === file.after)) {
      this.#snapshot = undefined;
      this.#isApplied(snapshot);
    }
  }
}

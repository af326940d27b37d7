//! How far the tasks of a file are, as a badge of the file.

import * as vscode from "vscode";
import { fileUri } from "../changes/place";
import type { Progress } from "../protocol";
import type { Services } from "../services";
import { Debounce } from "../tasks/debounce";
import { badgeOf, fileProgress } from "./progress";

const { t } = vscode.l10n;

const PAUSE_MS = 100;

/** Gives files their badges. */
export class FileBadges implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #services: Services;
  readonly #changed = new vscode.EventEmitter<vscode.Uri[]>();
  readonly #subscriptions: vscode.Disposable;
  #badges = new Map<string, Progress>();
  /** URIs of files by root and path: to make them is most of the work. */
  readonly #uris = new Map<string, string>();

  readonly onDidChangeFileDecorations = this.#changed.event;

  constructor(services: Services) {
    this.#services = services;
    const later = new Debounce(() => this.#update(), PAUSE_MS);
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      later,
      services.tasks.onDidChange(() => later.call()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("lockstep.fileBadges")) {
          later.call();
        }
      }),
      vscode.window.registerFileDecorationProvider(this),
    );
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const progress = this.#badges.get(uri.toString());
    return progress && new vscode.FileDecoration(badgeOf(progress), t("{0} of {1} done", progress.done, progress.total));
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #uriOf(name: string): string {
    let uri = this.#uris.get(name);
    if (uri === undefined) {
      const [root, path] = name.split("\n");
      uri = fileUri(root!, path!).toString();
      this.#uris.set(name, uri);
    }
    return uri;
  }

  /** Tells only of files whose badge is another. */
  #update(): void {
    const isWanted = vscode.workspace.getConfiguration("lockstep").get("fileBadges", true);
    const badges = new Map<string, Progress>();
    for (const [name, progress] of isWanted ? fileProgress(this.#services.tasks.rows()) : []) {
      badges.set(this.#uriOf(name), progress);
    }
    const before = this.#badges;
    this.#badges = badges;
    const names = new Set([...before.keys(), ...badges.keys()]);
    const isOther = (name: string): boolean => {
      const [a, b] = [before.get(name), badges.get(name)];
      return a?.done !== b?.done || a?.total !== b?.total;
    };
    const changed = [...names].filter(isOther);
    if (changed.length > 0) {
      this.#changed.fire(changed.map((name) => vscode.Uri.parse(name)));
    }
  }
}

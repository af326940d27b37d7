//! The board's panel: one a window. Hands cards to its page, and what the page wants to the server.

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { reveal } from "../changes/place";
import { argumentOf, setStatus } from "../changes/setStatus";
import { placeOrTell } from "../commands/subject";
import type { TaskRow, Transition } from "../protocol";
import type { Services } from "../services";
import { keyOf, type StoreChange, type TaskKey } from "../tasks/store";
import { CardMaker, choice, knownStatus } from "./cards";
import { boardHtml } from "./html";
import type { Card, FromBoard, ToBoard } from "./messages";
import { boardWords } from "./words";

const VIEW = "lockstep.board";

/** Cards a message: the first ones are shown while the others are on their way. */
const PAGE = 2_000;

let open: BoardPanel | undefined;

/** Opens the board, or brings it to the front: at a task, where one is meant. */
export function openBoard(services: Services, task?: TaskRow): void {
  if (open) {
    open.reveal();
  } else {
    const title = vscode.l10n.t("Lockstep Board");
    open = new BoardPanel(services, vscode.window.createWebviewPanel(VIEW, title, vscode.ViewColumn.Active));
  }
  if (task) {
    open.show(keyOf(task));
  }
}

/** Whether the board is what the user looks at. */
export function isBoardInFront(): boolean {
  return open?.isInFront ?? false;
}

/** Lets boards come back with the window. */
export function registerBoard(services: Services): vscode.Disposable {
  return vscode.window.registerWebviewPanelSerializer(VIEW, {
    deserializeWebviewPanel(panel) {
      open ??= new BoardPanel(services, panel);
      return Promise.resolve();
    },
  });
}

class BoardPanel {
  readonly #services: Services;
  readonly #panel: vscode.WebviewPanel;
  #maker = new CardMaker();
  /** Whether the page is there to listen: it is not while the panel is hidden. */
  #listens = false;
  /** The card to go to once the page is there. */
  #wanted: TaskKey | undefined;

  constructor(services: Services, panel: vscode.WebviewPanel) {
    this.#services = services;
    this.#panel = panel;
    const { extensionUri } = services.extension;
    const out = vscode.Uri.joinPath(extensionUri, "out");
    const media = (name: string): vscode.Uri => vscode.Uri.joinPath(extensionUri, "media", name);
    panel.iconPath = { light: media("board-light.svg"), dark: media("board-dark.svg") };
    panel.webview.options = { enableScripts: true, localResourceRoots: [out] };
    const own = [
      services.tasks.onDidChange((change) => this.#tasksChanged(change)),
      panel.webview.onDidReceiveMessage((message: FromBoard) => void this.#hear(message)),
      panel.onDidChangeViewState(() => {
        this.#listens &&= panel.visible;
      }),
    ];
    panel.onDidDispose(() => {
      open = undefined;
      vscode.Disposable.from(...own).dispose();
    });
    panel.webview.html = this.#html(out);
  }

  get isInFront(): boolean {
    return this.#panel.active;
  }

  reveal(): void {
    this.#panel.reveal();
  }

  /** Goes to a card. */
  show(key: TaskKey): void {
    this.#wanted = key;
    this.#tellWanted();
  }

  #tellWanted(): void {
    if (this.#listens && this.#wanted !== undefined) {
      this.#tell({ type: "reveal", key: this.#wanted });
      this.#wanted = undefined;
    }
  }

  #html(out: vscode.Uri): string {
    const { webview } = this.#panel;
    const file = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(out, name)).toString();
    return boardHtml({
      source: webview.cspSource,
      script: file("board.js"),
      style: file("board.css"),
      nonce: randomBytes(18).toString("base64url"),
      title: vscode.l10n.t("Lockstep Board"),
      language: vscode.env.language,
      words: boardWords(),
    });
  }

  #tell(message: ToBoard): void {
    if (this.#listens) {
      void this.#panel.webview.postMessage(message);
    }
  }

  async #hear(message: FromBoard): Promise<void> {
    switch (message.type) {
      case "ready":
        this.#listens = true;
        this.#tellAll();
        this.#tellWanted();
        break;
      case "choices":
        await this.#tellChoices(message.key);
        break;
      case "move":
        await this.#move(message.key, message.status, message.from);
        break;
      case "open":
        await this.#goTo(message.key, message.beside);
        break;
    }
  }

  #tasksChanged({ reset, changed, removed }: StoreChange): void {
    if (reset) {
      this.#tellAll();
      return;
    }
    const wasSeveral = this.#maker.isSeveral;
    const made = changed.map((row) => ({ row, card: this.#maker.card(row) }));
    if (this.#maker.isSeveral !== wasSeveral) {
      this.#tellAll();
      return;
    }
    const gone = [...removed, ...made.filter(({ card }) => !card).map(({ row }) => row)];
    const cards = made.flatMap(({ card }) => card ?? []);
    this.#tell({ type: "changed", cards, removed: gone.map((row) => keyOf(row)) });
  }

  #tellAll(): void {
    if (!this.#listens) {
      return;
    }
    const rows = this.#services.tasks.rows();
    this.#maker = new CardMaker(rows);
    const cards: Card[] = rows.flatMap((row) => this.#maker.card(row) ?? []);
    if (cards.length === 0) {
      this.#tell({ type: "notice", text: this.#whyEmpty() });
    }
    for (let from = 0; from === 0 || from < cards.length; from += PAGE) {
      const page = cards.slice(from, from + PAGE);
      this.#tell({ type: "cards", cards: page, first: from === 0, last: from + PAGE >= cards.length });
    }
    void this.#tellStatuses(rows);
  }

  #whyEmpty(): string {
    return this.#services.server.isRunning
      ? vscode.l10n.t("There are no tasks in the folders of this window.")
      : vscode.l10n.t("Lockstep's server is not running. Use “Lockstep: Restart Server”.");
  }

  /** The statuses of every profile, by one task of each. */
  async #tellStatuses(rows: readonly TaskRow[]): Promise<void> {
    const samples = new Map(rows.map((row) => [`${row.root}\n${row.profile ?? ""}`, row]));
    const statuses = [];
    for (const row of samples.values()) {
      try {
        const transitions = await this.#transitions(row);
        statuses.push(...transitions.map(knownStatus));
      } catch (error) {
        this.#services.log.warn(`the statuses of ${row.id}: ${String(error)}`);
      }
    }
    this.#tell({ type: "statuses", statuses });
  }

  async #tellChoices(key: string): Promise<void> {
    const row = this.#services.tasks.get(key);
    if (!row) {
      this.#tell({ type: "choices", key, choices: [], error: gone() });
      return;
    }
    try {
      const transitions = await this.#transitions(row);
      this.#tell({ type: "choices", key, choices: transitions.map(choice) });
    } catch (error) {
      this.#tell({ type: "choices", key, choices: [], error: error instanceof Error ? error.message : String(error) });
    }
  }

  async #move(key: string, status: string, expect: string | null): Promise<void> {
    const row = this.#services.tasks.get(key);
    if (!row) {
      this.#tell({ type: "settled", key, outcome: "refused", message: gone() });
      return;
    }
    const outcome = await setStatus(this.#services, { root: row.root, id: row.id, expect }, status);
    if (outcome.kind === "refused") {
      this.#tell({ type: "settled", key, outcome: "refused", message: outcome.why });
    } else {
      this.#tell({ type: "settled", key, outcome: outcome.kind === "done" ? "applied" : "cancelled" });
    }
  }

  async #goTo(key: string, beside: boolean): Promise<void> {
    const row = this.#services.tasks.get(key);
    const place = row && (await placeOrTell(this.#services, row));
    if (place) {
      await reveal(place, false, beside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active);
    }
  }

  #transitions(row: TaskRow): Promise<Transition[]> {
    return this.#services.server.request("lockstep/transitions", argumentOf(row));
  }
}

function gone(): string {
  return vscode.l10n.t("the task is not there any more");
}

//! The one language client of a window: starts the server, starts it again, and asks it.

import * as vscode from "vscode";
import type { ErrorHandler, LanguageClient, LanguageClientOptions, Middleware, State } from "vscode-languageclient/node";
import type { CommandAnswer } from "../protocol";
import { capabilities } from "./capabilities";
import { findBinary } from "./binary";
import { reportMissing, reportStopped } from "./messages";
import { initializationOptions } from "./settings";

/** Files that may hold tasks. The server says nothing of those that do not. */
const DOCUMENTS = [
  ...["markdown", "json", "jsonc", "yaml"].map((language) => ({ scheme: "file", language })),
  { scheme: "file", pattern: "**/lockstep.toml" },
];

/** What a client is made of: most of this extension. */
type Library = typeof import("vscode-languageclient/node");

/** So often the server may end within [`PERIOD_MS`] and is started again. */
const RESTARTS = 5;
const PERIOD_MS = 3 * 60 * 1000;

/** The server as the rest of the extension sees it: there or not, for as long as the window is open. */
export class Server implements vscode.Disposable {
  readonly #extension: vscode.ExtensionContext;
  readonly #log: vscode.LogOutputChannel;
  readonly #started = new vscode.EventEmitter<void>();
  readonly #ended = new vscode.EventEmitter<void>();
  readonly #handlers = new Map<string, (params: unknown) => void>();
  #middleware: Middleware = {};
  #library: Library | undefined;
  #client: LanguageClient | undefined;
  #starting: Promise<void> | undefined;
  #command: string | undefined;
  #version: string | undefined;

  /** The server answers: for the first time or again. */
  readonly onDidStart = this.#started.event;
  /** The server has ended, whether or not it comes back. */
  readonly onDidEnd = this.#ended.event;

  constructor(extension: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
    this.#extension = extension;
    this.#log = log;
  }

  /** What stands between VS Code and the server. Counts from the next start. */
  use(middleware: Middleware): void {
    this.#middleware = { ...this.#middleware, ...middleware };
  }

  /** Calls `handler` with the params of every notification `method`, over all starts. */
  onNotification<P>(method: string, handler: (params: P) => void): void {
    this.#handlers.set(method, (params) => handler(params as P));
  }

  /** Starts the server unless it runs. Where it cannot, the user is told why and what to do. */
  start(): Promise<void> {
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  /** Ends the server and starts it again. */
  async restart(): Promise<void> {
    await this.#starting;
    await this.#stop();
    await this.start();
  }

  /** The program that was started. */
  get command(): string | undefined {
    return this.#command;
  }

  /** Its version. */
  get version(): string | undefined {
    return this.#version;
  }

  get isRunning(): boolean {
    return this.#client?.isRunning() ?? false;
  }

  /** The answer to a request. Rejects where there is no server, and with the server's own errors. */
  async request<R>(method: string, params: object = {}): Promise<R> {
    if (!this.#client?.isRunning()) {
      await this.start();
    }
    if (!this.#client) {
      throw new Error(vscode.l10n.t("Lockstep's server is not running"));
    }
    return this.#client.sendRequest<R>(method, params);
  }

  /** Has the server run one of its commands. */
  execute<R = CommandAnswer>(command: string, argument: object = {}): Promise<R> {
    return this.request<R>("workspace/executeCommand", { command, arguments: [argument] });
  }

  dispose(): Thenable<void> {
    return this.#stop();
  }

  async #start(): Promise<void> {
    if (this.#client && this.#client.state !== this.#library?.State.StartFailed) {
      // It may be starting again by itself: a second client could not register the same commands.
      return this.#begin(this.#client);
    }
    const [binary, library] = await Promise.all([findBinary(this.#extension), load()]);
    this.#library = library;
    if (binary.kind !== "found") {
      this.#log.error(`no server: ${JSON.stringify(binary)}`);
      void reportMissing(binary, this);
      return;
    }
    this.#log.info(`starting ${binary.command} ${binary.version} (${binary.source})`);
    this.#command = binary.command;
    this.#version = binary.version;
    const client = this.#newClient(library, binary.command);
    this.#client = client;
    client.onDidChangeState(({ newState }) => this.#changed(client, newState));
    await this.#begin(client);
  }

  async #begin(client: LanguageClient): Promise<void> {
    try {
      await client.start();
    } catch (error) {
      this.#log.error(`the server does not start: ${String(error)}`);
    }
  }

  #newClient(library: Library, command: string): LanguageClient {
    const options: LanguageClientOptions = {
      documentSelector: DOCUMENTS,
      diagnosticCollectionName: "lockstep",
      outputChannel: this.#log,
      revealOutputChannelOn: library.RevealOutputChannelOn.Never,
      initializationOptions,
      synchronize: { configurationSection: "lockstep" },
      middleware: this.#middleware,
      markdown: { isTrusted: false, supportHtml: false },
      errorHandler: this.#errorHandler(library),
    };
    const client = new library.LanguageClient("lockstep", "Lockstep", { command, args: ["lsp"] }, options);
    client.registerFeature(capabilities);
    for (const [method, handler] of this.#handlers) {
      client.onNotification(method, handler);
    }
    return client;
  }

  /** A server that ends is started again, and the user told once. */
  #errorHandler({ CloseAction, ErrorAction }: Library): ErrorHandler {
    let ends: number[] = [];
    return {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        const now = Date.now();
        ends = [...ends.filter((end) => now - end < PERIOD_MS), now];
        const isRestarted = ends.length <= RESTARTS;
        if (ends.length === 1 || !isRestarted) {
          void reportStopped(isRestarted);
        }
        return { action: isRestarted ? CloseAction.Restart : CloseAction.DoNotRestart, handled: true };
      },
    };
  }

  #changed(client: LanguageClient, state: State): void {
    if (client !== this.#client) {
      return;
    }
    if (state === this.#library?.State.Running) {
      this.#started.fire();
    } else if (state === this.#library?.State.Stopped) {
      this.#ended.fire();
    }
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    try {
      await client?.dispose();
    } catch (error) {
      // A server that never came up has nothing to end.
      this.#log.info(`ending the server: ${String(error)}`);
    }
    this.#ended.fire();
  }
}

/** Loads what a client is made of, after what waits for its turn: VS Code, to know that this extension is active. */
async function load(): Promise<Library> {
  await new Promise((resume) => setImmediate(resume));
  return import("vscode-languageclient/node");
}

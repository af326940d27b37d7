//! Finds the server's program and makes sure that it fits.

import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import * as vscode from "vscode";
import { checkVersion } from "./version";

/** The oldest server that this extension speaks to. */
export const OLDEST_SERVER = "0.1.0";

/** How long `lockstep --version` may take. */
const VERSION_TIMEOUT_MS = 10_000;

const PROGRAM = process.platform === "win32" ? "lockstep.exe" : "lockstep";

/** Where a program comes from. */
export type Source = "setting" | "bundled" | "path";

/** A program to start, or why there is none. */
export type Binary =
  | { kind: "found"; command: string; source: Source; version: string }
  | { kind: "missing"; command: string; source: Source; reason: string }
  | { kind: "too-old"; command: string; source: Source; version: string };

/** The program of the setting, else that of the extension, else that on `PATH`. What the user names is never replaced
 * by another one in silence. */
export async function findBinary(extension: vscode.ExtensionContext): Promise<Binary> {
  const [command, source] = await candidate(extension);
  if (command !== undefined && !isAbsolute(command)) {
    return { kind: "missing", command, source, reason: vscode.l10n.t("The setting must be an absolute path.") };
  }
  if (command === undefined) {
    const reason = vscode.l10n.t("It did not come with this extension, and there is none on PATH.");
    return { kind: "missing", command: PROGRAM, source, reason };
  }
  const run = await version(command);
  if ("failure" in run) {
    return { kind: "missing", command, source, reason: run.failure };
  }
  const check = checkVersion(run.output, OLDEST_SERVER);
  switch (check.kind) {
    case "fits":
      return { kind: "found", command, source, version: check.version };
    case "too-old":
      return { kind: "too-old", command, source, version: check.version };
    case "not-lockstep": {
      const reason = vscode.l10n.t("It is another program: it says \"{0}\" for --version.", check.output);
      return { kind: "missing", command, source, reason };
    }
  }
}

async function candidate(extension: vscode.ExtensionContext): Promise<[string | undefined, Source]> {
  const named = vscode.workspace.getConfiguration("lockstep").get<string>("server.path", "").trim();
  if (named !== "") {
    return [named.replace(/^~(?=[/\\])/, homedir()), "setting"];
  }
  const bundled = extension.asAbsolutePath(join("server", PROGRAM));
  if (await isExecutable(bundled)) {
    return [bundled, "bundled"];
  }
  return [await onPath(), "path"];
}

/** The program on `PATH`. Folders that are not absolute are left out: they would be those of the workspace. */
async function onPath(): Promise<string | undefined> {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter).filter(isAbsolute)) {
    const command = join(folder, PROGRAM);
    if (await isExecutable(command)) {
      return command;
    }
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function version(command: string): Promise<{ output: string } | { failure: string }> {
  return new Promise((resolve) => {
    execFile(command, ["--version"], { timeout: VERSION_TIMEOUT_MS }, (error, stdout) => {
      resolve(error ? { failure: failure(error) } : { output: stdout });
    });
  });
}

function failure(error: Error & { code?: unknown; killed?: boolean }): string {
  switch (error.code) {
    case "ENOENT":
      return vscode.l10n.t("There is no such file.");
    case "EACCES":
      return vscode.l10n.t("It is not an executable file.");
    default:
      return error.killed ? vscode.l10n.t("It does not answer.") : error.message.trim().split("\n")[0]!;
  }
}

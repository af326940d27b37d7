//! What the user is told about the server itself: what is wrong, and a button for what to do.

import * as vscode from "vscode";
import type { Binary } from "./binary";
import { OLDEST_SERVER } from "./binary";

const { t } = vscode.l10n;

/** Says that there is no server to start. */
export async function reportMissing(
  binary: Exclude<Binary, { kind: "found" }>,
  server: { restart(): Promise<void> },
): Promise<void> {
  const message =
    binary.kind === "too-old"
      ? t("Lockstep {0} at {1} is too old: this extension needs {2} or newer.", binary.version, binary.command, OLDEST_SERVER)
      : t("Lockstep cannot start its server {0}. {1}", binary.command, binary.reason);
  const settings = t("Open Setting");
  const retry = t("Try Again");
  const chosen = await vscode.window.showErrorMessage(message, settings, retry);
  if (chosen === settings) {
    await openSetting();
  } else if (chosen === retry) {
    await server.restart();
  }
}

/** The setting belongs to the machine: in a remote window to that at the other end. */
async function openSetting(): Promise<void> {
  const where = vscode.env.remoteName === undefined ? "openSettings" : "openRemoteSettings";
  await vscode.commands.executeCommand(`workbench.action.${where}`, { query: "@id:lockstep.server.path" });
}

/** Says that the server has ended by itself. */
export async function reportStopped(isRestarted: boolean): Promise<void> {
  const showLog = t("Show Log");
  const restart = t("Restart Server");
  const chosen = isRestarted
    ? await vscode.window.showWarningMessage(t("Lockstep's server has ended and was started again. Nothing is lost."), showLog)
    : await vscode.window.showErrorMessage(
        t("Lockstep's server ends again and again, and is not started any more."),
        restart,
        showLog,
      );
  if (chosen === showLog) {
    await vscode.commands.executeCommand("lockstep.ui.showLog");
  } else if (chosen === restart) {
    await vscode.commands.executeCommand("lockstep.ui.restartServer");
  }
}

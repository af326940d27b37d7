//! Reads who else is connected from what `lockstep daemon status` tells. Knows nothing of VS Code.

/** The part of the daemon's status that is read here. */
export interface DaemonStatus {
  sessions?: { client: string | null; folders: string[] }[];
}

/** The names of all sessions but one in any of `folders`: one of those is the window that asks. */
export function peers(status: DaemonStatus, folders: readonly string[]): string[] {
  const own = new Set(folders);
  const here = (status.sessions ?? []).filter((session) => session.folders.some((folder) => own.has(folder)));
  const names = here.map((session) => session.client ?? "");
  const mine = names.findIndex((name) => name.startsWith("Visual Studio Code") || name.startsWith("code-server"));
  names.splice(mine < 0 ? 0 : mine, 1);
  return names.sort();
}

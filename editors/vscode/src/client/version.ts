//! Which versions of the server this extension speaks to. Knows nothing of VS Code.

/** What `lockstep --version` tells. */
export type VersionCheck =
  | { kind: "fits"; version: string }
  | { kind: "too-old"; version: string; needed: string }
  | { kind: "not-lockstep"; output: string };

/** Judges what a program prints for `--version`. */
export function checkVersion(output: string, needed: string): VersionCheck {
  const version = /^lockstep (\d+\.\d+\.\d+\S*)/.exec(output.trim())?.[1];
  if (version === undefined) {
    return { kind: "not-lockstep", output: output.trim().split("\n")[0]?.slice(0, 80) ?? "" };
  }
  return isAtLeast(version, needed) ? { kind: "fits", version } : { kind: "too-old", version, needed };
}

/** Whether `version` is `needed` or newer. What comes before a release counts as that release. */
function isAtLeast(version: string, needed: string): boolean {
  const [a, b] = [numbers(version), numbers(needed)];
  for (let at = 0; at < 3; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) {
      return difference > 0;
    }
  }
  return true;
}

function numbers(version: string): number[] {
  return version.split(/[-+]/)[0]!.split(".").map(Number);
}

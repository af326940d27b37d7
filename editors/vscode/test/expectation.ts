//! What is generated from other files: compared, or written where `UPDATE_EXPECT` is set.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The folder of the extension. Tests run there. */
export const FOLDER = process.cwd();

/** The repository. */
export const REPOSITORY = resolve(FOLDER, "../..");

export function read(...path: string[]): string {
  return readFileSync(join(FOLDER, ...path), "utf8");
}

/** Every source of the extension and of the board's page. */
export function sources(): { path: string; text: string }[] {
  return ["src", "board"].flatMap((folder) =>
    readdirSync(join(FOLDER, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => ({ path: join(folder, path), text: read(folder, path) })),
  );
}

/** Compares a JSON file with what it must hold. */
export function expectJson(path: string, expected: unknown): void {
  const text = `${JSON.stringify(expected, null, 2)}\n`;
  if (process.env["UPDATE_EXPECT"]) {
    writeFileSync(join(FOLDER, path), text);
  }
  assert.equal(read(path), text, `${path} is not fresh: UPDATE_EXPECT=1 npm test`);
}

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { read, REPOSITORY, sources } from "./expectation";

const CSS = read("board/board.css").replace(/\/\*[^]*?\*\//g, "");
const THEMES = JSON.parse(
  readFileSync(join(REPOSITORY, "tests/editors/vscode/board/themes.json"), "utf8"),
) as Record<string, { variables: Record<string, string> }>;

test("every colour of the board is one of the editor's", () => {
  const known = new Set(Object.values(THEMES).flatMap((theme) => Object.keys(theme.variables)));
  for (const [, name] of CSS.matchAll(/var\((--vscode-[\w-]+)/g)) {
    assert.ok(known.has(name!), `no theme has ${name}`);
  }
  assert.deepEqual(CSS.match(/#[0-9a-f]{3,8}\b|\b(rgba?|hsla?)\(/gi), null, "no colours of its own");
});

test("nothing on the board parses HTML, runs text, or is fetched from elsewhere", () => {
  const page = sources().filter(({ path }) => path.startsWith("board"));
  assert.ok(page.length > 15, "the sources are found");
  const dangers = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function|https?:(?!\/\/www\.w3\.org\/2000\/svg)|fetch\(/;
  for (const { path, text } of page) {
    assert.equal(dangers.exec(text)?.[0], undefined, path);
  }
  assert.equal(/url\(|@import/.exec(CSS), null);
});

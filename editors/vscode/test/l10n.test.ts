import assert from "node:assert/strict";
import { test } from "node:test";
import { expectJson, sources } from "./expectation";

/** `t("…")` and `vscode.l10n.t("…")`, with escaped quotes. */
const CALL = /\bt\(\s*("(?:[^"\\]|\\.)*")/g;

test("the bundle for translators holds every text", () => {
  const texts = sources().flatMap(({ text }) => [...text.matchAll(CALL)].map((it) => JSON.parse(it[1]!) as string));
  assert.ok(texts.length > 50, "the texts are found");
  const sorted = [...new Set(texts)].sort();
  expectJson("l10n/bundle.l10n.json", Object.fromEntries(sorted.map((text) => [text, text])));
});

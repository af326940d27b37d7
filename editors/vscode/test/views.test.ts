import assert from "node:assert/strict";
import { test } from "node:test";
import { codeUnits } from "../src/changes/columns";
import { badgeOf, fileKey, fileProgress } from "../src/views/progress";
import { row } from "./rows";

test("a file of one task with parts is as far as these, any other as its tasks", () => {
  const progress = { done: 1, total: 4 };
  const rows = [
    row("1", { path: "a.md", progress }),
    row("2", { path: "b.md", progress, category: "done" }),
    row("3", { path: "b.md", category: "active" }),
    row("4", { path: "b.md", category: "dropped", archived: true }),
  ];
  const found = fileProgress(rows);
  assert.deepEqual(found.get(fileKey("/r", "a.md")), progress);
  assert.deepEqual(found.get(fileKey("/r", "b.md")), { done: 1, total: 2 });
});

test("a badge is a circle by quarters, full only where all is done", () => {
  const badges = [0, 24, 25, 50, 99, 100].map((done) => badgeOf({ done, total: 100 }));
  assert.deepEqual(badges, ["○", "○", "◔", "◑", "◕", "✓"]);
});

test("columns count characters, code units are two for some", () => {
  assert.equal(codeUnits("🟢 x", 2), 3);
  assert.equal(codeUnits("abc", 9), 3);
});

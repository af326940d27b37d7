import assert from "node:assert/strict";
import { test } from "node:test";
import { after, before } from "../src/changes/renames";

const RENAMES = [
  { from: "file:///r/pending/a", to: "file:///r/done/a" },
  { from: "file:///r/done/a/x.md", to: "file:///r/done/a/y.md" },
];

test("a file goes with its folder, and by its own name", () => {
  assert.equal(after("file:///r/pending/a/x.md", RENAMES), "file:///r/done/a/y.md");
  assert.equal(before("file:///r/done/a/y.md", RENAMES), "file:///r/pending/a/x.md");
});

test("a file that is only called alike stays", () => {
  assert.equal(after("file:///r/pending/ab.md", RENAMES), "file:///r/pending/ab.md");
});

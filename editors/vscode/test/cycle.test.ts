import assert from "node:assert/strict";
import { test } from "node:test";
import { choiceOf } from "../src/pickers/cycle";
import { transition } from "./rows";

test("what is not allowed is passed over, and said", () => {
  const shut = transition("implementing", { category: "active", allowed: false, why: "completed is final" });
  assert.deepEqual(choiceOf("active", [shut, shut]), { allowed: [], why: ["completed is final"] });
  const open = transition("planning", { category: "active" });
  assert.deepEqual(choiceOf("active", [shut, open]).allowed.map((it) => it.status), ["planning"]);
});

test("the status of now is no choice", () => {
  const now = transition("planned", { category: "open", current: true });
  assert.deepEqual(choiceOf("open", [now, transition("researched", { category: "open" })]).allowed.map((it) => it.status), ["researched"]);
});

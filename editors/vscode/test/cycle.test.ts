import assert from "node:assert/strict";
import { test } from "node:test";
import { choiceOf, nextInCycle } from "../src/pickers/cycle";
import { transition } from "./rows";

test("open goes to active, active to done, done to open", () => {
  const all = (["open", "active", "done"] as const).map((category) => transition(category, { category }));
  const next = (now: "open" | "active" | "done") => nextInCycle(now, all).next?.status;
  assert.deepEqual([next("open"), next("active"), next("done")], ["active", "done", "open"]);
});

test("of several the one that needs nothing is taken", () => {
  const all = [transition("a", { category: "active", needs: ["reason"] }), transition("b", { category: "active" })];
  assert.equal(nextInCycle("open", all).next?.status, "b");
  assert.equal(nextInCycle("open", all.slice(0, 1)).next?.status, "a");
});

test("what is not allowed is passed over, and said where nothing is left", () => {
  const shut = transition("implementing", { category: "active", allowed: false, why: "completed is final" });
  assert.equal(nextInCycle("done", [shut, transition("todo", { category: "open" })]).next?.status, "todo");
  assert.deepEqual(nextInCycle("done", [shut, shut]), { why: ["completed is final"] });
});

test("the status of now is no choice", () => {
  const now = transition("planned", { category: "open", current: true });
  assert.deepEqual(choiceOf("open", [now, transition("researched", { category: "open" })]).allowed.map((it) => it.status), ["researched"]);
});

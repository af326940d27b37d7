import assert from "node:assert/strict";
import { test } from "node:test";
import { orderedPhases, orderedStatuses, orderedTasks } from "../src/pickers/order";
import { keyOf } from "../src/tasks/store";
import { row, transition } from "./rows";

test("the task at the cursor is first, then those that are worked on, and finished ones are last", () => {
  const rows = [row("1", { category: "done" }), row("2"), row("3", { category: "active" }), row("4"), row("5", { category: null })];
  const { first, rest } = orderedTasks(rows, keyOf(row("4")));
  assert.equal(first?.id, "4");
  assert.deepEqual(rest.map((it) => it.id), ["3", "2", "1", "5"]);
});

test("without a task at the cursor there is no first", () => {
  const { first, rest } = orderedTasks([row("1")], keyOf(row("9")));
  assert.equal(first, undefined);
  assert.equal(rest.length, 1);
});

test("allowed statuses are apart from the others, and that of now is in neither", () => {
  const all = [transition("a", { allowed: false }), transition("b"), transition("now", { current: true, allowed: false })];
  const { allowed, others } = orderedStatuses(all);
  assert.deepEqual([allowed, others].map((list) => list.map((it) => it.status)), [["b"], ["a"]]);
});

test("the phase at the cursor is first, finished ones are last", () => {
  const phase = (number: string, category: "open" | "done") => ({ number, title: "", status: null, category });
  const phases = [phase("1", "done"), phase("2", "open"), phase("3", "open"), phase("4", "done")];
  assert.deepEqual(orderedPhases(phases, "3").map((it) => it.number), ["3", "2", "1", "4"]);
});

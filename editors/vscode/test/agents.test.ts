import assert from "node:assert/strict";
import { test } from "node:test";
import { changeLines, isWanted, taskInFull, taskLine, type Which } from "../src/agents/lines";
import { Outcomes } from "../src/changes/outcomes";
import type { Applied, TaskReport } from "../src/protocol";
import { row, transition } from "./rows";

test("lists hold what was asked for", () => {
  const rows = [row("1", { ready: true }), row("2", { category: "active" }), row("3", { agreed: false })];
  const ids = (which: Which) => rows.filter(isWanted(which)).map((it) => it.id);
  assert.deepEqual(["ready", "active", "drift", "all"].map((it) => ids(it as Which).join()), ["1", "2", "3", "1,2,3"]);
});

test("a line leaves out what says nothing", () => {
  assert.deepEqual(taskLine(row("1"), false), { id: "1", title: "Task 1", status: "planned", at: "TODO.md:1" });
  const told = taskLine(row("1", { agreed: false, holder: "ann", progress: { done: 1, total: 2 } }), true);
  assert.deepEqual(told, {
    ...{ id: "1", title: "Task 1", status: "planned", at: "TODO.md:1" },
    ...{ progress: "1/2", holder: "ann", agreed: false, root: "/r" },
  });
});

test("a task in full says what it can be expected to be, and what may follow with what it needs", () => {
  const occurrence = { path: "TODO.md", line: 3, column: 1, kind: "field", text: "[PLANNED]", status: "planned" };
  const task: TaskReport = { ...row("1"), rev: "r1", depends: [], occurrences: [occurrence], phases: [] };
  const told = taskInFull(task, [
    transition("implementing"),
    transition("blocked", { needs: ["reason"] }),
    transition("completed", { allowed: false }),
    transition("planned", { current: true }),
  ]);
  assert.deepEqual(told, {
    ...{ id: "1", title: "Task 1", status: "planned", at: "TODO.md:1", rev: "r1" },
    places: [{ at: "TODO.md:3", text: "[PLANNED]" }],
    next: [{ status: "implementing" }, { status: "blocked", needs: ["reason"] }],
  });
});

test("a question names each file with what becomes of it", () => {
  const changes = [{ what: "task", from: "[PLANNED]", to: "[IMPLEMENTING]", path: "TODO.md" }];
  assert.deepEqual(changeLines(transition("implementing", { changes })), ["TODO.md: task [PLANNED] → [IMPLEMENTING]"]);
});

test("what became of a change is told whether it is asked for before or after", async () => {
  const outcomes = new Outcomes();
  const told = (transaction: string): Applied => ({ transaction, label: "", files: [], outcome: "applied" });
  const before = outcomes.of("a");
  outcomes.told(told("a"));
  outcomes.told(told("b"));
  assert.equal((await before).transaction, "a");
  assert.equal((await outcomes.of("b")).transaction, "b");
});

test("whoever waits for a server that ends is told", async () => {
  const outcomes = new Outcomes();
  const waiting = outcomes.of("a");
  outcomes.end("gone");
  const { outcome, message } = await waiting;
  assert.deepEqual([outcome, message], ["refused", "gone"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { TaskRow } from "../src/protocol";
import { TaskStore } from "../src/tasks/store";
import type { Grouping } from "../src/views/tree/layout";
import { type Node, PAGE, type Refresh, TreeModel } from "../src/views/tree/model";
import { row } from "./rows";

function name(node: Node): string {
  return node.kind === "task" ? node.row.id : node.kind === "group" ? node.group.label : `+${node.n}`;
}

function tree(grouping: Grouping, ...rows: TaskRow[]) {
  const store = new TaskStore();
  store.replaceAll(rows);
  const model = new TreeModel(store, grouping);
  const refreshes: string[][] = [];
  store.onDidChange((change) => {
    const refresh: Refresh = model.update(change);
    refreshes.push(refresh === "all" ? ["all"] : refresh.map(name));
  });
  return { store, model, refreshes };
}

function drawn(model: TreeModel, node?: Node): string[] {
  return model.children(node).flatMap((child) => [name(child), ...drawn(model, child).map((it) => `  ${it}`)]);
}

test("categories stand unfinished first, tasks in their order", () => {
  const { model } = tree("category", row("1", { category: "done" }), row("2"), row("3", { category: "active" }), row("4"));
  assert.deepEqual(drawn(model), ["active", "  3", "open", "  2", "  4", "done", "  1"]);
});

test("folders stand by name", () => {
  const { model } = tree("folder", row("1", { path: "b/x.md" }), row("2", { path: "a/y.md" }), row("3", { path: "b/z.md" }));
  assert.deepEqual(drawn(model), ["a", "  2", "b", "  1", "  3"]);
});

test("parts stand under their task, and those of an unknown one at the top", () => {
  const { model } = tree("parent", row("1"), row("2", { parent: "1" }), row("3", { parent: "2" }), row("4", { parent: "99" }));
  assert.deepEqual(drawn(model), ["1", "  2", "    3", "4"]);
});

test("in the order of the profile one source needs no heading, and two have theirs", () => {
  const rows = [row("1", { profile: "kiro" }), row("2", { profile: "kiro" })];
  assert.deepEqual(drawn(tree("order", ...rows).model), ["1", "2"]);
  const two = tree("order", ...rows, row("3", { profile: "gsd" })).model;
  assert.deepEqual(drawn(two), ["kiro · r", "  1", "  2", "gsd · r", "  3"]);
});

test("a row that stays where it is, is shown anew alone", () => {
  const { store, refreshes } = tree("category", row("1"), row("2"));
  store.apply("/r", [row("1", { title: "other" })]);
  assert.deepEqual(refreshes, [["1"]]);
});

test("a row that goes to another group refreshes both", () => {
  const { store, refreshes } = tree("category", row("1"), row("2"), row("3", { category: "active" }));
  store.apply("/r", [row("1", { category: "active" })]);
  assert.deepEqual(refreshes, [["active", "open"]]);
});

test("a group that comes or goes refreshes all", () => {
  const { store, refreshes } = tree("category", row("1"), row("2"));
  store.apply("/r", [row("1", { category: "done" })]);
  assert.deepEqual(refreshes, [["all"]]);
});

test("a task is the same node for as long as it is there", () => {
  const { store, model } = tree("order", row("1"), row("2"));
  const [first] = model.children();
  store.apply("/r", [row("1", { title: "other" })]);
  assert.equal(model.children()[0], first);
  assert.equal(first?.kind === "task" && first.row.title, "other");
});

test("a filter looks at id, title and status, every word", () => {
  const { model } = tree("order", row("1", { title: "Add login" }), row("2", { title: "Add logo", status: "completed" }));
  model.filter = "ADD login";
  assert.deepEqual(drawn(model), ["1"]);
  model.filter = "complet";
  assert.deepEqual(drawn(model), ["2"]);
  model.filter = "";
  assert.equal(model.size, 2);
});

test("archived tasks are not shown", () => {
  assert.deepEqual(drawn(tree("order", row("1"), row("2", { archived: true })).model), ["1"]);
});

test("many tasks come page by page", () => {
  const rows = Array.from({ length: PAGE + 20 }, (_, at) => row(String(at)));
  const { model } = tree("category", ...rows);
  const [group] = model.children();
  const more = model.children(group).at(-1);
  assert.equal(more?.kind === "more" && more.n, 20);
  assert.deepEqual(model.showMore(more as Extract<Node, { kind: "more" }>), [group]);
  assert.equal(model.children(group).length, PAGE + 20);
});

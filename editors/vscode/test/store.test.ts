import assert from "node:assert/strict";
import { test } from "node:test";
import type { TaskRow } from "../src/protocol";
import { row } from "./rows";
import { keyOf, type StoreChange, TaskStore } from "../src/tasks/store";

function filled(...rows: TaskRow[]): { store: TaskStore; told: StoreChange[] } {
  const store = new TaskStore();
  store.replaceAll(rows);
  const told: StoreChange[] = [];
  store.onDidChange((change) => told.push(change));
  return { store, told };
}

test("rows stand in the order of their roots, then in their own", () => {
  const { store } = filled(row("1", { root: "/z" }), row("2"), row("1"));
  store.apply("/r", [row("1a", { order: "00001a" })]);
  const names = store.rows().map((it) => `${it.root} ${it.id}`);
  assert.deepEqual(names, ["/z 1", "/r 1", "/r 1a", "/r 2"]);
});

test("only what says something else is told", () => {
  const { store, told } = filled(row("1"), row("2"));
  store.apply("/r", [row("1"), row("2", { status: "completed" })], ["3"]);
  assert.deepEqual(told, [{ reset: false, changed: [row("2", { status: "completed" })], removed: [] }]);
  store.apply("/r", [row("1")]);
  assert.equal(told.length, 1);
});

test("a row that is taken out is told as it was", () => {
  const { store, told } = filled(row("1"), row("2"));
  store.apply("/r", [], ["1"]);
  assert.deepEqual(told[0]?.removed, [row("1")]);
  assert.equal(store.get(keyOf(row("1"))), undefined);
  assert.equal(store.size, 1);
});

test("tasks of two roots with one id are two", () => {
  const { store } = filled(row("1"), row("1", { root: "/other" }));
  store.apply("/other", [], ["1"]);
  assert.deepEqual(store.rows(), [row("1")]);
});

test("nobody is told after the subscription is disposed", () => {
  const store = new TaskStore();
  let n = 0;
  const subscription = store.onDidChange(() => n++);
  store.replaceAll([]);
  subscription.dispose();
  store.replaceAll([]);
  assert.equal(n, 1);
});

test("a row that moves is sorted anew", () => {
  const { store } = filled(row("1"), row("2"), row("3"));
  store.rows();
  store.apply("/r", [row("2", { title: "other" }), row("1", { order: "00009" })]);
  assert.deepEqual(store.rows().map((it) => it.id), ["2", "3", "1"]);
  assert.equal(store.rows()[0]?.title, "other");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { search } from "../src/pickers/search";
import { row } from "./rows";

const ROWS = [
  row("17", { title: "Write docs for 7" }),
  row("70", { title: "Add logout" }),
  row("7", { title: "Add login", status: "completed", marker: "[DONE]" }),
  row("8", { title: "Paint the shed" }),
];

function found(typed: string, most = 9): string[] {
  return search(ROWS, typed, most).map((it) => it.id);
}

test("the task of an id is first, then those whose ids begin so, then those that hold it", () => {
  assert.deepEqual(found("7"), ["7", "70", "17"]);
});

test("every word is looked for in id, title, status and marker", () => {
  assert.deepEqual(found("ADD log"), ["70", "7"]);
  assert.deepEqual(found("add done"), ["7"]);
  assert.deepEqual(found("completed"), ["7"]);
});

test("letters in order are enough", () => {
  assert.deepEqual(found("pntshd"), ["8"]);
  assert.deepEqual(found("zzz"), []);
});

test("there are no more than wanted, as they stand where nothing is typed", () => {
  assert.deepEqual(found("", 2), ["17", "70"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { heightOf, indexAt, scrolledTo, topsOf, windowOf } from "../board/model/virtual";

/** Cards of 10, 20, 30, 10, 20, 30 … */
const tops = topsOf(9, (index) => ((index % 3) + 1) * 10);

test("tops add up the heights", () => {
  assert.deepEqual([...tops], [0, 10, 30, 60, 70, 90, 120, 130, 150, 180]);
  assert.equal(heightOf(tops), 180);
  assert.equal(heightOf(topsOf(0, () => 1)), 0);
});

test("the card at a height is the one that covers it", () => {
  const found = [-5, 0, 9, 10, 59, 60, 179, 500].map((height) => indexAt(tops, height));
  assert.deepEqual(found, [0, 0, 0, 1, 2, 3, 8, 8]);
});

test("the window holds what is in view and the margin, and no more", () => {
  assert.deepEqual(windowOf(tops, 0, 50, 0), { from: 0, to: 3 });
  assert.deepEqual(windowOf(tops, 65, 50, 0), { from: 3, to: 6 });
  assert.deepEqual(windowOf(tops, 65, 50, 20), { from: 2, to: 8 });
  assert.deepEqual(windowOf(tops, 1000, 50, 0), { from: 8, to: 9 });
  assert.deepEqual(windowOf(topsOf(0, () => 1), 0, 50, 20), { from: 0, to: 0 });
});

test("the window of ten thousand is as small as that of ten", () => {
  const many = topsOf(10_000, () => 80);
  const { from, to } = windowOf(many, 400_000, 800, 240);
  assert.deepEqual([from, to], [4997, 5014]);
});

test("scrolling to a card goes no further than it has to", () => {
  assert.equal(scrolledTo(tops, 1, 0, 60, 5), 0, "it is in view");
  assert.equal(scrolledTo(tops, 0, 40, 60, 5), 0);
  assert.equal(scrolledTo(tops, 2, 100, 60, 5), 25);
  assert.equal(scrolledTo(tops, 5, 0, 60, 5), 65);
  assert.equal(scrolledTo(tops, 8, 0, 60, 5), 120, "not beyond the end");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Board } from "../board/model/board";
import { UNKNOWN } from "../board/model/columns";
import { filterOf } from "../board/model/filter";
import type { Card, KnownStatus } from "../src/board/messages";

const NAMES = { open: "Open", active: "Active", [UNKNOWN]: "Unknown status" };

const STATUSES: KnownStatus[] = [
  { status: "completed", title: "Completed", category: "done" },
  { status: "planned", title: "Planned", category: "open" },
  { status: "implementing", title: "Implementing", category: "active" },
];

function card(id: number, more: Partial<Card> = {}): Card {
  return {
    key: `/r\n${id}`,
    id: String(id),
    title: `Task ${id}`,
    status: "planned",
    category: "open",
    statusWord: "[PLANNED]",
    progress: null,
    findings: 0,
    agreed: true,
    ready: false,
    holder: null,
    folder: null,
    place: null,
    rank: 0,
    order: String(id).padStart(4, "0"),
    ...more,
  };
}

const active = { status: "implementing", category: "active", statusWord: "[IMPLEMENTING]" } as const;

function ids(board: Board, column: string): string[] {
  return board.column(column)?.cards.map((it) => it.id) ?? [];
}

test("columns by category are all there, in their order, and one for unknown statuses where there are any", () => {
  const board = new Board("category", NAMES);
  board.take([card(1)]);
  assert.deepEqual(
    board.list.map((it) => it.id),
    ["open", "active", "waiting", "done", "failed", "dropped"],
  );
  const changes = board.take([card(2, { status: null, category: null })]);
  assert.equal(changes.heads, true);
  assert.deepEqual([board.list[0]?.id, board.list[0]?.title], [UNKNOWN, "Unknown status"]);
});

test("columns by status stand in the order of categories, then of the profile", () => {
  const board = new Board("status", NAMES);
  board.know(STATUSES);
  assert.deepEqual(
    board.list.map((it) => it.title),
    ["Planned", "Implementing", "Completed"],
  );
  board.take([card(1, { status: "odd", category: "open", statusWord: "[ODD]" })]);
  assert.deepEqual(
    board.list.map((it) => it.title),
    ["Planned", "[ODD]", "Implementing", "Completed"],
  );
});

test("cards stand in the order of folders, then in their own, however they come", () => {
  const rows = [card(3), card(1, { rank: 1, key: "/s\n1" }), card(2), card(10)];
  for (const batch of [rows, [...rows].reverse()]) {
    const board = new Board("category", NAMES);
    for (const it of batch) {
      board.take([it]);
    }
    assert.deepEqual(ids(board, "open"), ["2", "3", "10", "1"]);
  }
});

test("a card that says something else where it is touches itself alone", () => {
  const board = new Board("category", NAMES);
  board.take([card(1), card(2), card(3)]);
  const changes = board.take([card(2, { findings: 2 })]);
  assert.deepEqual([...changes.columns], []);
  assert.deepEqual([...changes.cards], [["/r\n2", "open"]]);
  assert.equal(board.column("open")?.cards[1]?.findings, 2);
});

test("a card that moves touches two columns, and counts follow", () => {
  const board = new Board("category", NAMES);
  board.take([card(1), card(2)]);
  const changes = board.take([card(1, active)]);
  assert.deepEqual([...changes.columns].sort(), ["active", "open"]);
  assert.deepEqual([ids(board, "open"), ids(board, "active")], [["2"], ["1"]]);
  assert.deepEqual([board.column("open")?.total, board.column("active")?.total], [1, 1]);
  board.take([], ["/r\n1"]);
  assert.deepEqual([board.column("active")?.total, board.size], [0, 1]);
});

test("many changes at once leave what one by one would", () => {
  const rows = Array.from({ length: 300 }, (_, n) => card(n, n % 3 === 0 ? active : {}));
  const [at_once, singly] = [new Board("category", NAMES), new Board("category", NAMES)];
  at_once.take(rows);
  for (const it of rows) {
    singly.take([it]);
  }
  assert.deepEqual(at_once.list, singly.list);
});

test("the filter hides cards and leaves the total; what comes is filtered too", () => {
  const board = new Board("category", NAMES);
  board.take([card(1, { title: "Add login" }), card(2, { title: "Write docs" })]);
  board.search("LOGIN add");
  board.take([card(3, { title: "Login page" }), card(4, { title: "Add a login" })]);
  assert.deepEqual(ids(board, "open"), ["1", "4"]);
  assert.equal(board.column("open")?.total, 4);
  const changes = board.take([card(1, { title: "Add a logo" })]);
  assert.deepEqual([...changes.columns], ["open"]);
  assert.deepEqual(ids(board, "open"), ["4"]);
});

test("a number behind # is that id alone", () => {
  const filter = filterOf("#22");
  assert.deepEqual([filter(card(22)), filter(card(221)), filter(card(1, { title: "#22" }))], [true, false, false]);
});

test("a card goes where it was sent at once, and back where that was refused", () => {
  const board = new Board("category", NAMES);
  board.take([card(1)]);
  board.want("/r\n1", active);
  assert.deepEqual([ids(board, "active"), board.isWaiting("/r\n1")], [["1"], true]);
  board.take([card(1, { findings: 1 })]);
  assert.deepEqual(ids(board, "active"), ["1"], "other news of the card leave it on its way");
  board.settle("/r\n1", false);
  assert.deepEqual([ids(board, "open"), board.isWaiting("/r\n1")], [["1"], false]);
});

test("a card that arrived stays until the server says where it is", () => {
  const board = new Board("category", NAMES);
  board.take([card(1)]);
  board.want("/r\n1", active);
  board.settle("/r\n1", true);
  assert.deepEqual(ids(board, "active"), ["1"]);
  board.take([card(1, { status: "completed", category: "done" })]);
  assert.deepEqual(ids(board, "done"), ["1"]);
});

test("when everything is told anew, a card on its way stays on it unless its status is another one", () => {
  const board = new Board("category", NAMES);
  board.replace([card(1), card(2)]);
  board.want("/r\n1", active);
  board.want("/r\n2", active);
  board.replace([card(1), card(2, { status: "completed", category: "done" }), card(3)]);
  assert.deepEqual([ids(board, "active"), ids(board, "done"), ids(board, "open")], [["1"], ["2"], ["3"]]);
  assert.deepEqual([board.isWaiting("/r\n1"), board.isWaiting("/r\n2")], [true, false]);
});

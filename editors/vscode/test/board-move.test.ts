import assert from "node:assert/strict";
import { test } from "node:test";
import { onCard, onMove, travelled, type Press } from "../board/model/keyboard";
import { begin, dropped, informed, stepped, takes, zoneAt, zonesOf, type Move } from "../board/model/move";
import type { Category, Choice } from "../src/board/messages";

function choice(status: string, category: Category, allowed: boolean, more: Partial<Choice> = {}): Choice {
  return { status, title: status, category, allowed, why: allowed ? "" : `not ${status}`, current: false, needs: [], ...more };
}

const CHOICES = [
  choice("planned", "open", true, { current: true }),
  choice("revising", "active", true),
  choice("planning", "active", false),
  choice("implementing", "active", true),
  choice("blocked", "waiting", true, { needs: ["reason"] }),
  choice("partial", "waiting", false),
  choice("completed", "done", false),
];
const COLUMNS = ["open", "active", "waiting", "done", "dropped"];
const ZONES = zonesOf(CHOICES, "category", COLUMNS);

function carried(by: Move["by"], aim?: Move["aim"]): Move {
  const move = informed(begin("1", "open", by), ZONES);
  return aim === undefined ? move : { ...move, aim };
}

const at = (move: Move): string => `${move.aim?.column}/${move.aim?.status}`;

test("statuses stand in the order of columns, those that are allowed first", () => {
  const order = ZONES.map((zone) => zone.choice.status);
  assert.deepEqual(order, ["planned", "revising", "implementing", "planning", "blocked", "partial", "completed"]);
  assert.deepEqual(
    COLUMNS.map((column) => takes(carried("pointer"), column)),
    [false, true, true, false, false],
  );
});

test("statuses without a column of their own are left out", () => {
  assert.deepEqual(zonesOf([choice("x", "failed", true)], "category", COLUMNS), []);
});

test("letting go over a status gives it, or says why not", () => {
  const over = (column: string, status: string | null) => dropped(carried("pointer", { column, status }));
  assert.deepEqual(over("active", "implementing"), { does: "set", choice: CHOICES[3] });
  assert.deepEqual(over("active", "planning"), { does: "refuse", why: "not planning" });
  assert.deepEqual(over("open", "planned"), { does: "nothing" });
});

test("letting go over a column gives the only status that is allowed there", () => {
  const drop = dropped(carried("pointer", { column: "waiting", status: null }));
  assert.deepEqual(drop, { does: "set", choice: CHOICES[4] });
});

test("letting go over a column with several has one be chosen", () => {
  const drop = dropped(carried("pointer", { column: "active", status: null }));
  assert.equal(drop.does, "choose");
  assert.equal(drop.does === "choose" && `${drop.move.by} ${at(drop.move)}`, "keyboard active/revising");
});

test("letting go over a column with none says why", () => {
  assert.deepEqual(dropped(carried("pointer", { column: "done", status: null })), { does: "refuse", why: "not completed" });
});

test("letting go at home, or beside all columns, changes nothing", () => {
  assert.deepEqual(dropped(carried("pointer", null)), { does: "nothing" });
  assert.deepEqual(dropped(carried("pointer", { column: "open", status: null })), { does: "nothing" });
  const early = { ...begin("1", "open", "pointer"), aim: { column: "open", status: null } };
  assert.deepEqual(dropped(early), { does: "nothing" }, "before the server has answered, too");
});

test("a card that is let go before the answer waits for it", () => {
  const early = { ...begin("1", "open", "pointer"), aim: { column: "waiting", status: null } };
  const drop = dropped(early);
  assert.equal(drop.does, "wait");
  assert.equal(drop.does === "wait" && drop.move.isDropped, true);
  assert.deepEqual(dropped(informed(early, ZONES)), { does: "set", choice: CHOICES[4] });
});

test("by keyboard nothing is chosen that was not shown", () => {
  const drop = dropped(begin("1", "open", "keyboard"));
  assert.equal(drop.does === "wait" && drop.move.isDropped, false);
});

test("by keyboard a card goes first to what may follow, and from there over everything", () => {
  const move = carried("keyboard");
  assert.equal(at(move), "active/revising");
  assert.equal(at(stepped(move, "down")), "active/implementing");
  assert.equal(at(stepped(move, "up")), "active/revising");
  assert.equal(at(stepped(stepped(move, "down"), "down")), "active/planning", "what is not allowed is passed, too");
  assert.equal(at(stepped(move, "right")), "waiting/blocked");
  assert.equal(at(stepped(move, "left")), "open/planned");
  assert.equal(at(stepped(move, "last")), "done/completed", "a column without statuses is no step");
  assert.equal(at(stepped(stepped(move, "last"), "right")), "done/completed");
  assert.equal(dropped(stepped(move, "last")).does, "refuse");
});

test("over a column that needs no closer aim its status is meant", () => {
  assert.equal(zoneAt(carried("pointer", { column: "waiting", status: null }))?.choice.status, "blocked");
  assert.equal(zoneAt(carried("pointer", { column: "done", status: null }))?.choice.status, "completed");
  assert.equal(zoneAt(carried("pointer", { column: "active", status: null })), undefined);
});

function press(key: string, more: Partial<Press> = {}): Press {
  return { key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more };
}

test("keys on a card", () => {
  assert.deepEqual(onCard(press("Enter")), { wants: "open", beside: false });
  assert.deepEqual(onCard(press("Enter", { ctrlKey: true })), { wants: "open", beside: true });
  assert.deepEqual(onCard(press(" ")), { wants: "take" });
  assert.deepEqual(onCard(press("PageDown")), { wants: "travel", to: "page-down" });
  assert.equal(onCard(press("ArrowDown", { ctrlKey: true })), null, "the editor's");
  assert.equal(onCard(press("Tab")), null, "the browser's");
});

test("keys while a card is carried", () => {
  assert.deepEqual(onMove(press(" ")), { wants: "drop" });
  assert.deepEqual(onMove(press("Escape")), { wants: "cancel" });
  assert.deepEqual(onMove(press("Tab", { shiftKey: true })), { wants: "step", step: "left" });
  assert.equal(onMove(press("x")), null);
  assert.equal(onMove(press("Enter", { ctrlKey: true })), null, "the editor's");
});

test("travelling ends at the ends", () => {
  const to = (travel: Parameters<typeof travelled>[1]) => travelled(3, travel, 10, 4);
  assert.deepEqual([to("up"), to("down"), to("page-up"), to("page-down"), to("first"), to("last")], [2, 4, 0, 7, 0, 9]);
  assert.equal(travelled(0, "down", 0, 4), 0);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { CardMaker } from "../src/board/cards";
import { boardHtml } from "../src/board/html";
import { INITIAL_STATE, readState } from "../src/board/messages";
import { row } from "./rows";

test("a card says what the row says", () => {
  const whole = { marker: "[PLANNED]", progress: { done: 1, total: 3 }, findings: 2, ready: true, path: "TODO.md", line: 7 };
  const card = new CardMaker().card(row("7", { ...whole, order: "4", holder: "mara" }));
  assert.deepEqual(card, {
    key: "/r\n7",
    id: "7",
    title: "Task 7",
    status: "planned",
    category: "open",
    statusWord: "Planned",
    progress: { done: 1, total: 3 },
    findings: 2,
    agreed: true,
    ready: true,
    holder: "mara",
    folder: null,
    place: "TODO.md",
    rank: 0,
    order: "4",
  });
});

test("what a task does not have is not shown", () => {
  const card = new CardMaker().card(row("7", { status: null, marker: null, progress: { done: 0, total: 0 }, path: null }));
  assert.deepEqual([card?.statusWord, card?.progress, card?.place, card?.holder], ["", null, null, null]);
});

test("tasks that are put away have no card", () => {
  assert.equal(new CardMaker().card(row("7", { archived: true })), undefined);
});

test("where there are several folders, cards name theirs, and stand in their order", () => {
  const rows = [row("1", { root: "/b/two" }), row("2", { root: "/a/one" })];
  const maker = new CardMaker(rows);
  assert.deepEqual(
    rows.map((it) => [maker.card(it)?.folder, maker.card(it)?.rank]),
    [["two", 0], ["one", 1]],
  );
});

const PAGE = {
  source: "https://example.invalid",
  script: "s.js",
  style: "s.css",
  nonce: "n0nce",
  title: 'a "title" & <more>',
  language: "en",
  words: { word: "</script><script>alert(1)</script>" },
};

test("the page allows its own script and style, and nothing else", () => {
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(boardHtml(PAGE))?.[1]?.replaceAll("&#39;", "'");
  assert.equal(
    policy,
    "default-src 'none'; style-src https://example.invalid; script-src 'nonce-n0nce'; base-uri 'none'; form-action 'none'",
  );
});

test("nothing that the page is given can become markup", () => {
  const html = boardHtml(PAGE);
  assert.equal(html.match(/<script/g)?.length, 2);
  assert.ok(html.includes("<title>a &#34;title&#34; &#38; &#60;more&#62;</title>"));
});

test("what was kept by another version is read as far as it makes sense", () => {
  assert.deepEqual(readState(undefined), INITIAL_STATE);
  assert.deepEqual(readState({ by: "colour", filter: 7, selected: {}, folded: null }), INITIAL_STATE);
  assert.equal(readState({ by: "status" }).by, "status");
});

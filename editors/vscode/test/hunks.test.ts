import assert from "node:assert/strict";
import { test } from "node:test";
import { applied, difference, type Hunk, inverse, rebased } from "../src/changes/hunks";

const BEFORE = "- [PLANNED]\n- started:\n- end\n";
const HUNKS: Hunk[] = [
  { start: 23, end: 23, text: "- by: me\n" },
  { start: 3, end: 10, text: "IMPLEMENTING" },
];
const AFTER = "- [IMPLEMENTING]\n- started:\n- by: me\n- end\n";

test("edits are applied in the order of their places", () => {
  assert.equal(applied(BEFORE, HUNKS), AFTER);
});

test("the inverse brings the text back", () => {
  assert.equal(applied(AFTER, inverse(BEFORE, HUNKS)), BEFORE);
});

test("what was typed elsewhere stays when the change is taken back", () => {
  for (const [typed, kept] of [
    [AFTER.replace("started:", "started: today"), BEFORE.replace("started:", "started: today")],
    [`# Title\n${AFTER}`, `# Title\n${BEFORE}`],
    [AFTER.replace("end", "END"), BEFORE.replace("end", "END")],
  ] as const) {
    const back = rebased(AFTER, typed, inverse(BEFORE, HUNKS));
    assert.ok(back, typed);
    assert.equal(applied(typed, back), kept);
  }
});

test("what was typed at the same place is never overwritten", () => {
  const typed = AFTER.replace("IMPLEMENTING", "COMPLETED");
  assert.equal(rebased(AFTER, typed, inverse(BEFORE, HUNKS)), undefined);
  assert.equal(rebased(AFTER, BEFORE, inverse(BEFORE, HUNKS)), undefined);
});

test("a change before and one behind are one region that holds all between them", () => {
  const typed = `# Title\n${AFTER}# End\n`;
  assert.equal(rebased(AFTER, typed, inverse(BEFORE, HUNKS)), undefined);
});

test("the difference of two texts is one edit", () => {
  for (const [before, after] of [["abc", "abXc"], ["aaa", "aa"], ["", "x"], ["same", "same"], [BEFORE, AFTER]] as const) {
    assert.equal(applied(before, [difference(before, after)]), after);
  }
  assert.deepEqual(difference("one two", "one 2"), { start: 4, end: 7, text: "2" });
});

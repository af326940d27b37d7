import assert from "node:assert/strict";
import { test } from "node:test";
import { checkVersion } from "../src/client/version";

test("the same version and newer ones fit", () => {
  for (const version of ["0.1.0", "0.1.1", "0.10.0", "1.0.0", "0.1.0-dev+3", "0.2.0-rc.1"]) {
    assert.deepEqual(checkVersion(`lockstep ${version}\n`, "0.1.0"), { kind: "fits", version });
  }
});

test("older ones are too old", () => {
  const check = checkVersion("lockstep 0.9.12\n", "0.10.0");
  assert.deepEqual(check, { kind: "too-old", version: "0.9.12", needed: "0.10.0" });
});

test("another program is told by what it says", () => {
  assert.deepEqual(checkVersion("git version 2.40\nmore", "0.1.0"), { kind: "not-lockstep", output: "git version 2.40" });
  assert.deepEqual(checkVersion("", "0.1.0"), { kind: "not-lockstep", output: "" });
});

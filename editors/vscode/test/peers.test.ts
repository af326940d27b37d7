import assert from "node:assert/strict";
import { test } from "node:test";
import { peers } from "../src/client/peers";

const session = (client: string | null, ...folders: string[]) => ({ client, folders });

test("those in the same folders are peers, but for one window of VS Code, which asks", () => {
  const sessions = [
    session("Neovim", "/r"),
    session("Visual Studio Code", "/r", "/s"),
    session("Helix", "/elsewhere"),
    session("Visual Studio Code", "file:///r"),
  ];
  assert.deepEqual(peers({ sessions }, ["/r", "file:///r"]), ["Neovim", "Visual Studio Code"]);
});

test("without a daemon there is nobody", () => {
  assert.deepEqual(peers({}, ["/r"]), []);
});

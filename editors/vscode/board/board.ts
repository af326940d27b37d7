//! The page of the board: connects it with the editor.

import { readState, type BoardState, type FromBoard, type ToBoard } from "../src/board/messages";
import type { Words } from "../src/board/words";
import { App } from "./view/app";

/** What an editor's webview offers. */
declare function acquireVsCodeApi(): {
  postMessage(message: FromBoard): void;
  getState(): unknown;
  setState(state: BoardState): void;
};

const editor = acquireVsCodeApi();
const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}") as Words;
const root = document.getElementById("board");
if (root) {
  const app = new App(root, words, readState(editor.getState()), {
    tell: (message) => editor.postMessage(message),
    keep: (state) => editor.setState(state),
  });
  // Only the panel can send to this page: it is the page's parent, and the page has no other frames.
  window.addEventListener("message", ({ data }) => app.hear(data as ToBoard));
  editor.postMessage({ type: "ready" });
}

//! Below the columns: what has just happened, which a screen reader reads too, and what keys do.

import { element, setText } from "./dom";

export class Footer {
  readonly node = element("div", "footer");
  private readonly message = element("div", "footer-message", { role: "status" });
  private readonly keys = element("div", "footer-keys");

  constructor() {
    this.node.append(this.message, this.keys);
  }

  /** Says something, in place of what was said before. */
  say(text: string, isRefusal = false): void {
    this.message.classList.toggle("is-refusal", isRefusal);
    setText(this.message, text);
    this.message.title = text;
  }

  /** What keys do now. */
  hint(text: string): void {
    setText(this.keys, text);
  }
}

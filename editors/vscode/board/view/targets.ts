//! Over the cards of a column while one is under way: the statuses that it can be given there, and why not the others.

import type { Choice } from "../../src/board/messages";
import type { Words } from "../../src/board/words";
import type { Zone } from "../model/move";
import { element, setAttribute, setText } from "./dom";
import { filled } from "./text";

export class Targets {
  readonly node = element("div", "targets", { role: "group", tabindex: "-1" });
  private readonly zones = new Map<string, HTMLElement>();

  private readonly words: Words;
  private readonly column: string;

  constructor(words: Words, column: string) {
    this.words = words;
    this.column = column;
    this.node.hidden = true;
  }

  /** Shows what a card can become here; `null` while that is not known. */
  show(zones: readonly Zone[] | null, name: string, column: string): void {
    setAttribute(this.node, "aria-label", filled(this.words.chooseStatus, name, column));
    this.node.replaceChildren();
    this.zones.clear();
    for (const { choice } of zones ?? []) {
      const node = this.zoneOf(choice, name);
      this.zones.set(choice.status, node);
      this.node.append(node);
    }
    // A list without entries is no list.
    setAttribute(this.node, "role", this.zones.size > 0 ? "listbox" : "group");
    if (this.zones.size === 0) {
      const note = element("div", "zone-note");
      setText(note, zones === null ? this.words.asking : this.words.nowhere);
      this.node.append(note);
    }
    this.node.hidden = false;
  }

  hide(): void {
    this.node.hidden = true;
    this.node.replaceChildren();
    this.zones.clear();
    setAttribute(this.node, "aria-activedescendant", null);
  }

  /** Marks the status that the card is held over, if any. */
  aim(status: string | null): void {
    for (const [id, zone] of this.zones) {
      const isAimed = id === status;
      zone.classList.toggle("is-aimed", isAimed);
      setAttribute(zone, "aria-selected", String(isAimed));
      if (!isAimed) continue;
      setAttribute(this.node, "aria-activedescendant", zone.id);
      zone.scrollIntoView({ block: "nearest" });
    }
    if (status === null) setAttribute(this.node, "aria-activedescendant", null);
  }

  private zoneOf(choice: Choice, name: string): HTMLElement {
    const kind = choice.current ? "is-current" : choice.allowed ? "is-allowed" : "is-refused";
    const node = element("div", `zone ${kind}`, {
      role: "option",
      id: `zone-${encodeURIComponent(this.column)}-${encodeURIComponent(choice.status)}`,
      "aria-selected": "false",
    });
    if (!choice.allowed || choice.current) node.setAttribute("aria-disabled", "true");
    node.dataset.status = choice.status;
    const title = element("div", "zone-title");
    setText(title, choice.title);
    node.append(title);
    const note = this.noteOf(choice, name);
    if (note) {
      const why = element("div", "zone-why");
      setText(why, note);
      node.append(why);
    }
    return node;
  }

  private noteOf(choice: Choice, name: string): string {
    if (choice.current) return filled(this.words.stays, name);
    if (!choice.allowed) return choice.why;
    if (choice.needs.includes("reason")) return this.words.needsReason;
    return choice.needs.includes("artifact") ? this.words.needsArtifact : "";
  }
}

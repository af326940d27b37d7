//! Above the columns: the filter, what columns are made of, and how many tasks there are.

import type { Words } from "../../src/board/words";
import type { Grouping } from "../model/columns";
import { drawing, element, setAttribute, setText } from "./dom";

/** What somebody does there. */
export interface ToolbarEvents {
  onFilter(typed: string): void;
  onGroup(by: Grouping): void;
  /** The filter is left for the cards. */
  onLeave(): void;
}

export class Toolbar {
  readonly node = element("div", "toolbar", { role: "toolbar" });
  private readonly box = element("input", "filter-box", { type: "text", spellcheck: "false", autocomplete: "off" });
  private readonly clear = element("button", "filter-clear", { type: "button" });
  private readonly count = element("span", "board-count");
  private readonly buttons = new Map<Grouping, HTMLButtonElement>();

  private readonly events: ToolbarEvents;

  constructor(words: Words, events: ToolbarEvents) {
    this.events = events;
    this.node.setAttribute("aria-label", words.board);
    this.node.append(this.filter(words), this.grouping(words), this.count);
  }

  /** Shows what was kept. */
  show(typed: string, by: Grouping): void {
    this.box.value = typed;
    this.clear.hidden = typed === "";
    for (const [grouping, button] of this.buttons) setAttribute(button, "aria-pressed", String(grouping === by));
  }

  setCount(text: string): void {
    setText(this.count, text);
  }

  focusFilter(): void {
    this.box.focus();
    this.box.select();
  }

  private filter(words: Words): HTMLElement {
    const frame = element("div", "filter");
    setAttribute(this.box, "aria-label", words.filter);
    setAttribute(this.box, "placeholder", words.filter);
    setAttribute(this.clear, "aria-label", words.clearFilter);
    setAttribute(this.clear, "title", words.clearFilter);
    this.clear.append(drawing("clear"));
    this.clear.hidden = true;
    this.box.addEventListener("input", () => this.typed());
    this.box.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.box.value !== "") this.empty();
      else if (event.key === "Escape" || event.key === "Enter" || event.key === "ArrowDown") this.events.onLeave();
      else return;
      event.preventDefault();
    });
    this.clear.addEventListener("click", () => {
      this.empty();
      this.box.focus();
    });
    frame.append(drawing("search"), this.box, this.clear);
    return frame;
  }

  private empty(): void {
    this.box.value = "";
    this.typed();
  }

  private typed(): void {
    this.clear.hidden = this.box.value === "";
    this.events.onFilter(this.box.value);
  }

  private grouping(words: Words): HTMLElement {
    const group = element("div", "grouping", { role: "group", "aria-label": words.columnsBy });
    const label = element("span", "grouping-label", { "aria-hidden": "true" });
    label.textContent = words.columnsBy;
    group.append(label);
    for (const [by, name] of [["category", words.byCategory], ["status", words.byStatus]] as const) {
      const button = element("button", "grouping-button", { type: "button", "aria-pressed": "false" });
      button.textContent = name;
      button.addEventListener("click", () => this.events.onGroup(by));
      this.buttons.set(by, button);
      group.append(button);
    }
    return group;
  }
}

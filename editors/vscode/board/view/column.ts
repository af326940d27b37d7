//! One column: its head, its cards, and what is over them while a card is under way.

import type { Column } from "../model/board";
import { takes, zoneAt, zonesIn, type Move } from "../model/move";
import { drawing, element, setAttribute, setText } from "./dom";
import { CardList, type ListContext } from "./list";
import { Targets } from "./targets";
import { filled, written } from "./text";

let made = 0;

export class ColumnView {
  readonly node = element("div", "column", { role: "group" });
  readonly list: CardList;
  readonly targets: Targets;
  isFolded = false;
  private readonly head = element("div", "column-head");
  private readonly title = element("h2", "column-title", { id: `column-${(made += 1)}` });
  private readonly count = element("span", "column-count");
  private readonly fold = element("button", "column-fold", { type: "button", "aria-expanded": "true" });
  private readonly rail = element("button", "column-rail", { type: "button", "aria-expanded": "false" });
  private readonly railTitle = element("span", "rail-title");
  private readonly railCount = element("span", "column-count");
  private readonly empty = element("div", "column-empty");

  readonly id: string;
  private readonly context: ListContext;

  constructor(id: string, context: ListContext, onFold: (isFolded: boolean) => void) {
    this.id = id;
    this.context = context;
    this.list = new CardList(context);
    this.targets = new Targets(context.words, id);
    this.node.dataset.column = id;
    this.node.setAttribute("aria-labelledby", this.title.id);
    this.list.node.setAttribute("aria-labelledby", this.title.id);
    this.fold.append(drawing("fold"));
    this.fold.addEventListener("click", () => onFold(true));
    this.rail.addEventListener("click", () => onFold(false));
  }

  /** Shows a column, folded or not. */
  show(column: Column, isFolded: boolean): void {
    const { words } = this.context;
    this.isFolded = isFolded;
    this.node.classList.toggle("is-folded", isFolded);
    setAttribute(this.node, "data-category", column.category ?? "unknown");
    if (!this.head.hasChildNodes()) this.build(column);
    setText(this.title, column.title);
    setText(this.railTitle, column.title);
    const [shown, all] = [written(column.cards.length), written(column.total)];
    setText(this.count, shown === all ? all : filled(words.fewOf, shown, all));
    setText(this.railCount, all);
    const fold = filled(words.fold, column.title);
    setAttribute(this.fold, "aria-label", fold);
    setAttribute(this.fold, "title", fold);
    setAttribute(this.rail, "title", filled(words.unfold, column.title));
    this.empty.hidden = column.cards.length > 0;
    setText(this.empty, column.total > 0 ? words.noMatch : words.noTasks);
    this.list.setCards(isFolded ? [] : column.cards);
  }

  /** Shows what the card under way can become here. */
  showMove(move: Move, name: string): void {
    const zones = move.zones === null ? null : zonesIn(move, this.id);
    this.targets.show(zones, name, this.title.textContent ?? "");
    this.node.classList.add("is-target");
    this.node.classList.toggle("takes", takes(move, this.id));
    this.node.classList.toggle("is-home", move.home === this.id);
    this.list.node.inert = true;
    this.aim(move);
  }

  /** Shows where the card under way is held. */
  aim(move: Move): void {
    const isHere = move.aim?.column === this.id;
    this.node.classList.toggle("is-aimed", isHere);
    this.targets.aim(isHere ? (zoneAt(move)?.choice.status ?? null) : null);
  }

  endMove(): void {
    this.targets.hide();
    this.node.classList.remove("is-target", "takes", "is-home", "is-aimed");
    this.list.node.inert = false;
  }

  /** Keeps the focus on what folds and unfolds the column. */
  focusHead(): void {
    (this.isFolded ? this.rail : this.fold).focus({ preventScroll: true });
  }

  private build(column: Column): void {
    const icon = column.category ?? "unknown";
    this.head.append(drawing(icon), this.title, this.count, this.fold);
    this.rail.append(drawing(icon), this.railTitle, this.railCount);
    this.node.append(this.head, this.rail, this.list.node, this.empty, this.targets.node);
  }
}

//! Which card is selected, and how the selection goes on.

import type { Card } from "../../src/board/messages";
import type { Board } from "../model/board";
import { travelled, type Travel } from "../model/keyboard";
import type { ColumnView } from "./column";

export class Selection {
  /** Where the selected card was when it was last looked at. */
  private last: { column: string; index: number } | null = null;

  private readonly board: Board;
  private readonly views: ReadonlyMap<string, ColumnView>;
  key: string | null;
  private readonly onChange: () => void;

  constructor(board: Board, views: ReadonlyMap<string, ColumnView>, key: string | null, onChange: () => void) {
    this.board = board;
    this.views = views;
    this.key = key;
    this.onChange = onChange;
  }

  get card(): Card | undefined {
    return this.key === null ? undefined : this.board.card(this.key);
  }

  /** The column of the selected card. */
  get view(): ColumnView | undefined {
    const column = this.key === null ? undefined : this.board.columnOf(this.key);
    return column && this.views.get(column.id);
  }

  /** Selects a card. */
  choose(key: string | null): void {
    const before = this.view;
    this.key = key;
    if (before !== this.view) before?.list.select();
    this.view?.list.select();
    this.remember();
    this.onChange();
  }

  /** Selects a card, shows it, and gives its column the focus. */
  goTo(key: string): void {
    this.choose(key);
    const { view, card } = this;
    if (!view || !card) return;
    view.list.reveal(card);
    view.node.scrollIntoView({ block: "nearest", inline: "nearest" });
    view.list.node.focus({ preventScroll: true });
  }

  /** Goes on by a key from the column that has the focus. */
  travel(from: ColumnView, to: Travel): void {
    if (to === "left" || to === "right") {
      this.aside(from, to === "left" ? -1 : 1);
      return;
    }
    const cards = this.board.column(from.id)?.cards ?? [];
    const { card } = this;
    const at = card ? from.list.indexOf(card) : -1;
    const next = at < 0 ? from.list.middle : travelled(at, to, cards.length, from.list.page);
    const there = cards[next];
    if (there) this.goTo(there.key);
  }

  /** Sees to it that a card is selected in a column that has got the focus. */
  enter(view: ColumnView): void {
    if (this.view === view && this.card && view.list.indexOf(this.card) >= 0) return;
    const card = this.board.column(view.id)?.cards[view.list.middle];
    if (card) this.choose(card.key);
  }

  /** After changes: where the selected card went elsewhere while its column has the focus, its neighbour follows. */
  follow(): void {
    const { last } = this;
    const old = last && this.views.get(last.column);
    const hasFocus = old?.list.node === document.activeElement;
    if (last && hasFocus && this.view?.id !== last.column) {
      const cards = this.board.column(last.column)?.cards ?? [];
      const neighbour = cards[Math.min(last.index, cards.length - 1)];
      if (neighbour) this.choose(neighbour.key);
    }
    this.remember();
  }

  /** The nearest column on a side that has cards in view: the card at the same height. */
  private aside(from: ColumnView, by: number): void {
    const order = this.board.list.map((column) => this.views.get(column.id));
    let at = order.indexOf(from) + by;
    while (order[at] && !this.hasCards(order[at])) at += by;
    const view = order[at];
    if (!view) return;
    const card = this.card;
    const height = card ? from.list.heightAt(card) : 0;
    const there = this.board.column(view.id)?.cards[view.list.nearest(height)];
    if (there) this.goTo(there.key);
  }

  private hasCards(view: ColumnView | undefined): boolean {
    return view !== undefined && !view.isFolded && (this.board.column(view.id)?.cards.length ?? 0) > 0;
  }

  private remember(): void {
    const { view, card } = this;
    this.last = view && card ? { column: view.id, index: view.list.indexOf(card) } : null;
  }
}

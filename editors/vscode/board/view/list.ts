//! The cards of one column, of which only those in view are in the page.

import type { Card } from "../../src/board/messages";
import type { Words } from "../../src/board/words";
import { placeOf } from "../model/order";
import { heightOf, indexAt, scrolledTo, topsOf, windowOf, type Tops } from "../model/virtual";
import { CardView } from "./card";
import { element, setAttribute, setStyle } from "./dom";
import { CARD_GAP, type Metrics } from "./metrics";

/** What a list asks of the board around it. */
export interface ListContext {
  words: Words;
  metrics: Metrics;
  isWaiting(key: string): boolean;
  /** The card that is selected, in whatever column. */
  selected(): Card | undefined;
  /** What a card says of its status; null where its column says it. */
  statusOn(card: Card): string | null;
}

/** Above and below the view, so that scrolling by a little shows no gap. */
const MARGIN = 240;
/** How many cards that went out of view are kept for those that come. */
const SPARE = 40;
/** Room above the first card and below the last one. */
const EDGE = 8;

export class CardList {
  /** The scrolling element; it has the focus, the selected card is its active descendant. */
  readonly node = element("div", "cards", { role: "listbox" });
  private readonly sheet = element("div", "sheet", { role: "presentation" });
  private readonly views = new Map<string, CardView>();
  private readonly spare: CardView[] = [];
  private cards: readonly Card[] = [];
  private tops: Tops = topsOf(0, () => 0);
  private width = 0;
  private view = 0;
  private planned = 0;
  /** How far to scroll, or to which card, once the size is known. */
  private wanted: number | Card | null = null;

  private readonly context: ListContext;

  constructor(context: ListContext) {
    this.context = context;
    this.node.append(this.sheet);
    this.node.addEventListener("scroll", () => this.plan(), { passive: true });
  }

  /** Shows other cards, or the same ones after a change. */
  setCards(cards: readonly Card[]): void {
    this.cards = cards;
    setAttribute(this.node, "tabindex", cards.length > 0 ? "0" : null);
    this.layOut();
  }

  /** The column has another size. */
  resize(width: number, height: number): void {
    if (width === this.width && height === this.view) return;
    const isOther = width !== this.width;
    this.width = width;
    this.view = height;
    if (isOther) this.layOut();
    else this.render();
    const { wanted } = this;
    this.wanted = null;
    if (typeof wanted === "number") this.scroll(wanted);
    else if (wanted) this.reveal(wanted);
  }

  /** A card says something else, at the place where it is. */
  refresh(card: Card): void {
    const index = this.indexOf(card);
    const height = index < 0 ? 0 : this.tops[index + 1]! - this.tops[index]!;
    if (index >= 0 && this.heightOf(card) !== height) this.layOut();
    else this.show(index);
  }

  /** Shows anew which card is selected. */
  select(): void {
    this.render();
  }

  /** Where a card is; -1 where it is not in this column. */
  indexOf(card: Card): number {
    const at = placeOf(this.cards, card);
    return at.found ? at.index : -1;
  }

  /** How many cards are in view at once, about. */
  get page(): number {
    const average = this.cards.length > 0 ? heightOf(this.tops) / this.cards.length : 1;
    return Math.max(Math.floor(this.view / average) - 1, 1);
  }

  /** The card in the middle of the view. */
  get middle(): number {
    const { from, to } = windowOf(this.tops, this.node.scrollTop + this.view / 3, 0, 0);
    return Math.max(Math.min(from, to - 1), 0);
  }

  /** How far below the top of the view a card begins. */
  heightAt(card: Card): number {
    return this.tops[Math.max(this.indexOf(card), 0)]! - this.node.scrollTop;
  }

  /** The card that is so far below the top of the view. */
  nearest(height: number): number {
    return indexAt(this.tops, height + this.node.scrollTop);
  }

  get scrolled(): number {
    return typeof this.wanted === "number" ? this.wanted : this.node.scrollTop;
  }

  scroll(to: number): void {
    if (!this.hasSize) {
      this.wanted = to;
      return;
    }
    this.node.scrollTop = to;
    this.render();
  }

  /** Scrolls as little as shows a card. */
  reveal(card: Card): void {
    if (!this.hasSize) {
      this.wanted = card;
      return;
    }
    const index = this.indexOf(card);
    if (index < 0) return;
    const now = this.node.scrollTop;
    const to = scrolledTo(this.tops, index, now, this.view - 2 * EDGE, CARD_GAP);
    if (to !== now) this.scroll(to);
  }

  /** The element of a card, where it is in the page. */
  elementOf(key: string): HTMLElement | null {
    return this.views.get(key)?.node ?? null;
  }

  private heightOf(card: Card): number {
    return this.context.metrics.heightOf(card, this.width);
  }

  /** Whether it is in view: a folded column has no size. */
  private get hasSize(): boolean {
    return this.width > 0 && this.view > 0;
  }

  private layOut(): void {
    if (this.width === 0) return;
    this.tops = topsOf(this.cards.length, (index) => this.heightOf(this.cards[index]!));
    setStyle(this.sheet, "height", `${Math.max(heightOf(this.tops) - CARD_GAP, 0)}px`);
    this.render();
  }

  /** Shows what came into view at the next frame. */
  private plan(): void {
    this.planned ||= requestAnimationFrame(() => {
      this.planned = 0;
      this.render();
    });
  }

  private render(): void {
    if (!this.hasSize) return;
    const { from, to } = windowOf(this.tops, this.node.scrollTop, this.view, MARGIN);
    const card = this.context.selected();
    const selected = card ? this.indexOf(card) : -1;
    // The active descendant has to be in the page, wherever it was scrolled to.
    const indexes = Array.from({ length: to - from }, (_, offset) => from + offset);
    if (selected >= 0 && selected < from) indexes.unshift(selected);
    if (selected >= to) indexes.push(selected);
    this.release(new Set(indexes.map((index) => this.cards[index]!.key)));
    let before: Element | null = null;
    for (const index of indexes) {
      const node = this.viewOf(this.cards[index]!).node;
      const next: Element | null = before ? before.nextElementSibling : this.sheet.firstElementChild;
      if (next !== node) this.sheet.insertBefore(node, next);
      before = node;
      this.show(index);
    }
    const active = selected >= 0 ? this.views.get(this.cards[selected]!.key) : undefined;
    setAttribute(this.node, "aria-activedescendant", active?.node.id ?? null);
  }

  /** Takes out all but those that are wanted, and keeps a few for the next ones. */
  private release(wanted: ReadonlySet<string>): void {
    for (const [key, view] of this.views) {
      if (wanted.has(key)) continue;
      this.views.delete(key);
      view.node.remove();
      if (this.spare.length < SPARE) this.spare.push(view);
    }
  }

  private viewOf(card: Card): CardView {
    let view = this.views.get(card.key);
    if (!view) {
      view = this.spare.pop() ?? new CardView(this.context.words);
      this.views.set(card.key, view);
    }
    return view;
  }

  /** Shows one card, where it is in the page. */
  private show(index: number): void {
    const card = this.cards[index];
    const view = card && this.views.get(card.key);
    if (!card || !view) return;
    const { context } = this;
    const top = this.tops[index]!;
    view.show(card, {
      index,
      count: this.cards.length,
      top,
      height: this.tops[index + 1]! - top - CARD_GAP,
      isTwoLines: context.metrics.titleLines(card, this.width) === 2,
      isSelected: context.selected()?.key === card.key,
      isWaiting: context.isWaiting(card.key),
      status: context.statusOn(card),
    });
  }
}

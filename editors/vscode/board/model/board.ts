//! All cards, in their columns. Knows nothing of how they are shown.

import type { Card, KnownStatus } from "../../src/board/messages";
import { columnOf, headsOf, type Grouping, type Head } from "./columns";
import { filterOf, type Filter } from "./filter";
import { compare, placeOf } from "./order";

/** A column with its cards. */
export interface Column extends Head {
  /** Those that pass the filter, in order. */
  cards: Card[];
  /** How many there are, filtered or not. */
  total: number;
}

/** What has to be shown anew. */
export interface Changes {
  /** Whether columns came or went. */
  heads: boolean;
  /** Columns whose lists of cards changed. */
  columns: Set<string>;
  /** Cards that stayed where they are and say something else, by the column they are in. */
  cards: Map<string, string>;
}

/** The status that was asked for and is not there yet. */
export type Wanted = Pick<Card, "status" | "category" | "statusWord">;

/** More changes than this at once are sorted rather than put in one by one. */
const MANY = 64;

export class Board {
  /** As the server has them. */
  private readonly said = new Map<string, Card>();
  /** As they are shown: with the status that was asked for. */
  private readonly shown = new Map<string, Card>();
  private readonly wanted = new Map<string, Wanted>();
  private columns = new Map<string, Column>();
  private statuses: readonly KnownStatus[] = [];
  private filter: Filter = () => true;

  private by: Grouping;
  private readonly names: Record<string, string>;

  constructor(by: Grouping, names: Record<string, string>) {
    this.by = by;
    this.names = names;
    this.arrange();
  }

  get grouping(): Grouping {
    return this.by;
  }

  /** The columns in their order. */
  get list(): Column[] {
    return [...this.columns.values()];
  }

  get size(): number {
    return this.said.size;
  }

  column(id: string): Column | undefined {
    return this.columns.get(id);
  }

  /** The card as it is shown. */
  card(key: string): Card | undefined {
    return this.shown.get(key);
  }

  /** The column that a card is in. */
  columnOf(key: string): Column | undefined {
    const card = this.shown.get(key);
    return card && this.columns.get(columnOf(this.by, card));
  }

  isWaiting(key: string): boolean {
    return this.wanted.has(key);
  }

  group(by: Grouping): void {
    this.by = by;
    this.arrange();
  }

  search(typed: string): void {
    this.filter = filterOf(typed);
    this.arrange();
  }

  know(statuses: readonly KnownStatus[]): void {
    this.statuses = statuses;
    if (this.by === "status") this.arrange();
  }

  /** Takes these cards for all there are. */
  replace(cards: readonly Card[]): void {
    const kept = new Map([...this.wanted.keys()].map((key) => [key, this.said.get(key)?.status]));
    this.said.clear();
    this.shown.clear();
    for (const card of cards) this.said.set(card.key, card);
    for (const [key, status] of kept) if (this.said.get(key)?.status !== status) this.wanted.delete(key);
    for (const card of cards) this.shown.set(card.key, this.asShown(card));
    this.arrange();
  }

  /** Takes in what the server says. */
  take(cards: readonly Card[], removed: readonly string[] = []): Changes {
    const changes: Changes = { heads: false, columns: new Set(), cards: new Map() };
    const isMuch = cards.length + removed.length > MANY;
    for (const key of removed) {
      this.said.delete(key);
      this.wanted.delete(key);
      if (isMuch) this.shown.delete(key);
      else this.leave(key, changes);
    }
    for (const card of cards) {
      if (this.said.get(card.key)?.status !== card.status) this.wanted.delete(card.key);
      this.said.set(card.key, card);
      if (isMuch) this.shown.set(card.key, this.asShown(card));
      else this.put(this.asShown(card), changes);
    }
    if (isMuch) {
      this.arrange();
      changes.heads = true;
    }
    return changes;
  }

  /** Shows a card with a status before the server says that it has it. */
  want(key: string, wanted: Wanted): Changes {
    this.wanted.set(key, wanted);
    return this.again(key);
  }

  /** The status is not on its way any more: it is there, if `holds`, else the card goes back. */
  settle(key: string, holds: boolean): Changes {
    const [card, wanted] = [this.said.get(key), this.wanted.get(key)];
    this.wanted.delete(key);
    // What the server says of it comes a moment later; until then the card stays where it was put.
    if (holds && card && wanted) this.said.set(key, { ...card, ...wanted });
    return this.again(key);
  }

  private again(key: string): Changes {
    const changes: Changes = { heads: false, columns: new Set(), cards: new Map() };
    const card = this.said.get(key);
    if (card) this.put(this.asShown(card), changes);
    return changes;
  }

  private asShown(card: Card): Card {
    const wanted = this.wanted.get(card.key);
    return wanted ? { ...card, ...wanted, ready: false } : card;
  }

  /** Puts one card where it belongs. */
  private put(card: Card, changes: Changes): void {
    const before = this.shown.get(card.key);
    const id = columnOf(this.by, card);
    const column = this.columns.get(id);
    if (!column) {
      this.shown.set(card.key, card);
      this.arrange();
      changes.heads = true;
      return;
    }
    const stays =
      before !== undefined &&
      columnOf(this.by, before) === id &&
      compare(before, card) === 0 &&
      this.filter(before) === this.filter(card);
    if (!stays) {
      if (before) this.leave(card.key, changes);
      column.total += 1;
      changes.columns.add(id);
    }
    this.shown.set(card.key, card);
    if (!this.filter(card)) return;
    const at = placeOf(column.cards, card);
    column.cards.splice(at.index, at.found ? 1 : 0, card);
    if (stays) changes.cards.set(card.key, id);
  }

  /** Takes one card out. */
  private leave(key: string, changes: Changes): void {
    const card = this.shown.get(key);
    this.shown.delete(key);
    const column = card && this.columns.get(columnOf(this.by, card));
    if (!card || !column) return;
    column.total -= 1;
    changes.columns.add(column.id);
    const at = placeOf(column.cards, card);
    if (at.found) column.cards.splice(at.index, 1);
  }

  /** Makes all columns anew. */
  private arrange(): void {
    const heads = headsOf(this.by, this.statuses, this.shown.values(), this.names);
    this.columns = new Map(heads.map((head) => [head.id, { ...head, cards: [], total: 0 }]));
    for (const card of this.shown.values()) {
      const column = this.columns.get(columnOf(this.by, card));
      if (!column) continue;
      column.total += 1;
      if (this.filter(card)) column.cards.push(card);
    }
    for (const column of this.columns.values()) column.cards.sort(compare);
  }
}

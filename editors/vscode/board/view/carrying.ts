//! A card on its way to another status: what the pointer and the keys do with it, and what the server says.

import type { Choice, FromBoard, ToBoard } from "../../src/board/messages";
import type { Words } from "../../src/board/words";
import type { Board } from "../model/board";
import { begin, dropped, informed, stepped, zoneAt, zonesOf, type Move, type Step } from "../model/move";
import type { ColumnView } from "./column";
import type { Footer } from "./footer";
import { filled } from "./text";

/** The board around it. */
export interface CarryingContext {
  board: Board;
  views: ReadonlyMap<string, ColumnView>;
  words: Words;
  footer: Footer;
  tell(message: FromBoard): void;
  /** Columns open or fold, with the column that a card is held over. */
  onColumns(): void;
  /** The card goes to another column, or back. */
  onPlaced(key: string): void;
}

export class Carrying {
  move: Move | null = null;
  /** The status with which the card was taken up. */
  private from: string | null = null;

  private readonly context: CarryingContext;

  constructor(context: CarryingContext) {
    this.context = context;
  }

  /** Takes a card up. */
  begin(key: string, by: Move["by"]): void {
    const { board, words, footer } = this.context;
    const column = board.columnOf(key);
    if (!column || board.isWaiting(key)) return;
    this.move = begin(key, column.id, by);
    this.from = board.card(key)?.status ?? null;
    this.context.tell({ type: "choices", key });
    this.show();
    footer.hint(words.hintMove);
    footer.say(filled(words.taken, this.name(key)));
  }

  /** The server says which statuses may follow. */
  informed({ key, choices, error }: Extract<ToBoard, { type: "choices" }>): void {
    const { move } = this;
    if (move?.key !== key || move.zones !== null) return;
    if (error !== undefined || choices.length === 0) {
      this.end();
      this.refuse(key, error ?? this.context.words.nowhere);
      return;
    }
    const { board } = this.context;
    const columns = board.list.map((column) => column.id);
    this.move = informed(move, zonesOf(choices, board.grouping, columns));
    if (move.isDropped) {
      this.drop(move);
      return;
    }
    this.show();
    this.say();
  }

  /** Tasks have changed: what is allowed for the card may be something else now. */
  again(): void {
    const { move } = this;
    if (!move) return;
    const card = this.context.board.card(move.key);
    if (card && card.status === this.from) {
      this.show();
      return;
    }
    this.end();
    this.context.footer.say(filled(this.context.words.changed, this.name(move.key) || (move.key.split("\n").at(-1) ?? "")), true);
  }

  /** The pointer carries it over something. */
  over(column: string | null, status: string | null): void {
    const { move } = this;
    if (!move || (move.aim?.column === column && move.aim.status === status)) return;
    if (!move.aim && column === null) return;
    this.move = { ...move, aim: column === null ? null : { column, status } };
    this.aim();
  }

  /** A key carries it on. */
  step(step: Step): void {
    if (!this.move) return;
    this.move = stepped(this.move, step);
    this.aim();
  }

  /** It is let go. `where` is the aim with which it was let go, if that was before the server had answered. */
  drop(where?: Move): void {
    if (!this.move) return;
    const { key } = this.move;
    const drop = dropped(where ? { ...this.move, aim: where.aim } : this.move);
    switch (drop.does) {
      case "nothing":
        this.cancel();
        break;
      case "refuse":
        if (this.move.by === "keyboard" && !where) {
          this.say();
        } else {
          this.end();
          this.refuse(key, drop.why);
        }
        break;
      case "wait":
        this.move = drop.move;
        this.context.footer.say(this.context.words.asking);
        break;
      case "choose":
        this.move = drop.move;
        this.show();
        this.context.footer.say(filled(this.context.words.choose, this.name(key)));
        break;
      case "set":
        this.set(key, drop.choice);
        break;
    }
  }

  /** It goes back, and nothing happens. */
  cancel(): void {
    if (!this.move) return;
    const { key } = this.move;
    this.end();
    const { words, footer } = this.context;
    footer.say(filled(words.cancelled, this.name(key)));
    this.context.onPlaced(key);
  }

  /** The panel says what became of it. */
  settled({ key, outcome, message }: Extract<ToBoard, { type: "settled" }>): void {
    const { board, words, footer } = this.context;
    const card = board.card(key);
    const status = card?.statusWord ?? "";
    board.settle(key, outcome === "applied");
    this.context.onPlaced(key);
    if (outcome === "applied") footer.say(message ?? filled(words.moved, this.name(key), status));
    else if (outcome === "refused") this.refuse(key, message ?? "");
    else footer.say(filled(words.cancelled, this.name(key)));
  }

  private set(key: string, choice: Choice): void {
    const { board, words, footer } = this.context;
    const { from } = this;
    this.end();
    board.want(key, { status: choice.status, category: choice.category, statusWord: choice.title });
    footer.say(filled(words.moving, this.name(key), choice.title));
    this.context.onPlaced(key);
    this.context.tell({ type: "move", key, status: choice.status, from });
  }

  private refuse(key: string, why: string): void {
    const { words, footer } = this.context;
    footer.say(filled(words.refused, this.name(key), why), true);
    this.context.onPlaced(key);
  }

  /** Shows in every column what the card can become there. */
  private show(): void {
    const { move } = this;
    if (!move) return;
    this.context.onColumns();
    for (const view of this.context.views.values()) view.showMove(move, this.name(move.key));
    this.focus();
  }

  private aim(): void {
    const { move } = this;
    if (!move) return;
    if (move.by === "keyboard") this.context.onColumns();
    for (const view of this.context.views.values()) view.aim(move);
    this.focus();
    this.say();
  }

  /** By keyboard, the statuses of the column have the focus. */
  private focus(): void {
    const { move } = this;
    const view = move?.by === "keyboard" && move.aim ? this.context.views.get(move.aim.column) : undefined;
    if (!view) return;
    view.node.scrollIntoView({ block: "nearest", inline: "nearest" });
    view.targets.node.focus({ preventScroll: true });
  }

  /** Says what letting go here would do. */
  private say(): void {
    const zone = this.move && zoneAt(this.move);
    if (!zone) return;
    const { words, footer } = this.context;
    const name = this.name(this.move?.key ?? "");
    const { choice } = zone;
    if (choice.current) footer.say(filled(words.zoneCurrent, name, choice.title));
    else if (!choice.allowed) footer.say(filled(words.zoneRefused, name, choice.title, choice.why), true);
    else {
      const needs = choice.needs.includes("reason") ? `, ${words.needsReason}` : "";
      footer.say(filled(words.zoneAllowed, name, choice.title) + needs);
    }
  }

  private end(): void {
    this.move = null;
    for (const view of this.context.views.values()) view.endMove();
    this.context.footer.hint(this.context.words.hintCard);
    this.context.onColumns();
  }

  private name(key: string): string {
    return this.context.board.card(key)?.id ?? "";
  }
}

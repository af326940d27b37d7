//! The board: its parts, and what goes from one to another.

import type { BoardState, Card, FromBoard, ToBoard } from "../../src/board/messages";
import type { Words } from "../../src/board/words";
import { Board, type Changes } from "../model/board";
import { UNKNOWN, type Grouping } from "../model/columns";
import { onCard, onMove } from "../model/keyboard";
import { Carrying } from "./carrying";
import { ColumnView } from "./column";
import { element, menuOf, setAttribute, setText } from "./dom";
import { Drag } from "./drag";
import { Footer } from "./footer";
import { Metrics } from "./metrics";
import { Selection } from "./selection";
import { filled, tasks, written } from "./text";
import { Toolbar } from "./toolbar";

/** What the editor gives the page. */
export interface Host {
  tell(message: FromBoard): void;
  keep(state: BoardState): void;
}

/** State is kept so long after it changed. */
const REST = 250;

export class App {
  private readonly board: Board;
  private readonly views = new Map<string, ColumnView>();
  private readonly columns = element("div", "columns");
  private readonly notice = element("div", "notice");
  private readonly toolbar: Toolbar;
  private readonly footer = new Footer();
  private readonly selection: Selection;
  private readonly carrying: Carrying;
  private readonly drag: Drag;
  private readonly metrics: Metrics;
  private readonly sizes = new ResizeObserver((entries) => this.resized(entries));
  private resting: ReturnType<typeof setTimeout> | undefined;
  /** Whether all cards have come once. */
  private isComplete = false;
  /** The pages of cards that have come, until the last one is there. */
  private arriving: Card[] = [];

  private readonly words: Words;
  private readonly state: BoardState;
  private readonly host: Host;

  constructor(root: HTMLElement, words: Words, state: BoardState, host: Host) {
    this.words = words;
    this.state = state;
    this.host = host;
    this.metrics = new Metrics(getComputedStyle(document.body));
    document.documentElement.style.setProperty("--line", `${this.metrics.line}px`);
    this.board = new Board(state.by, { ...words, [UNKNOWN]: words.unknown });
    this.board.search(state.filter);
    this.selection = new Selection(this.board, this.views, state.selected, () => this.keep());
    this.toolbar = new Toolbar(words, {
      onFilter: (typed) => this.search(typed),
      onGroup: (by) => this.group(by),
      onLeave: () => this.enterCards(),
    });
    this.carrying = new Carrying({
      board: this.board,
      views: this.views,
      words,
      footer: this.footer,
      tell: (message) => host.tell(message),
      onColumns: () => this.showFolds(),
      onPlaced: (key) => this.placed(key),
    });
    this.drag = new Drag(this.columns, {
      mayBegin: () => this.carrying.move === null,
      onPress: (card) => this.press(card),
      onBegin: (card) => this.carrying.begin(card.dataset.key ?? "", "pointer"),
      onOver: (column, status) => this.carrying.over(column, status),
      onDrop: () => this.carrying.drop(),
      onCancel: () => this.carrying.cancel(),
    });
    this.toolbar.show(state.filter, state.by);
    this.footer.hint(words.hintCard);
    this.notice.textContent = words.loading;
    const title = element("h1", "unseen");
    title.textContent = words.board;
    // Cut, copy and paste are of no use on cards.
    this.columns.dataset.vscodeContext = JSON.stringify({ preventDefaultContextMenuItems: true });
    root.append(title, this.toolbar.node, this.columns, this.notice, this.footer.node);
    this.listen();
    this.arrange();
  }

  /** The panel says something. */
  hear(message: ToBoard): void {
    switch (message.type) {
      case "cards":
        this.takePage(message);
        break;
      case "changed":
        this.draw(this.board.take(message.cards, message.removed));
        break;
      case "statuses":
        this.board.know(message.statuses);
        this.arrange();
        break;
      case "choices":
        this.carrying.informed(message);
        break;
      case "settled":
        this.carrying.settled(message);
        break;
      case "notice":
        setText(this.notice, message.text);
        break;
      case "reveal":
        this.reveal(message.key);
        break;
    }
  }

  /** The first cards are shown at once where there are none yet, all others together when the last ones have come. */
  private takePage({ cards, first, last }: Extract<ToBoard, { type: "cards" }>): void {
    if (first) this.arriving = [];
    this.arriving.push(...cards);
    if (!last && this.board.size > 0) return;
    this.board.replace(this.arriving);
    this.arrange();
    if (!last) return;
    this.arriving = [];
    if (!this.isComplete) this.restore();
    this.isComplete = true;
    this.showCount();
  }

  private listen(): void {
    this.columns.addEventListener("focusin", (event) => {
      const view = this.viewOf(event.target);
      if (view && event.target === view.list.node) this.selection.enter(view);
    });
    this.columns.addEventListener("focusout", ({ relatedTarget }) => {
      const isLeft = !(relatedTarget instanceof Node && this.columns.contains(relatedTarget));
      if (isLeft && this.carrying.move?.by === "keyboard") this.carrying.cancel();
    });
    this.columns.addEventListener("dblclick", ({ target, ctrlKey }) => {
      const card = target instanceof Element ? target.closest<HTMLElement>(".card") : null;
      if (card?.dataset.key) this.host.tell({ type: "open", key: card.dataset.key, beside: ctrlKey });
    });
    this.columns.addEventListener("contextmenu", (event) => this.nameMenu(event), { capture: true });
    this.columns.addEventListener("pointerdown", (event) => this.pressWhileCarrying(event), { capture: true });
    this.columns.addEventListener("scroll", () => this.keep(), { capture: true, passive: true });
    document.addEventListener("keydown", (event) => this.key(event));
    window.addEventListener("pagehide", () => this.keepNow());
  }

  private key(event: KeyboardEvent): void {
    const view = this.viewOf(event.target);
    const isMoving = this.carrying.move !== null;
    if (!isMoving && (!view || event.target !== view.list.node)) return;
    const intent = isMoving ? onMove(event) : onCard(event);
    if (!intent) return;
    event.preventDefault();
    const { key } = this.selection;
    if (intent.wants === "travel" && view) this.selection.travel(view, intent.to);
    else if (intent.wants === "open" && key) this.host.tell({ type: "open", key, beside: intent.beside });
    else if (intent.wants === "take" && key) this.carrying.begin(key, "keyboard");
    else if (intent.wants === "search") this.toolbar.focusFilter();
    else if (intent.wants === "cancel" && this.drag.isUnderWay) this.drag.cancel();
    else if (intent.wants === "cancel") this.carrying.cancel();
    else if (this.drag.isUnderWay) return;
    else if (intent.wants === "step") this.carrying.step(intent.step);
    else if (intent.wants === "drop") this.carrying.drop();
  }

  /** The editor's menu is about the card that is clicked; by keyboard, about the one that has the focus. */
  private nameMenu({ target, button }: MouseEvent): void {
    const view = this.viewOf(target);
    if (!view || target !== view.list.node) return;
    const key = button === 2 ? null : this.selection.key;
    setAttribute(view.list.node, "data-vscode-context", key && menuOf(key));
  }

  private press(card: HTMLElement): void {
    if (card.dataset.key) this.selection.choose(card.dataset.key);
    this.viewOf(card)?.list.node.focus({ preventScroll: true });
  }

  /** While a status is to be chosen, a press on one chooses it; elsewhere it ends the choosing. */
  private pressWhileCarrying(event: PointerEvent): void {
    if (this.carrying.move?.by !== "keyboard") return;
    event.preventDefault();
    const target = event.target instanceof Element ? event.target : null;
    const status = target?.closest<HTMLElement>("[data-status]")?.dataset.status;
    if (status === undefined) {
      this.carrying.cancel();
      return;
    }
    this.carrying.over(this.viewOf(target)?.id ?? null, status);
    this.carrying.drop();
  }

  private search(typed: string): void {
    this.state.filter = typed;
    this.board.search(typed);
    this.arrange();
    this.keep();
  }

  private group(by: Grouping): void {
    if (by === this.state.by) return;
    this.state.by = by;
    this.state.scrolled = {};
    this.board.group(by);
    this.toolbar.show(this.state.filter, by);
    this.arrange();
    const { view, card } = this.selection;
    if (view && card) view.list.reveal(card);
    this.keep();
  }

  private fold(id: string, isFolded: boolean): void {
    this.state.folded[id] = isFolded;
    this.show(id);
    this.views.get(id)?.focusHead();
    this.keep();
  }

  private enterCards(): void {
    const view = this.selection.view ?? [...this.views.values()].find((it) => !it.isFolded);
    if (view && this.selection.card && !view.isFolded) this.selection.goTo(this.selection.card.key);
    else view?.list.node.focus();
  }

  private reveal(key: string): void {
    const column = this.board.columnOf(key);
    if (!column) return;
    if (!column.cards.some((card) => card.key === key)) {
      this.toolbar.show("", this.state.by);
      this.search("");
    }
    if (this.isFolded(column.id)) this.fold(column.id, false);
    this.selection.goTo(key);
  }

  /** Shows what changed, and no more. */
  private draw(changes: Changes): void {
    if (changes.heads) {
      this.arrange();
      return;
    }
    for (const id of changes.columns) this.show(id);
    for (const [key, id] of changes.cards) {
      const card = this.board.card(key);
      if (card && !changes.columns.has(id)) this.views.get(id)?.list.refresh(card);
    }
    if (changes.columns.size > 0) this.showCount();
    this.selection.follow();
    if (changes.columns.size > 0) this.carrying.again();
  }

  /** A card that somebody moved here is shown where it is now, and stays selected. */
  private placed(key: string): void {
    for (const view of this.views.values()) this.show(view.id);
    this.showCount();
    const view = this.selection.key === key ? this.selection.view : undefined;
    if (!view || view.isFolded) return;
    const hadFocus = document.activeElement === document.body || this.columns.contains(document.activeElement);
    if (hadFocus) this.selection.goTo(key);
  }

  /** Shows all columns. */
  private arrange(): void {
    const order = this.board.list;
    for (const [id, view] of this.views) {
      if (this.board.column(id)) continue;
      this.sizes.unobserve(view.list.node);
      view.node.remove();
      this.views.delete(id);
    }
    for (const [index, { id }] of order.entries()) {
      let view = this.views.get(id);
      if (!view) {
        view = new ColumnView(id, this.listContext(), (isFolded) => this.fold(id, isFolded));
        this.views.set(id, view);
        this.sizes.observe(view.list.node);
      }
      const next = this.columns.children[index] ?? null;
      if (next !== view.node) this.columns.insertBefore(view.node, next);
      this.show(id);
    }
    this.showCount();
    this.selection.follow();
    this.carrying.again();
  }

  private show(id: string): void {
    const [column, view] = [this.board.column(id), this.views.get(id)];
    if (column && view) view.show(column, this.isFolded(id));
  }

  /** Folds and unfolds only what is not so already. */
  private showFolds(): void {
    for (const view of this.views.values()) if (view.isFolded !== this.isFolded(view.id)) this.show(view.id);
  }

  /** Columns without cards are folded, unless somebody wants them open or a card is held over them by keyboard. */
  private isFolded(id: string): boolean {
    const { move } = this.carrying;
    if (move?.by === "keyboard" && move.aim?.column === id) return false;
    return this.state.folded[id] ?? this.board.column(id)?.total === 0;
  }

  private showCount(): void {
    const { size } = this.board;
    this.columns.hidden = size === 0;
    this.notice.hidden = size > 0;
    const shown = this.board.list.reduce((sum, column) => sum + column.cards.length, 0);
    const text = shown === size ? tasks(this.words, size) : filled(this.words.someOf, written(shown), written(size));
    // While pages are on their way, the number says nothing yet.
    this.toolbar.setCount(this.isComplete ? text : "");
  }

  private listContext() {
    return {
      words: this.words,
      metrics: this.metrics,
      isWaiting: (key: string) => this.board.isWaiting(key),
      selected: () => this.selection.card,
      statusOn: (card: Card) => (this.board.grouping === "category" ? card.statusWord : null),
    };
  }

  private resized(entries: readonly ResizeObserverEntry[]): void {
    for (const { target, contentRect } of entries) {
      const view = this.viewOf(target);
      view?.list.resize(contentRect.width, contentRect.height);
    }
  }

  private viewOf(target: EventTarget | null): ColumnView | undefined {
    const id = target instanceof Element ? target.closest<HTMLElement>("[data-column]")?.dataset.column : undefined;
    return id === undefined ? undefined : this.views.get(id);
  }

  /** Once all cards are there, columns are scrolled as they were. */
  private restore(): void {
    for (const [id, to] of Object.entries(this.state.scrolled)) this.views.get(id)?.list.scroll(to);
  }

  private keep(): void {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.keepNow(), REST);
  }

  private keepNow(): void {
    clearTimeout(this.resting);
    this.state.selected = this.selection.key;
    if (this.isComplete) {
      const scrolled = [...this.views].map(([id, view]) => [id, view.list.scrolled] as const);
      this.state.scrolled = Object.fromEntries(scrolled.filter(([, to]) => to > 0));
    }
    this.host.keep(this.state);
  }
}

//! A card carried by the pointer: from where it is pressed to where it is let go.

/** What the board hears of it. */
export interface DragEvents {
  /** Whether a card may be taken up now. */
  mayBegin(): boolean;
  onPress(card: HTMLElement): void;
  onBegin(card: HTMLElement): void;
  /** The pointer is over a column, and there over a status if one is shown; over neither at first. */
  onOver(column: string | null, status: string | null): void;
  onDrop(): void;
  onCancel(): void;
}

/** So far a pointer moves before a press becomes a drag. */
const SLACK = 5;
/** Where the picture of the card is beside the pointer: what it is held over has to be seen. */
const BESIDE = { x: 14, y: 12 };
/** So near to an edge the columns scroll, and so fast. */
const EDGE = 48;
const SPEED = 14;

interface Carried {
  card: HTMLElement;
  pointer: number;
  from: { x: number; y: number };
  at: { x: number; y: number };
  /** The picture of the card that follows the pointer; null until it is more than a press. */
  ghost: HTMLElement | null;
  /** Where the card lies: to let go of it there changes nothing. */
  rest: DOMRect;
  hasLeft: boolean;
}

export class Drag {
  private carried: Carried | null = null;
  private frame = 0;

  private readonly columns: HTMLElement;
  private readonly events: DragEvents;

  constructor(columns: HTMLElement, events: DragEvents) {
    this.columns = columns;
    this.events = events;
    columns.addEventListener("pointerdown", (event) => this.press(event));
    columns.addEventListener("pointermove", (event) => this.move(event));
    columns.addEventListener("pointerup", (event) => this.release(event));
    columns.addEventListener("pointercancel", () => this.cancel());
    columns.addEventListener("lostpointercapture", () => this.cancel());
    window.addEventListener("blur", () => this.cancel());
  }

  get isUnderWay(): boolean {
    return this.carried?.ghost != null;
  }

  /** Ends it without a drop. */
  cancel(): void {
    const { carried } = this;
    if (!carried) return;
    this.end();
    if (carried.ghost) this.events.onCancel();
  }

  private press(event: PointerEvent): void {
    const card = event.target instanceof Element ? event.target.closest<HTMLElement>(".card") : null;
    if (!card || event.button !== 0 || !this.events.mayBegin()) return;
    this.events.onPress(card);
    // A finger scrolls.
    if (event.pointerType === "touch") return;
    const from = { x: event.clientX, y: event.clientY };
    const rest = card.getBoundingClientRect();
    this.carried = { card, pointer: event.pointerId, from, at: from, ghost: null, rest, hasLeft: false };
  }

  private move(event: PointerEvent): void {
    const { carried } = this;
    if (!carried || event.pointerId !== carried.pointer) return;
    carried.at = { x: event.clientX, y: event.clientY };
    const far = Math.hypot(carried.at.x - carried.from.x, carried.at.y - carried.from.y);
    if (!carried.ghost) {
      if (far < SLACK) return;
      this.columns.setPointerCapture(carried.pointer);
      carried.ghost = ghostOf(carried.card, carried.rest);
      this.events.onBegin(carried.card);
    }
    this.follow();
    this.frame ||= requestAnimationFrame(() => this.scroll());
  }

  /** The ghost is where the pointer is, and the board hears over what. */
  private follow(): void {
    const { carried } = this;
    if (!carried?.ghost) return;
    const { at, rest } = carried;
    carried.ghost.style.transform = `translate(${at.x + BESIDE.x}px, ${at.y + BESIDE.y}px)`;
    carried.hasLeft ||= at.x < rest.left || at.x > rest.right || at.y < rest.top || at.y > rest.bottom;
    const under = carried.hasLeft ? document.elementFromPoint(at.x, at.y) : null;
    const column = under?.closest<HTMLElement>("[data-column]")?.dataset.column ?? null;
    const status = under?.closest<HTMLElement>("[data-status]")?.dataset.status ?? null;
    this.events.onOver(column, status);
  }

  /** Near the left or right edge, what lies behind it comes into view. */
  private scroll(): void {
    this.frame = 0;
    const { carried } = this;
    if (!carried?.ghost) return;
    const { left, right } = this.columns.getBoundingClientRect();
    const step = carried.at.x < left + EDGE ? -SPEED : carried.at.x > right - EDGE ? SPEED : 0;
    const before = this.columns.scrollLeft;
    this.columns.scrollLeft += step;
    if (this.columns.scrollLeft === before) return;
    this.follow();
    this.frame = requestAnimationFrame(() => this.scroll());
  }

  private release(event: PointerEvent): void {
    const { carried } = this;
    if (!carried || event.pointerId !== carried.pointer) return;
    this.end();
    if (carried.ghost) this.events.onDrop();
  }

  private end(): void {
    const { carried } = this;
    this.carried = null;
    carried?.ghost?.remove();
    if (carried && this.columns.hasPointerCapture(carried.pointer)) this.columns.releasePointerCapture(carried.pointer);
  }
}

function ghostOf(card: HTMLElement, rest: DOMRect): HTMLElement {
  const ghost = card.cloneNode(true) as HTMLElement;
  ghost.classList.remove("is-selected");
  ghost.classList.add("ghost");
  ghost.removeAttribute("id");
  ghost.removeAttribute("role");
  ghost.setAttribute("aria-hidden", "true");
  ghost.style.width = `${rest.width}px`;
  document.body.append(ghost);
  return ghost;
}

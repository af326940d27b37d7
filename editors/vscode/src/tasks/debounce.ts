//! Calls once after a burst.

/** Calls `action` after `pause` milliseconds without a further call. */
export class Debounce {
  readonly #action: () => void;
  readonly #pause: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(action: () => void, pause: number) {
    this.#action = action;
    this.#pause = pause;
  }

  call(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#action, this.#pause);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}

//! What the board's panel and its page say to each other.

/** From the panel to the page. */
export type ToPage = { kind: "hello" };

/** From the page to the panel. */
export type FromPage = { kind: "ready" };

//! What keys mean on the board. Pure.

import type { Step } from "./move";

/** Of a key press, what matters. */
export interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** Where the selection goes in a column. */
export type Travel = "up" | "down" | "page-up" | "page-down" | "first" | "last" | "left" | "right";

/** What somebody wants by a key. */
export type Intent =
  | { wants: "travel"; to: Travel }
  | { wants: "open"; beside: boolean }
  | { wants: "take" }
  | { wants: "search" }
  | { wants: "step"; step: Step }
  | { wants: "drop" }
  | { wants: "cancel" };

const TRAVELS: Record<string, Travel> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
  PageUp: "page-up",
  PageDown: "page-down",
  Home: "first",
  End: "last",
};

const STEPS: Record<string, Step> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
  Home: "first",
  End: "last",
};

/** The meaning of a key on a card. Keys with other modifiers belong to the editor. */
export function onCard(press: Press): Intent | null {
  if (press.altKey) return null;
  if (press.key === "Enter") return { wants: "open", beside: press.ctrlKey || press.metaKey };
  if (press.ctrlKey || press.metaKey) return null;
  if (press.key === " ") return { wants: "take" };
  if (press.key === "/") return { wants: "search" };
  const to = TRAVELS[press.key];
  return to && !press.shiftKey ? { wants: "travel", to } : null;
}

/** The meaning of a key while a card is carried. */
export function onMove(press: Press): Intent | null {
  if (press.altKey || press.ctrlKey || press.metaKey) return null;
  if (press.key === "Escape") return { wants: "cancel" };
  if (press.key === "Enter" || press.key === " ") return { wants: "drop" };
  if (press.key === "Tab") return { wants: "step", step: press.shiftKey ? "left" : "right" };
  const step = STEPS[press.key];
  return step ? { wants: "step", step } : null;
}

/** The index that a travel within a column leads to, of `count` cards, `page` of which are in view. */
export function travelled(index: number, to: Travel, count: number, page: number): number {
  const leaps: Partial<Record<Travel, number>> = {
    up: index - 1,
    down: index + 1,
    "page-up": index - page,
    "page-down": index + page,
    first: 0,
    last: count - 1,
  };
  return Math.min(Math.max(leaps[to] ?? index, 0), Math.max(count - 1, 0));
}

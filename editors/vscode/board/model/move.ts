//! A card under way to another status, by pointer or by keyboard: where it can go, where it is, and what
//! becomes of it there. Pure: each function gives the move that follows.

import type { Choice } from "../../src/board/messages";
import { columnOf, type Grouping } from "./columns";

/** One status in the column it belongs to. */
export interface Zone {
  column: string;
  choice: Choice;
}

/** Where a card is held: over a column, and there over a status if that is known. */
export interface Aim {
  column: string;
  status: string | null;
}

/** A card under way. */
export interface Move {
  key: string;
  /** The column that it comes from. */
  home: string;
  by: "pointer" | "keyboard";
  /** Where it can go; null until the server has said so. */
  zones: Zone[] | null;
  aim: Aim | null;
  /** Whether it was let go before the server had said so. */
  isDropped: boolean;
}

/** What letting go of a card does. */
export type Drop =
  | { does: "nothing" }
  /** Gives the status. */
  | { does: "set"; choice: Choice }
  /** Says why not. */
  | { does: "refuse"; why: string }
  /** Several statuses of the column are allowed: one has to be chosen. */
  | { does: "choose"; move: Move }
  /** The server has not said yet what is allowed. */
  | { does: "wait"; move: Move };

/** A card is taken up. */
export function begin(key: string, home: string, by: Move["by"]): Move {
  return { key, home, by, zones: null, aim: by === "keyboard" ? { column: home, status: null } : null, isDropped: false };
}

/** The statuses in the order of columns; in each column the one it has, then those that are allowed. */
export function zonesOf(choices: readonly Choice[], by: Grouping, columns: readonly string[]): Zone[] {
  const zones = choices.map((choice) => ({ column: columnOf(by, choice), choice }));
  const rank = ({ column, choice }: Zone): number =>
    columns.indexOf(column) * 4 + (choice.current ? 0 : choice.allowed ? 1 : 2);
  return zones.filter((zone) => columns.includes(zone.column)).sort((a, b) => rank(a) - rank(b));
}

/** The server has said where the card can go. */
export function informed(move: Move, zones: Zone[]): Move {
  const aim = move.by === "keyboard" ? firstAim(zones, move.home) : move.aim;
  return { ...move, zones, aim };
}

/** By keyboard a card goes first to what comes next: the first status that is allowed, at home or behind it. */
function firstAim(zones: readonly Zone[], home: string): Aim | null {
  const from = zones.findIndex((zone) => zone.column === home);
  const behind = [...zones.slice(Math.max(from, 0)), ...zones.slice(0, Math.max(from, 0))];
  const zone = behind.find(isOpen) ?? behind[0];
  return zone ? { column: zone.column, status: zone.choice.status } : null;
}

function isOpen({ choice }: Zone): boolean {
  return choice.allowed && !choice.current;
}

/** The zones of one column. */
export function zonesIn(move: Move, column: string): Zone[] {
  return (move.zones ?? []).filter((zone) => zone.column === column);
}

/** Whether a column takes the card. */
export function takes(move: Move, column: string): boolean {
  return zonesIn(move, column).some(isOpen);
}

/** The zone that the card is held over. A column with one status, or one that is allowed, needs no closer aim. */
export function zoneAt(move: Move): Zone | undefined {
  const { aim } = move;
  if (!aim) return undefined;
  const zones = zonesIn(move, aim.column);
  if (aim.status !== null) return zones.find((zone) => zone.choice.status === aim.status);
  if (aim.column === move.home) return undefined;
  const open = zones.filter(isOpen);
  return open.length === 1 ? open[0] : zones.length === 1 ? zones[0] : undefined;
}

/** The keyboard's steps: over columns that have statuses, or over the statuses of one. */
export type Step = "left" | "right" | "up" | "down" | "first" | "last";

/** The card is carried on by keyboard. Statuses that are not allowed are passed too: each says why. */
export function stepped(move: Move, step: Step): Move {
  const zones = move.zones ?? [];
  if (zones.length === 0) return move;
  const columns = [...new Set(zones.map((zone) => zone.column))];
  const here = zoneAt(move) ?? zones[0]!;
  const inColumn = zones.filter((zone) => zone.column === here.column);
  const at = columns.indexOf(here.column);
  const enter = (column: string | undefined): Zone => {
    const there = zones.filter((zone) => zone.column === column);
    return there.find(isOpen) ?? there[0] ?? here;
  };
  const next: Record<Step, () => Zone> = {
    left: () => enter(columns[Math.max(at - 1, 0)]),
    right: () => enter(columns[Math.min(at + 1, columns.length - 1)]),
    up: () => inColumn[Math.max(inColumn.indexOf(here) - 1, 0)] ?? here,
    down: () => inColumn[Math.min(inColumn.indexOf(here) + 1, inColumn.length - 1)] ?? here,
    first: () => enter(columns[0]),
    last: () => enter(columns[columns.length - 1]),
  };
  const zone = next[step]();
  return { ...move, aim: { column: zone.column, status: zone.choice.status } };
}

/** The card is let go where it is held. */
export function dropped(move: Move): Drop {
  const { aim } = move;
  if (!aim) return { does: "nothing" };
  if (move.zones === null) {
    if (move.by === "pointer" && aim.column === move.home) return { does: "nothing" };
    // By keyboard nothing is chosen before it was shown.
    return { does: "wait", move: { ...move, isDropped: move.by === "pointer" } };
  }
  const zone = zoneAt(move);
  if (zone) return onZone(zone);
  if (aim.column === move.home) return { does: "nothing" };
  const there = zonesIn(move, aim.column);
  const first = there.find(isOpen);
  if (first) {
    const { status } = first.choice;
    return { does: "choose", move: { ...move, by: "keyboard", isDropped: false, aim: { column: aim.column, status } } };
  }
  const why = [...new Set(there.map(({ choice }) => choice.why))].join("; ");
  return { does: "refuse", why };
}

function onZone({ choice }: Zone): Drop {
  if (choice.current) return { does: "nothing" };
  return choice.allowed ? { does: "set", choice } : { does: "refuse", why: choice.why };
}

//! Which tasks stand under which heading of the tree. Knows nothing of VS Code.

import { posix } from "node:path";
import type { TaskRow } from "../../protocol";
import { keyOf, type TaskKey } from "../../tasks/store";
import { CATEGORIES } from "../../tasks/words";

/** By what tasks stand together. */
export type Grouping = "category" | "order" | "folder" | "parent";

/** Every grouping, the usual one first. */
export const GROUPINGS: readonly Grouping[] = ["category", "order", "folder", "parent"];

/** Tasks under one heading. */
export interface Group {
  /** Names the group among all. Empty where the tasks need no heading. */
  id: string;
  /** What the heading says: a category, a folder, a profile. */
  label: string;
  keys: TaskKey[];
}

/** The whole tree. */
export interface Layout {
  groups: Group[];
  /** The parts of tasks, where they stand under these. */
  parts: Map<TaskKey, TaskKey[]>;
}

/** Lays out rows, which are in their order. */
export function layOut(rows: readonly TaskRow[], grouping: Grouping): Layout {
  switch (grouping) {
    case "category":
      return { groups: byCategory(rows), parts: new Map() };
    case "folder":
      return { groups: grouped(rows, folderOf).sort((a, b) => compare(a.label, b.label)), parts: new Map() };
    case "order":
      return { groups: headless(grouped(rows, sourceOf)), parts: new Map() };
    case "parent":
      return byParent(rows);
  }
}

function byCategory(rows: readonly TaskRow[]): Group[] {
  const rank = (group: Group): number => {
    const at = CATEGORIES.findIndex((category) => category === group.label);
    return at < 0 ? CATEGORIES.length : at;
  };
  return grouped(rows, (row) => row.category ?? "").sort((a, b) => rank(a) - rank(b));
}

function byParent(rows: readonly TaskRow[]): Layout {
  const known = new Set(rows.map(keyOf));
  const parts = new Map<TaskKey, TaskKey[]>();
  const tops: TaskRow[] = [];
  for (const row of rows) {
    const parent = row.parent ? keyOf({ root: row.root, id: row.parent }) : undefined;
    if (parent !== undefined && known.has(parent) && parent !== keyOf(row)) {
      const siblings = parts.get(parent);
      siblings ? siblings.push(keyOf(row)) : parts.set(parent, [keyOf(row)]);
    } else {
      tops.push(row);
    }
  }
  return { groups: headless(grouped(tops, sourceOf)), parts };
}

function grouped(rows: readonly TaskRow[], labelOf: (row: TaskRow) => string): Group[] {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const label = labelOf(row);
    let group = groups.get(label);
    if (!group) {
      group = { id: `group:${label}`, label, keys: [] };
      groups.set(label, group);
    }
    group.keys.push(keyOf(row));
  }
  return [...groups.values()];
}

/** One group needs no heading. */
function headless(groups: Group[]): Group[] {
  return groups.length === 1 ? [{ ...groups[0]!, id: "", label: "" }] : groups;
}

function folderOf(row: TaskRow): string {
  return row.path ? posix.dirname(row.path) : "";
}

function sourceOf(row: TaskRow): string {
  return `${row.profile ?? ""} · ${posix.basename(row.root)}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What is other in a layout: everything, or some groups and the parts of some tasks. */
export interface LayoutChange {
  isAll: boolean;
  groups: string[];
  parts: TaskKey[];
}

/** Compares two layouts. */
export function difference(before: Layout, after: Layout): LayoutChange {
  const ids = (layout: Layout): string[] => layout.groups.map((group) => group.id);
  if (!sameList(ids(before), ids(after))) {
    return { isAll: true, groups: [], parts: [] };
  }
  const changed = after.groups.filter((group, at) => !sameList(group.keys, before.groups[at]!.keys));
  const owners = new Set([...before.parts.keys(), ...after.parts.keys()]);
  const parts = [...owners].filter((key) => !sameList(before.parts.get(key) ?? [], after.parts.get(key) ?? []));
  return { isAll: changed.some((group) => group.id === ""), groups: changed.map((group) => group.id), parts };
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((it, at) => it === b[at]);
}

//! The nodes of the tree, and which of them are other after a change. Knows nothing of VS Code.

import type { TaskRow } from "../../protocol";
import { matcher } from "../../tasks/filter";
import { keyOf, type StoreChange, type TaskKey, type TaskStore } from "../../tasks/store";
import { difference, type Group, type Grouping, type Layout, layOut } from "./layout";

/** So many tasks are shown under one heading before more are asked for. */
export const PAGE = 200;

/** A heading. */
export interface GroupNode {
  kind: "group";
  group: Group;
}

/** A task. */
export interface TaskNode {
  kind: "task";
  row: TaskRow;
}

/** Stands for the tasks that are not shown yet. */
export interface MoreNode {
  kind: "more";
  /** The group or task under which they are. */
  of: string;
  n: number;
}

export type Node = GroupNode | TaskNode | MoreNode;

/** What to show anew: everything, or these nodes with what is under them. */
export type Refresh = "all" | Node[];

/** The tree of a store. A task and a group are the same node for as long as they are there. */
export class TreeModel {
  readonly #store: TaskStore;
  readonly #tasks = new Map<TaskKey, TaskNode>();
  readonly #groups = new Map<string, GroupNode>();
  readonly #limits = new Map<string, number>();
  #grouping: Grouping;
  #filter = "";
  #layout: Layout = { groups: [], parts: new Map() };

  constructor(store: TaskStore, grouping: Grouping) {
    this.#store = store;
    this.#grouping = grouping;
    this.#build();
  }

  get filter(): string {
    return this.#filter;
  }

  /** How many tasks are shown. */
  get size(): number {
    return this.#tasks.size;
  }

  set filter(text: string) {
    this.#filter = text.trim();
    this.#build();
  }

  set grouping(grouping: Grouping) {
    this.#grouping = grouping;
    this.#build();
  }

  /** What stands under a node, or at the top. */
  children(node?: Node): Node[] {
    if (!node) {
      const [only] = this.#layout.groups;
      return only?.id === "" ? this.#page("", only.keys) : this.#layout.groups.map((group) => this.#groups.get(group.id)!);
    }
    switch (node.kind) {
      case "group":
        return this.#page(node.group.id, node.group.keys);
      case "task":
        return this.#page(keyOf(node.row), this.#layout.parts.get(keyOf(node.row)) ?? []);
      case "more":
        return [];
    }
  }

  /** Whether something stands under a task. */
  hasParts(node: TaskNode): boolean {
    return this.#layout.parts.has(keyOf(node.row));
  }

  /** Shows more of what a node stands for. */
  showMore(node: MoreNode): Refresh {
    this.#limits.set(node.of, this.#limit(node.of) + PAGE);
    const owner = this.#groups.get(node.of) ?? this.#tasks.get(node.of);
    return owner ? [owner] : "all";
  }

  /** Follows the store. */
  update(change: StoreChange): Refresh {
    if (change.reset) {
      this.#build();
      return "all";
    }
    const before = this.#layout;
    this.#build();
    const { isAll, groups, parts } = difference(before, this.#layout);
    if (isAll) {
      return "all";
    }
    const refreshed: Node[] = groups.map((id) => this.#groups.get(id)!);
    const isUnderRefreshed = new Set(refreshed.flatMap((node) => (node.kind === "group" ? node.group.keys : [])));
    for (const key of new Set([...change.changed.map(keyOf), ...parts])) {
      const node = this.#tasks.get(key);
      if (node && !isUnderRefreshed.has(key)) {
        refreshed.push(node);
      }
    }
    return refreshed;
  }

  #build(): void {
    const isShown = matcher(this.#filter);
    const rows = this.#store.rows().filter((row) => !row.archived && isShown(row));
    this.#layout = layOut(rows, this.#grouping);
    keep(this.#tasks, rows, keyOf, (row) => ({ kind: "task", row }));
    keep(this.#groups, this.#layout.groups, (group) => group.id, (group) => ({ kind: "group", group }));
  }

  #page(of: string, keys: readonly TaskKey[]): Node[] {
    const limit = this.#limit(of);
    const nodes: Node[] = keys.slice(0, limit).map((key) => this.#tasks.get(key)!);
    return keys.length > limit ? [...nodes, { kind: "more", of, n: keys.length - limit }] : nodes;
  }

  #limit(of: string): number {
    return this.#limits.get(of) ?? PAGE;
  }
}

/** Brings `map` to hold a node for each of `all`. One that is there already stays, and says what the new one does. */
function keep<T, N extends object>(
  map: Map<string, N>,
  all: readonly T[],
  keyOf: (it: T) => string,
  nodeOf: (it: T) => N,
): void {
  const wanted = new Set(all.map(keyOf));
  for (const key of map.keys()) {
    if (!wanted.has(key)) {
      map.delete(key);
    }
  }
  for (const it of all) {
    const known = map.get(keyOf(it));
    const node = nodeOf(it);
    map.set(keyOf(it), known ? Object.assign(known, node) : node);
  }
}

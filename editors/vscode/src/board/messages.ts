//! What the board's panel and its webview tell each other. Plain JSON, in both directions.
//!
//! The webview decides nothing about tasks: it shows cards, asks which statuses may follow, and asks for
//! one. What may follow, and what becomes of it, is the server's to say.

/** What every status of every profile means, in the order of columns. */
export const CATEGORIES = ["open", "active", "waiting", "done", "failed", "dropped"] as const;

/** One of them. */
export type Category = (typeof CATEGORIES)[number];

/** One task as the board shows it. */
export interface Card {
  /** Names the task among all folders. */
  key: string;
  id: string;
  title: string;
  /** The id of its status; null where what is written is not known. */
  status: string | null;
  /** What that means. */
  category: Category | null;
  /** The status as people read it. */
  statusWord: string;
  /** How many of its phases, parts or boxes are done. */
  progress: { done: number; total: number } | null;
  /** How many warnings and errors are about it. */
  findings: number;
  /** Whether every place says the same. */
  agreed: boolean;
  /** Whether it is open and may begin. */
  ready: boolean;
  /** Who holds it, if anybody does. */
  holder: string | null;
  /** The folder it is in, where the window has several. */
  folder: string | null;
  /** The file in which a person reads it first. */
  place: string | null;
  /** Sorts the cards of a column: first the folders, then what is in them. */
  rank: number;
  order: string;
}

/** A status that a profile has: what columns are made of when they are by status. */
export interface KnownStatus {
  status: string;
  /** How people read it. */
  title: string;
  category: Category | null;
}

/** A status that a task may be given, or not. */
export interface Choice extends KnownStatus {
  allowed: boolean;
  /** Why, or why not. */
  why: string;
  /** Whether the task has it now. */
  current: boolean;
  /** What has to be given with it: `reason`, `artifact`. */
  needs: string[];
}

/** What became of a status that the board asked for. */
export type Outcome = "applied" | "refused" | "cancelled";

/** From the panel to the webview. */
export type ToBoard =
  /** The tasks, page by page: `first` forgets those before, `last` says that there are no more. */
  | { type: "cards"; cards: Card[]; first: boolean; last: boolean }
  /** Tasks that are new or say something else now, and the keys of those that are gone. */
  | { type: "changed"; cards: Card[]; removed: string[] }
  /** The statuses of the profiles, in their order. */
  | { type: "statuses"; statuses: KnownStatus[] }
  /** The answer to `choices`; `error` says why there is none. */
  | { type: "choices"; key: string; choices: Choice[]; error?: string }
  /** The answer to `move`. */
  | { type: "settled"; key: string; outcome: Outcome; message?: string }
  /** What is shown in place of cards where there are none. */
  | { type: "notice"; text: string }
  /** Moves to a card. */
  | { type: "reveal"; key: string };

/** From the webview to the panel. */
export type FromBoard =
  /** The webview listens now. */
  | { type: "ready" }
  /** Which statuses may follow? */
  | { type: "choices"; key: string }
  /** Gives a task a status; `from` is the one it was seen with. */
  | { type: "move"; key: string; status: string; from: string | null }
  /** Goes to a task's first place; `beside` keeps the board in view. */
  | { type: "open"; key: string; beside: boolean };

/** What the webview keeps over a reload of the window. */
export interface BoardState {
  by: "category" | "status";
  filter: string;
  /** Columns that somebody folded or unfolded by hand. */
  folded: Record<string, boolean>;
  /** How far each column is scrolled. */
  scrolled: Record<string, number>;
  /** The card that is selected. */
  selected: string | null;
}

/** The board as it is opened first. */
export const INITIAL_STATE: BoardState = {
  by: "category",
  filter: "",
  folded: {},
  scrolled: {},
  selected: null,
};

/** What was kept, or what of it still makes sense: it may come from another version. */
export function readState(kept: unknown): BoardState {
  const it = (typeof kept === "object" && kept !== null ? kept : {}) as Partial<BoardState>;
  const record = <T>(value: unknown): Record<string, T> =>
    typeof value === "object" && value !== null ? { ...(value as Record<string, T>) } : {};
  return {
    by: it.by === "status" ? "status" : "category",
    filter: typeof it.filter === "string" ? it.filter : "",
    folded: record(it.folded),
    scrolled: record(it.scrolled),
    selected: typeof it.selected === "string" ? it.selected : null,
  };
}

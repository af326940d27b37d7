//! What became of edits that the editor was asked to make, for whoever waits for it. Knows nothing of VS Code.

import type { Applied } from "../protocol";

/** So many are remembered. */
const KEPT = 50;

interface Outcome {
  promise: Promise<Applied>;
  resolve(told: Applied): void;
}

/** Outcomes by the names of their changes: asked for before they are told, or after. */
export class Outcomes {
  readonly #all = new Map<string, Outcome>();

  /** What became of a change, once that is told. */
  of(transaction: string): Promise<Applied> {
    return this.#get(transaction).promise;
  }

  /** Takes down what became of one. */
  told(told: Applied): void {
    this.#get(told.transaction).resolve(told);
  }

  /** Whoever still waits is told that nobody knows. */
  end(message: string): void {
    for (const [transaction, { resolve }] of this.#all) {
      resolve({ transaction, label: "", files: [], outcome: "refused", message });
    }
    this.#all.clear();
  }

  #get(transaction: string): Outcome {
    let outcome = this.#all.get(transaction);
    if (!outcome) {
      let resolve!: (told: Applied) => void;
      outcome = { promise: new Promise<Applied>((settle) => (resolve = settle)), resolve };
      this.#all.set(transaction, outcome);
      const [oldest] = this.#all.keys();
      if (this.#all.size > KEPT && oldest !== undefined) {
        this.#all.delete(oldest);
      }
    }
    return outcome;
  }
}

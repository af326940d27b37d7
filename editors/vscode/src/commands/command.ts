//! What a command of the palette is.

import type { Services } from "../services";

/** A command. Its title stands in `package.json`. */
export interface Command {
  id: string;
  /** `argument` is what a menu of a view is about. */
  run(services: Services, ...argument: unknown[]): unknown;
}

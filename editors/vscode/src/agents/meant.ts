//! The task that a language model means.

import { rootUri } from "../changes/place";

/** How a task is named in the input of a tool. */
export interface Meant {
  id: string;
  /** The folder that it is of, where several have the id. */
  root?: string;
  phase?: string;
}

/** Names it to the server. */
export function meant({ id, root, phase }: Meant): object {
  return { task: id, ...(root === undefined ? {} : { uri: rootUri(root) }), ...(phase === undefined ? {} : { phase }) };
}

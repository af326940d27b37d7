//! *Undo Last Status Change*: in every file that it touched.

import type { Command } from "./command";

export const undo: Command = {
  id: "lockstep.ui.undo",
  run: ({ changes }) => changes.undo(),
};

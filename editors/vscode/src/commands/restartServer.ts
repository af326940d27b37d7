//! *Restart Server*.

import type { Command } from "./command";

export const restartServer: Command = {
  id: "lockstep.ui.restartServer",
  run: ({ server }) => server.restart(),
};

//! *Show Log*.

import type { Command } from "./command";

export const showLog: Command = {
  id: "lockstep.ui.showLog",
  run: ({ log }) => log.show(),
};

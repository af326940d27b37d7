//! *Start*, of a task in the tree.

import { advance } from "./advance";
import type { Command } from "./command";
import { named } from "./subject";

export const startTask: Command = {
  id: "lockstep.ui.startTask",
  async run(services, argument) {
    const row = named(services, argument);
    if (row) {
      await advance(services, row, "active");
    }
  },
};

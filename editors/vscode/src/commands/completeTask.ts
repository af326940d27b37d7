//! *Complete*, of a task in the tree.

import { advance } from "./advance";
import type { Command } from "./command";
import { named } from "./subject";

export const completeTask: Command = {
  id: "lockstep.ui.completeTask",
  async run(services, argument) {
    const row = named(services, argument);
    if (row) {
      await advance(services, row, "done");
    }
  },
};

//! *Fix All…*: every fix that needs no decision, shown before it is made.

import { run, show } from "../changes/perform";
import type { Command } from "./command";

export const fixAll: Command = {
  id: "lockstep.ui.fixAll",
  async run(services) {
    show(await run(services, "lockstep.fixAll", { confirm: true }));
  },
};

//! *Open Board*: at a task, where a menu means one.

import { openBoard as open } from "../board/panel";
import type { Command } from "./command";
import { subject } from "./subject";

export const openBoard: Command = {
  id: "lockstep.ui.openBoard",
  async run(services, argument) {
    open(services, (await subject(services, argument))?.row);
  },
};

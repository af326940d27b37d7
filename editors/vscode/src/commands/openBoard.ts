//! *Open Board*: at a task, where a menu means one.

import { openBoard as open } from "../board/panel";
import type { Command } from "./command";
import { named } from "./subject";

export const openBoard: Command = {
  id: "lockstep.ui.openBoard",
  run: (services, argument) => open(services, named(services, argument)),
};

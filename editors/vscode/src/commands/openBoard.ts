//! *Open Board*.

import { openBoard as open } from "../board/panel";
import type { Command } from "./command";

export const openBoard: Command = {
  id: "lockstep.ui.openBoard",
  run: (services) => open(services),
};

//! Commands of the server that code actions carry: they ask for a reason and show refusals like those of the palette.

import type { Middleware } from "vscode-languageclient/node";
import type { Services } from "../services";
import { type Argument, run, show } from "./perform";

/** Runs the server's commands here. */
export function actionCommands(services: Services): Middleware {
  return {
    executeCommand: async (command, [argument], _next) => {
      show(await run(services, command, (argument ?? {}) as Argument));
    },
  };
}

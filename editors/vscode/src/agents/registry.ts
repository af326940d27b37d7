//! Every tool for language models, and how it is handed to VS Code.

import * as vscode from "vscode";
import { refusal } from "../changes/refusal";
import type { Services } from "../services";
import { check } from "./check";
import { listTasks } from "./listTasks";
import { setStatus } from "./setStatus";
import { showTask } from "./showTask";
import type { AgentTool, Question } from "./tool";

const TOOLS: readonly AgentTool<never>[] = [listTasks, showTask, setStatus, check];

/** Registers all of them, where this editor has language models. */
export function registerTools(services: Services): vscode.Disposable {
  const { lm } = vscode as { lm?: Partial<typeof vscode.lm> };
  return vscode.Disposable.from(...(lm?.registerTool ? TOOLS.map((tool) => register(services, tool as AgentTool)) : []));
}

function register(services: Services, tool: AgentTool): vscode.Disposable {
  return vscode.lm.registerTool<object>(tool.name, {
    async prepareInvocation({ input }) {
      const question = await tool.asks?.(services, input);
      return { invocationMessage: tool.doing(input), ...(question && { confirmationMessages: shown(question) }) };
    },
    async invoke({ input }) {
      try {
        const told = JSON.stringify(await tool.call(services, input));
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(told)]);
      } catch (error) {
        const { code, why } = refusal(error);
        throw new Error(code === undefined ? why : `${code}: ${why}`);
      }
    },
  });
}

/** Nothing of a task's text is a link or an image. */
function shown({ title, text, changes }: Question): vscode.LanguageModelToolConfirmationMessages {
  const message = new vscode.MarkdownString().appendText(text);
  return { title, message: changes.length > 0 ? message.appendCodeblock(changes.join("\n"), "text") : message };
}

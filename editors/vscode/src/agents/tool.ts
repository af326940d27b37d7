//! What a tool for language models is.

import type { Services } from "../services";

/** A tool. Its description and the schema of its input stand in `package.json`. */
export interface AgentTool<Input extends object = object> {
  name: string;
  /** What the user reads while it runs. */
  doing(input: Input): string;
  /** What the user is asked before anything is changed. A tool without it only reads. */
  asks?(services: Services, input: Input): Promise<Question>;
  /** What the model is told: an object, as JSON. What it throws is told instead. */
  call(services: Services, input: Input): Promise<object>;
}

/** What the user is asked, as plain text: texts of tasks are in it. */
export interface Question {
  title: string;
  text: string;
  /** What would be changed, a line each. */
  changes: string[];
}

//! The errors of the server.

import type { Refusal } from "../protocol";

/** An error of the server: what programs branch on, and what people read. */
export function refusal(error: unknown): { code: string | undefined; why: string } {
  const data = (error as { data?: Refusal } | undefined)?.data;
  return { code: data?.code, why: error instanceof Error ? error.message : String(error) };
}

// Waiting for what is to be seen, never for time to pass.

/** Far longer than anything takes, on a machine that does other things too. */
export const DEADLINE_MS = 60_000;

const BETWEEN_MS = 20;

/**
 * What `condition` gives as soon as it is neither false nor undefined nor null. An error of it counts as not yet.
 *
 * @template T
 * @param {string} what is waited for, as the message says that it did not come
 * @param {() => T | Promise<T>} condition
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(what, condition, deadline = DEADLINE_MS) {
  const end = Date.now() + deadline;
  let last;
  for (;;) {
    try {
      last = await condition();
      if (last !== false && last !== undefined && last !== null) return last;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) {
      const seen = last instanceof Error ? `: ${last.message}` : '';
      throw new Error(`${what}: not seen in ${deadline / 1000} s${seen}`);
    }
    await new Promise((resume) => setTimeout(resume, BETWEEN_MS));
  }
}

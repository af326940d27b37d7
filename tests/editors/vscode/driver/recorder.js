// What is shown over time: everything that a person who looks the whole while would see.

/**
 * Begins to write down what `read`, a function that runs in the page, gives: at once, and after every change of the page.
 *
 * @param page a page or a frame
 * @param {string} name under which `recorded` finds it again
 */
export async function record(page, name, read) {
  await page.evaluate(
    ([key, source]) => {
      const read = new Function(`return (${source})()`);
      const seen = [];
      const look = () => {
        const value = JSON.stringify(read());
        if (seen.at(-1)?.value !== value) seen.push({ time: Date.now(), value });
      };
      globalThis.recorders ??= {};
      globalThis.recorders[key]?.observer.disconnect();
      const observer = new MutationObserver(look);
      observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
      globalThis.recorders[key] = { seen, observer };
      look();
    },
    [name, read.toString()],
  );
}

/** What was written down: `{ time, value }` in order, the time in milliseconds as `Date.now()` counts. */
export async function recorded(page, name) {
  const seen = await page.evaluate((key) => globalThis.recorders[key].seen, name);
  return seen.map(({ time, value }) => ({ time, value: JSON.parse(value) }));
}

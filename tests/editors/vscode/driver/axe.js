// What axe finds wrong for people who do not see, or who use no mouse.

import fs from 'node:fs';

import { tool } from './install.js';

/**
 * The violations below an element of a page or frame, each with the places that it is of.
 *
 * @param page a page or a frame; one whose policy refuses scripts is no obstacle
 * @param {string} selector
 * @returns {Promise<string[]>}
 */
export async function violations(page, selector = 'body') {
  if (!(await page.evaluate(() => 'axe' in globalThis))) {
    await page.evaluate(fs.readFileSync(tool.resolve('axe-core/axe.min.js'), 'utf8'));
  }
  return page.evaluate(async (at) => {
    const found = await globalThis.axe.run(at, { resultTypes: ['violations'] });
    return found.violations.map((it) => `${it.id}: ${it.help}: ${it.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
  }, selector);
}

// The browser in which the workbench's windows are.

import path from 'node:path';

import { TOOLS, tool } from './install.js';

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
ARGUMENTS.push('--disable-background-networking', '--disable-component-update');

/** A browser that shows nothing. */
export function launch() {
  const { chromium } = tool('playwright-core');
  return chromium.launch({ executablePath: path.join(TOOLS, 'chromium'), headless: true, args: ARGUMENTS });
}

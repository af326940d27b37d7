// What the board costs with ten thousand cards, in this machine's browser. Prints figures, judges nothing.
//
//   LOCKSTEP_VSCODE=$(tests/editors/install-vscode) "$LOCKSTEP_VSCODE/node" tests/editors/vscode/board/measure.js

import { start } from './open.js';

const CARDS = 10_000;
const RUNS = 5;
const STATUSES = [
  { status: 'completed', category: 'done', statusWord: 'Completed' },
  { status: 'implementing', category: 'active', statusWord: 'Implementing' },
];

const bench = await start();
try {
  console.log(`${CARDS} cards, ${bench.served.size.script} bytes of script; processor time of the page’s main thread`);
  const first = [];
  for (let run = 0; run < RUNS; run += 1) first.push(await firstPaint());
  print('script until all cards have come', first.map((it) => it.script), 'ms');
  print('from the first message to the paint after the first cards, by the clock', first.map((it) => it.untilPaint), 'ms');
  print('layout and styles of it', first.map((it) => it.layout), 'ms');
  const board = await bench.open({ cards: CARDS });
  print('one row, in place: script', await updates(board, (n) => ({ findings: n % 5 })), 'ms');
  print('one row, to another column: script', await updates(board, (n) => STATUSES[n % 2]), 'ms');
  print('a letter in the filter: script', await filtering(board), 'ms');
  print('a task of the page while a column is scrolled 300 times', await scrolling(board), 'ms');
  await board.close();
} finally {
  await bench.end();
}


function print(what, values, unit) {
  const sorted = [...values].sort((a, b) => a - b);
  const shown = [sorted[Math.floor(sorted.length / 2)] ?? NaN, sorted.at(-1) ?? NaN].map((it) => it.toFixed(1));
  console.log(`${what}: median ${shown[0]}, worst ${shown[1]} ${unit}`);
}

async function metrics(session) {
  const { metrics: all } = await session.send('Performance.getMetrics');
  return Object.fromEntries(all.map(({ name, value }) => [name, value * 1000]));
}

/** Opens a board; what its host takes to make the cards up is measured before, and not counted. */
async function firstPaint() {
  const board = await bench.open({ cards: 0 });
  const session = await board.page.context().newCDPSession(board.page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await board.page.evaluate((count) => {
    for (let n = 0; n < count; n += 1) window.host.cards.set(window.host.card(n).key, window.host.card(n));
  }, CARDS);
  const before = await metrics(session);
  const untilPaint = await board.page.evaluate(async () => {
    const began = performance.now();
    window.host.tellAll();
    await new Promise((resolve) => {
      new MutationObserver((_, observer) => {
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(resolve));
      }).observe(document.querySelector('.columns'), { childList: true, subtree: true });
    });
    return performance.now() - began;
  });
  await board.settled();
  const after = await metrics(session);
  await board.close();
  return {
    script: after.ScriptDuration - before.ScriptDuration,
    layout: after.LayoutDuration + after.RecalcStyleDuration - before.LayoutDuration - before.RecalcStyleDuration,
    untilPaint,
  };
}

/** Tells one changed row a time. */
async function updates(board, changes) {
  const session = await board.page.context().newCDPSession(board.page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const costs = [];
  for (let n = 0; n < 20; n += 1) {
    const before = await metrics(session);
    await board.page.evaluate(([key, its]) => window.host.change(key, its), [`/r\n${27 + n}`, changes(n)]);
    await board.settled();
    costs.push((await metrics(session)).ScriptDuration - before.ScriptDuration);
  }
  return costs;
}

async function filtering(board) {
  const session = await board.page.context().newCDPSession(board.page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const costs = [];
  for (const letter of 'login by ') {
    const before = await metrics(session);
    await board.page.locator('.filter-box').press(letter === ' ' ? 'Space' : letter);
    await board.settled();
    costs.push((await metrics(session)).ScriptDuration - before.ScriptDuration);
  }
  await board.page.locator('.filter-box').fill('');
  return costs;
}

/** The longest task of the page's main thread while a long column is scrolled, by the processor time that it took. */
async function scrolling(board) {
  await bench.browser.startTracing(board.page, { categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline'] });
  await board.page.evaluate(async () => {
    const list = document.querySelector('[data-column="done"] .cards');
    for (let step = 0; step < 300; step += 1) {
      list.scrollTop += step % 3 === 0 ? 3000 : 120;
      await new Promise(requestAnimationFrame);
    }
  });
  const { traceEvents } = JSON.parse(await bench.browser.stopTracing());
  const isScript = (it) => it.name === 'FunctionCall' || it.name === 'FireAnimationFrame';
  const page = traceEvents.findLast(isScript);
  const tasks = traceEvents.filter((it) => it.name === 'RunTask' && it.ph === 'X' && it.tid === page.tid && it.pid === page.pid);
  return tasks.map((it) => (it.tdur ?? it.dur) / 1000);
}

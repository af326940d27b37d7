// The board in a real browser, without a workbench around it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { themes } from './fixture.js';
import { start } from './open.js';

let bench;
before(async () => {
  bench = await start();
});
after(() => bench?.end());

/** A test with a board of its own, which ends without an error of the page or a breach of its policy. */
function boardTest(name, settings, run) {
  test(name, async () => {
    const { viewport, ...rest } = settings;
    const board = await bench.open(rest, viewport);
    try {
      await run(board);
      assert.deepEqual(board.faults, []);
      assert.deepEqual(await board.page.evaluate(() => window.violations), []);
    } finally {
      await board.close();
    }
  });
}

boardTest('cards stand in columns by category, and those without are folded', {}, async (board) => {
  const titles = await board.page.locator('.column-title:visible, .rail-title:visible').allInnerTexts();
  assert.deepEqual(titles, ['Open', 'Active', 'Waiting', 'Done', 'Failed', 'Dropped']);
  assert.equal(await board.columnOf(7), 'active');
  assert.equal(await board.column('failed').locator('.column-rail').isVisible(), true);
  assert.equal(await board.page.locator('.board-count').innerText(), '60 tasks');
  const heard = board.column('active').getByRole('option', {
    name: '27 Revising Measure dark colours for the second release 3 of 7 done, 4 findings, its places disagree, held by claude-2',
    exact: true,
  });
  assert.equal(await heard.count(), 1);
});

boardTest('how many findings a card has is to be read in a narrow column', { viewport: { width: 700, height: 500 } }, async (board) => {
  const id = 'project-startup-workflow-phase-1';
  await board.host((id) => window.host.change('/r\n27', { id, category: 'open', ready: true, findings: 12 }), id);
  const card = board.page.locator('.card[data-key$="27"]');
  await card.locator('.card-id', { hasText: id }).waitFor();
  const clipped = await card.evaluate((card) => {
    const right = card.querySelector('.card-head').getBoundingClientRect().right;
    const number = card.querySelector('.card-findings').getBoundingClientRect();
    return [number.right > right, card.querySelector('.card-id').offsetWidth < 20];
  });
  assert.deepEqual(clipped, [false, false]);
});

boardTest('titles are text, whatever they hold', {}, async (board) => {
  assert.equal(await board.card(0).locator('.card-title').innerText(), '<img src=x onerror="window.broken=1"> & <b>bold</b>');
  assert.equal(await board.page.locator('#board :is(img, b, a, script)').count(), 0);
  assert.equal(await board.page.evaluate(() => window.broken), undefined);
});

boardTest('a card by pointer: columns that take it light up, others say why not', {}, async (board) => {
  await board.carry(board.card(7), board.column('waiting'));
  const takes = await board.page.locator('.column.takes').evaluateAll((all) => all.map((it) => it.dataset.column));
  assert.deepEqual(takes, ['open', 'waiting', 'dropped']);
  assert.equal(await board.zone('completed').innerText(), 'Completed\nResearching cannot become Completed');
  assert.equal(await board.zone('blocked').innerText(), 'Blocked\nasks for a reason');
  assert.equal(await board.message(), '7 to Blocked: allowed, asks for a reason');
  await board.page.mouse.up();
  await board.settled();
  assert.deepEqual(await board.sent('move'), [{ type: 'move', key: '/r\n7', status: 'blocked', from: 'researching' }]);
  assert.equal(await board.columnOf(7), 'waiting');
  assert.equal(await board.message(), '7: status is Blocked now');
  assert.equal(await board.page.locator('.ghost, .is-target').count(), 0);
});

boardTest('a card let go where it may not be stays, and the reason is said', {}, async (board) => {
  await board.carry(board.card(7), board.column('done'));
  await board.page.mouse.up();
  assert.equal(await board.message(), '7 stays where it is: Researching cannot become Completed');
  assert.deepEqual(await board.sent('move'), []);
  assert.equal(await board.columnOf(7), 'active');
});

boardTest('a card let go over a column with several statuses has one be chosen', {}, async (board) => {
  await board.carry(board.card(23), board.column('active').locator('.column-head'));
  await board.page.mouse.up();
  await board.settled();
  assert.equal(await board.message(), 'Choose a status for 23');
  await board.zone('planning').click();
  assert.deepEqual((await board.sent('move')).map((it) => it.status), ['planning']);
});

boardTest('a card let go before the server has answered goes where it was let go', {}, async (board) => {
  await board.page.evaluate(() => {
    window.host.answersChoices = false;
  });
  await board.carry(board.card(7), board.column('waiting'));
  await board.page.mouse.up();
  assert.equal(await board.message(), 'Asking what is allowed…');
  await board.host(() => window.host.tellChoices('/r\n7'));
  assert.deepEqual((await board.sent('move')).map((it) => it.status), ['blocked']);
});

boardTest('Escape ends a drag, and so does letting go at home', {}, async (board) => {
  await board.carry(board.card(7), board.column('waiting'));
  await board.page.keyboard.press('Escape');
  await board.page.mouse.up();
  await board.carry(board.card(7), board.column('waiting'));
  await board.over(board.column('active').locator('.column-head'));
  await board.page.mouse.up();
  assert.deepEqual(await board.sent('move'), []);
  assert.equal(await board.page.locator('.ghost, .is-target').count(), 0);
});

boardTest('a status that is refused or cancelled brings the card back', {}, async (board) => {
  for (const [outcome, message] of [
    ['refused', '7 stays where it is: TODO.md is read-only'],
    ['cancelled', '7 stays where it is'],
  ]) {
    await board.page.evaluate((it) => {
      window.host.outcome = null;
    }, outcome);
    await board.carry(board.card(7), board.column('waiting'));
    await board.page.mouse.up();
    await board.settled();
    assert.equal(await board.columnOf(7), 'waiting', 'it is on its way');
    assert.equal(await board.card(7).evaluate((it) => it.classList.contains('is-waiting')), true);
    await board.host((it) => window.host.settle('/r\n7', 'blocked', it), outcome);
    assert.equal(await board.columnOf(7), 'active');
    assert.equal(await board.message(), message);
  }
});

boardTest('by keyboard alone: from the filter to a card, to another status, and to its file', {}, async (board) => {
  const { keyboard } = board.page;
  const press = async (...keys) => {
    for (const key of keys) await keyboard.press(key);
    await board.settled();
  };
  await press('Tab', 'Tab', 'Tab', 'Tab');
  assert.equal(await board.page.evaluate(() => document.activeElement.className), 'column-fold');
  await press('Tab');
  await press('ArrowRight', 'Home', 'ArrowDown');
  assert.equal(await board.focused(), '7');
  await press(' ');
  assert.equal(await board.focused(), 'blocked', 'the first status that may follow, at home or behind it');
  await press('ArrowRight');
  assert.equal(await board.message(), '7 to Completed: not allowed, Researching cannot become Completed');
  await press('Enter');
  assert.deepEqual(await board.sent('move'), [], 'what is not allowed is not sent');
  await press('ArrowLeft', 'Enter');
  assert.deepEqual((await board.sent('move')).map((it) => it.status), ['blocked']);
  assert.equal(await board.focused(), '7', 'the card keeps the focus in its new column');
  await press('Enter', 'Control+Enter');
  assert.deepEqual(
    (await board.sent('open')).map((it) => [it.key, it.beside]),
    [['/r\n7', false], ['/r\n7', true]],
  );
  await press(' ', 'Escape');
  assert.equal(await board.focused(), '7');
  await press('/');
  assert.equal(await board.page.evaluate(() => document.activeElement.className), 'filter-box');
});

boardTest('by keyboard a card waits in hand until the server has said what is allowed', {}, async (board) => {
  await board.page.evaluate(() => {
    window.host.answersChoices = false;
  });
  await board.card(7).click();
  await board.page.keyboard.press(' ');
  for (let frame = 0; frame < 5; frame += 1) await board.settled();
  await board.page.keyboard.press('Enter');
  await board.host(() => window.host.tellChoices('/r\n7'));
  assert.equal(await board.focused(), 'blocked');
  await board.page.keyboard.press('Enter');
  assert.deepEqual((await board.sent('move')).map((it) => it.status), ['blocked']);
});

boardTest('a folded column takes a card by keyboard, and opens while it is held there', { by: 'status' }, async (board) => {
  await board.page.getByRole('button', { name: 'Status', exact: true }).click();
  await board.host(() => {
    for (const [key, card] of window.host.cards) if (card.status === 'researched') window.host.change(key, { status: 'planned', statusWord: 'Planned' });
  });
  assert.equal(await board.column('researched').locator('.column-rail').isVisible(), true);
  await board.card(7).click();
  await board.page.keyboard.press(' ');
  await board.settled();
  await board.page.keyboard.press('Home');
  await board.page.keyboard.press('ArrowRight');
  assert.equal(await board.focused(), 'researched');
  assert.equal(await board.column('researched').locator('.column-head').isVisible(), true);
  await board.page.keyboard.press('Enter');
  await board.settled();
  assert.equal(await board.columnOf(7), 'researched');
});

boardTest('news of one task touch its card alone', {}, async (board) => {
  const touched = await board.page.evaluate(async () => {
    const cards = new Set();
    const observer = new MutationObserver((changes) => {
      for (const { target } of changes) {
        const node = target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement;
        cards.add(node.closest('.card')?.dataset.key ?? node.className);
      }
    });
    observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    window.host.change('/r\n17', { findings: 3 });
    await new Promise((resolve) => setTimeout(() => requestAnimationFrame(resolve)));
    observer.disconnect();
    return [...cards];
  });
  assert.deepEqual(touched, ['/r\n17']);
  assert.equal(await board.card(17).locator('.card-findings').innerText(), '3');
});

boardTest('tasks come, go and change their status while one looks', {}, async (board) => {
  await board.card(7).click();
  await board.host(() => {
    const { host } = window;
    host.say({ type: 'changed', cards: [{ ...host.card(7), id: '6b', key: '/r\n6b', order: '000006b' }], removed: ['/r\n4'] });
  });
  const first = await board.column('active').locator('.card .card-id').allInnerTexts();
  assert.deepEqual(first.slice(0, 3), ['6b', '7', '14']);
  assert.equal(await board.focused(), '7');
  await board.host(() => window.host.change('/r\n7', { status: 'completed', category: 'done', statusWord: 'Completed' }));
  assert.equal(await board.columnOf(7), 'done');
  assert.equal(await board.focused(), '14', 'somebody else moved it: its neighbour has the focus');
});

boardTest('a card that somebody else changes while it is carried is let go', {}, async (board) => {
  await board.carry(board.card(7), board.column('waiting'));
  await board.host(() => window.host.change('/r\n14', { findings: 2 }));
  assert.equal(await board.zone('blocked').isVisible(), true, 'other cards are no matter');
  await board.host(() => window.host.change('/r\n7', { status: 'completed', category: 'done' }));
  assert.equal(await board.message(), '7 was changed by somebody else meanwhile');
  await board.page.mouse.up();
  assert.deepEqual(await board.sent('move'), []);
  assert.equal(await board.page.locator('.ghost, .is-target').count(), 0);
});

boardTest('a task is shown, wherever it is hidden', { cards: 3000 }, async (board) => {
  await board.page.locator('.filter-box').fill('nothing is called so');
  await board.column('done').locator('.column-fold').click();
  await board.host(() => window.host.say({ type: 'reveal', key: '/r\n2970' }));
  assert.equal(await board.focused(), '2970');
  assert.equal(await board.page.locator('.filter-box').inputValue(), '');
  const [card, list] = [await board.card(2970).boundingBox(), await board.column('done').locator('.cards').boundingBox()];
  assert.ok(card.y >= list.y && card.y + card.height <= list.y + list.height, 'all of it is in view');
});

boardTest('the filter counts, and Escape clears it', {}, async (board) => {
  await board.page.locator('.filter-box').fill('login');
  assert.equal(await board.page.locator('.board-count').innerText(), '8 of 60 tasks');
  assert.match(await board.column('done').locator('.column-head .column-count').innerText(), /^\d of 31$/);
  await board.page.locator('.filter-box').press('Escape');
  assert.equal(await board.page.locator('.board-count').innerText(), '60 tasks');
});

boardTest('after a reload the board is as it was', { cards: 3000 }, async (board) => {
  await board.page.getByRole('button', { name: 'Status', exact: true }).click();
  await board.page.locator('.filter-box').fill('the');
  await board.column('planned').locator('.column-fold').click();
  const list = board.column('completed').locator('.cards');
  await list.evaluate((it) => {
    it.scrollTop = 5000;
  });
  await board.settled();
  await list.locator('.card').nth(3).click();
  const [selected, scrolled] = [await board.focused(), await list.evaluate((it) => it.scrollTop)];
  await board.page.reload();
  await board.shown('.card');
  await board.settled();
  assert.equal(await board.page.locator('.grouping-button[aria-pressed="true"]').innerText(), 'Status');
  assert.equal(await board.page.locator('.filter-box').inputValue(), 'the');
  assert.equal(await board.column('planned').locator('.column-rail').isVisible(), true);
  assert.equal(await list.evaluate((it) => it.scrollTop), scrolled);
  assert.equal(await board.page.locator('.card.is-selected').getAttribute('data-key'), `/r\n${selected}`);
});

boardTest('of ten thousand cards only those in view are in the page, and the selected one', { cards: 10000 }, async (board) => {
  const done = board.column('done').locator('.cards');
  await done.locator('.card').nth(1).click();
  const selected = await board.focused();
  const end = await done.evaluate((it) => it.scrollHeight);
  for (const at of [0.25, 0.5, 1]) {
    await done.evaluate((it, to) => {
      it.scrollTop = to;
    }, at * end);
    await board.settled();
    assert.ok((await board.page.locator('.card').count()) < 120);
    assert.equal(await board.focused(), selected, 'what has the focus is in the page, wherever one looks');
  }
  await board.page.keyboard.press('End');
  await board.settled();
  const last = await board.card(await board.focused()).evaluate((it) => [it.ariaPosInSet, it.ariaSetSize]);
  assert.deepEqual(last, ['5217', '5217']);
});

boardTest('an empty board says why', { cards: 0 }, async (board) => {
  assert.equal(await board.page.locator('.notice').innerText(), 'There are no tasks in the folders of this window.');
  await board.host(() => window.host.say({ type: 'changed', cards: [window.host.card(1)], removed: [] }));
  assert.equal(await board.columnOf(1), 'waiting');
  assert.equal(await board.page.locator('.notice').isVisible(), false);
});

boardTest('in a narrow window nothing is cut off but what scrolling shows', { viewport: { width: 320, height: 560 } }, async (board) => {
  const wide = await board.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(wide[0] <= wide[1], 'the page itself does not scroll');
  for (const selector of ['.filter-box', '.grouping', '.board-count', '.column']) {
    const box = await board.page.locator(selector).first().boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 320, selector);
  }
  assert.equal(await board.page.locator('.footer-keys').isVisible(), false, 'there is room for what is said alone');
  await board.card(8).scrollIntoViewIfNeeded();
  assert.ok((await board.card(8).boundingBox()).x < 320);
});

for (const theme of themes) {
  boardTest(`axe finds nothing: ${theme}`, { theme }, async (board) => {
    await board.card(7).click();
    assert.deepEqual(await board.violations(), [], 'columns by category');
    await board.page.keyboard.press(' ');
    await board.settled();
    assert.deepEqual(await board.violations(), [], 'a card is carried');
    await board.page.keyboard.press('ArrowRight');
    await board.page.keyboard.press('Enter');
    assert.deepEqual(await board.violations(), [], 'it is refused');
    await board.page.keyboard.press('Escape');
    await board.page.getByRole('button', { name: 'Status', exact: true }).click();
    await board.page.locator('.filter-box').fill('add');
    assert.deepEqual(await board.violations(), [], 'columns by status, filtered');
  });
}

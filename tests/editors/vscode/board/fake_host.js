// The other side of the board's page, in the page itself: what the panel and the server would say, with a profile
// of twelve statuses and tasks that are made up. Tests read `host.sent` and speak through `host.say`.

const TITLES = {
  not_started: ['Not started', 'open'],
  researched: ['Researched', 'open'],
  planned: ['Planned', 'open'],
  researching: ['Researching', 'active'],
  planning: ['Planning', 'active'],
  revising: ['Revising', 'active'],
  implementing: ['Implementing', 'active'],
  partial: ['Partial', 'waiting'],
  blocked: ['Blocked', 'waiting'],
  completed: ['Completed', 'done'],
  abandoned: ['Abandoned', 'dropped'],
  expanded: ['Expanded', 'dropped'],
};

const FOLLOWS = {
  not_started: ['researching', 'planning', 'implementing', 'blocked'],
  researched: ['planning', 'implementing', 'blocked'],
  planned: ['revising', 'implementing', 'blocked'],
  researching: ['researched', 'blocked', 'abandoned'],
  planning: ['planned', 'blocked', 'abandoned'],
  revising: ['planned', 'blocked', 'abandoned'],
  implementing: ['completed', 'partial', 'blocked', 'abandoned'],
  partial: ['implementing', 'completed', 'abandoned'],
  blocked: ['researching', 'planning', 'implementing', 'abandoned'],
  completed: [],
  abandoned: ['not_started'],
  expanded: [],
};

const STATUSES = Object.keys(TITLES).map((status) => ({
  status,
  title: TITLES[status][0],
  category: TITLES[status][1],
}));

const VERBS = ['Add', 'Remove', 'Check', 'Rewrite', 'Explain', 'Measure', 'Split', 'Cache', 'Rename', 'Test', 'Draw'];
const THINGS = ['the log', 'parser errors', 'login by token', 'the release notes', 'dark colours', 'a status page', 'retries'];
const MORE = ['', '', ' for the second release', ' and tell the user what to do when it fails', ' on Windows'];
const HOLDERS = [null, null, null, 'claude-2', 'mara', 'release-bot'];
// What a title may hold, and must come out as the text that it is.
const NASTY = [
  '<img src=x onerror="window.broken=1"> & <b>bold</b>',
  'Averyveryveryveryveryveryveryveryverylongwordwithoutanyplacewhereitcouldbebroken',
  'שלום: מימין לשמאל',
  '🚀 emoji ✅ and [link](command:x) ![i](https://example.invalid/i.png)',
  '',
];

function card(n) {
  const status = STATUSES[(n * 7) % 23 < 12 ? (n * 7) % 23 : 9];
  const total = (n * 5) % 8;
  const title = `${VERBS[n % 11]} ${THINGS[(n * 3) % 7]}${MORE[(n * 11) % 5]}`;
  return {
    key: `/r\n${n}`,
    id: String(n),
    title: n < NASTY.length ? NASTY[n] : title,
    status: status.status,
    category: status.category,
    statusWord: status.title,
    progress: total > 1 ? { done: Math.min(n % 6, total), total } : null,
    findings: n % 9 === 0 ? (n % 4) + 1 : 0,
    agreed: n % 9 !== 0,
    ready: status.status === 'not_started' && n % 2 === 0,
    holder: status.category === 'active' ? HOLDERS[n % 6] : null,
    folder: null,
    place: 'specs/TODO.md',
    rank: 0,
    order: String(n).padStart(6, '0'),
  };
}

function choices({ status }) {
  return STATUSES.map((it) => {
    const allowed = FOLLOWS[status]?.includes(it.status) ?? false;
    const why = FOLLOWS[status]?.length ? `${TITLES[status]?.[0]} cannot become ${it.title}` : `${status} is final`;
    const needs = ['blocked', 'abandoned'].includes(it.status) ? ['reason'] : [];
    return { ...it, allowed, why: allowed ? 'allowed' : why, current: it.status === status, needs };
  });
}

const settings = new URLSearchParams(location.search);
const cards = new Map(Array.from({ length: Number(settings.get('cards') ?? 60) }, (_, n) => [card(n).key, card(n)]));

const host = {
  sent: [],
  cards,
  card,
  /** How the panel answers: at once, or not at all until a test does. */
  answersChoices: true,
  /** What becomes of a move: `applied`, `refused`, `cancelled`, or nothing yet. */
  outcome: 'applied',
  say: (message) => window.postMessage(message, '*'),
  tellAll() {
    const all = [...cards.values()];
    for (let from = 0; from === 0 || from < all.length; from += 2000) {
      const last = from + 2000 >= all.length;
      host.say({ type: 'cards', cards: all.slice(from, from + 2000), first: from === 0, last });
    }
    host.say({ type: 'statuses', statuses: STATUSES });
    if (all.length === 0) host.say({ type: 'notice', text: 'There are no tasks in the folders of this window.' });
  },
  tellChoices(key) {
    host.say({ type: 'choices', key, choices: choices(cards.get(key)) });
  },
  change(key, changes) {
    const it = { ...cards.get(key), ...changes };
    cards.set(key, it);
    host.say({ type: 'changed', cards: [it], removed: [] });
  },
  settle(key, status, outcome) {
    if (outcome === 'refused') {
      host.say({ type: 'settled', key, outcome, message: 'TODO.md is read-only' });
      return;
    }
    host.say({ type: 'settled', key, outcome });
    const [statusWord, category] = TITLES[status];
    if (outcome === 'applied') host.change(key, { status, category, statusWord });
  },
  hear(message) {
    host.sent.push(message);
    if (message.type === 'ready') host.tellAll();
    if (message.type === 'choices' && host.answersChoices) host.tellChoices(message.key);
    if (message.type === 'move' && host.outcome) host.settle(message.key, message.status, host.outcome);
  },
};

window.host = host;
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective));
window.acquireVsCodeApi = () => ({
  postMessage: (message) => host.hear(message),
  getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
  setState: (state) => sessionStorage.setItem('state', JSON.stringify(state)),
});

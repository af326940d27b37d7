// What the pictures show: a small project, in which one task stands in four files that disagree.

const TASKS = [
  [7, 'Add login', 'implementing', 'login'],
  [8, 'Write the manual', 'researched', 'manual'],
  [9, 'Choose a logo', 'not_started', 'logo'],
  [10, 'Send invoices by mail', 'planned', 'invoices'],
  [11, 'Import contacts', 'blocked', 'contacts'],
  [12, 'Search in notes', 'researching', 'search'],
  [13, 'Keep drafts offline', 'not_started', 'drafts'],
  [14, 'Show a calendar', 'partial', 'calendar'],
  [15, 'Sign out everywhere', 'completed', 'sign_out'],
  [16, 'Dark colours', 'completed', 'dark'],
  [17, 'Support fax', 'abandoned', 'fax'],
];

const REASONS = { blocked: '- **Blocking Reason**: waits for the new address format', abandoned: '- **Abandonment Reason**: nobody asks for it' };

const PLAN = `# Implementation Plan: Add login

- **Task**: 7 - Add login
- **Status**: [NOT STARTED]
- **Effort**: 4 hours

### Phase 1: Show the form [COMPLETED]

- **Completed**: 2026-01-07
- [x] Add the route
- [x] Add the form

### Phase 2: Check the password [IN PROGRESS]

- [x] Compare with the stored hash
- [ ] Set the cookie

### Phase 3: Tell what went wrong [NOT STARTED]

- [ ] Name the field
`;

function entry([number, title, status]) {
  const marker = status.toUpperCase().replaceAll('_', ' ');
  const lines = [`### ${number}. ${title}`, '- **Effort**: 4 hours', `- **Status**: [${marker}]`];
  if (['implementing', 'partial', 'completed', 'blocked'].includes(status)) lines.push('- **Started**: 2026-01-07');
  if (status === 'completed') lines.push('- **Completed**: 2026-01-12');
  if (status === 'blocked') lines.push('- **Blocked**: 2026-01-09');
  if (status === 'abandoned') lines.push('- **Abandoned**: 2026-01-09');
  if (status in REASONS) lines.push(REASONS[status]);
  if (number === 7) lines.push('- **Plan**: [Implementation plan](007_login/plans/implementation-001.md)');
  return `${lines.join('\n')}\n`;
}

function record([number, , status, name], says) {
  return { project_number: number, project_name: name, status: says ?? status, last_updated: '2026-01-12T09:30:00Z' };
}

/** The files, by path. With `agreed`, task 7 says the same in all of them. */
export function files(agreed) {
  const said = agreed ? 'implementing' : 'planned';
  const active = TASKS.filter(([, , status]) => status !== 'completed' && status !== 'abandoned');
  const over = TASKS.filter((task) => !active.includes(task));
  const records = active.map((task) => (task[0] === 7 ? record(task, said) : record(task)));
  const state = { next_project_number: 18, active_projects: records, completed_projects: over.map((task) => record(task)) };
  const json = (value) => `${JSON.stringify(value, null, 2)}\n`;
  return {
    'lockstep.toml': 'profile = "opencode"\n',
    'specs/TODO.md': `---\nnext_project_number: 18\n---\n\n# TODO\n\n${TASKS.map(entry).join('\n')}`,
    'specs/state.json': json(state),
    'specs/007_login/state.json': json({ ...record(TASKS[0], said), plans: ['plans/implementation-001.md'] }),
    'specs/007_login/plans/implementation-001.md': agreed ? PLAN.replace('[NOT STARTED]', '[IN PROGRESS]') : PLAN,
  };
}

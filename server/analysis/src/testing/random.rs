//! Texts that are changed at random.

use proptest::prelude::*;

const WORKSPACE: &str = r#"
//- /specs/TODO.md
  ---
  next_project_number: 12
  ---
  # TODO

  ## Order
  - **7** [PLANNED] — Add login
  - **8** [RESEARCHING] — Add logout

  ## Tasks

  ### 7. Add login
  - **Status**: [PLANNED]
  - **Dependencies**: 8
  - **Plan**: [plan](007_add_login/plans/implementation-001.md)

  <!-- lockstep: allow drift -->
  ### 8. Add logout
  - **Status**: [RESEARCHING]
  - [ ] Ask the designer
  - [x] Draw it

  ### 9. Reset password
  - **Status**: [COMPLETED]
  - **Started**: 2026-03-02
  - **Completed**: 2026-03-01
  - **Dependencies**: 7

  ```text
  ### 10. No task
  - **Status**: [PLANNED]
  ```

  ### 11. Blocked for no reason
  - **Status**: [BLOCKED]
//- /specs/state.json
  {
    "next_project_number": 12,
    "active_projects": [
      { "project_number": 7, "project_name": "add_login", "status": "planned" },
      { "project_number": 8, "project_name": "add_logout", "status": "researched", "dependencies": [7],
        "artifacts": [{ "path": "specs/008_add_logout/reports/report.md" }] },
      { "project_number": 9, "project_name": "reset", "status": "completed" }
    ],
    "completed_projects": [
      { "project_number": 3, "project_name": "old", "status": "completed" }
    ]
  }
//- /specs/007_add_login/plans/implementation-001.md
  # Plan
  - **Task**: 7 - Add login
  - **Status**: [IN PROGRESS]

  ### Phase 1: Form [COMPLETED]
  - [x] Fields
  - [ ] Button

  ### Phase 2: Server [NOT STARTED]

  ### Phase 4: Docs [NOT STARTED]
//- /specs/007_add_login/plans/implementation-002.md
  # Plan
  - **Status**: [NOT STARTED]

  ### Phase 1: Form [NOT STARTED]
"#;

/// Tasks of two types, of which one is part of the other.
const RELATED: &str = r#"
//- /lockstep.toml
  [markers]
  bare = true

  [fields]
  status = ["Status"]
  parent = ["Epic"]

  [[vocabulary.task]]
  id = "planned"
  category = "open"
  next = ["completed"]

  [[vocabulary.task]]
  id = "completed"
  category = "done"

  [[vocabulary.task]]
  id = "failed"
  category = "failed"

  [[vocabulary.task]]
  id = "dropped"
  category = "dropped"

  [[type]]
  id = "epic"

  [[relation]]
  parent = "epic"
  by = "field"

  [[role]]
  id = "epics"
  files = ["epics.md"]

  [[role.section]]
  kind = "task"
  type = "epic"
  heading = '^(?<id>E[0-9]+): (?<title>.+)$'

  [[role]]
  id = "stories"
  files = ["stories/*.md"]

  [[role.section]]
  kind = "task"
  heading = '^(?<id>[0-9]+): (?<title>.+)$'
//- /epics.md
  ## E1: Accounts
  - **Status**: planned
  - **Strategy**: race

  ## E2: Search
  - **Type**: router
  - **Status**: completed
//- /stories/1.md
  ## 1: Login
  - **Status**: completed
  - **Epic**: E1

  ## 2: Logout
  - **Epic**: E1
  - **Status**: planned
//- /stories/2.md
  ## 3: Index
  - **Status**: planned
  - **Epic**: E2

  ## 4: Rank
  - **Status**: completed
  - **Epic**: E2
"#;

/// Statuses that a file lists.
const LISTED: &str = r#"
//- /lockstep.toml
  statuses_from = { role = "board", key = "columns" }
  markers = { bare = true }
  fields = { status = ["Status"] }

  [[vocabulary.task]]
  id = "planned"
  category = "open"
  aliases = ["later"]

  [[role]]
  id = "board"
  files = ["board.yml"]
  format = "yaml"

  [[role]]
  id = "tasks"
  files = ["TASKS.md"]

  [[role.section]]
  kind = "task"
  heading = '^(?<id>[0-9]+): (?<title>.+)$'
//- /TASKS.md
  ## 1: Login
  - **Status**: planned

  ## 2: Logout
  - **Status**: completed
//- /board.yml
  columns:
    - planned
    - x
    - completed
"#;

/// Check boxes in lists at the top of documents, one of which has a status of its own.
const BOXES: &str = r#"
//- /lockstep.toml
  profile = "checklist"
//- /TODO.md
  # To do

  - [ ] Buy paper
  - [x] Draw the form (completed 2026-01-02)
  - [ ] Buy paper
    - [x] Thick
    - [ ] Thin
  - [/] Print it
  * [ ] Read it
    aloud
  - [ ] 12. Bind it

  ## Later

  - [ ] Sell it: [x](x.md)
  - [!] Ask

    for money
  - [ ] Last of all
//- /PLAN.md
  # Plan
  Status: in progress
  - [ ] Status: planned
  - [x] Write
  - [ ] Rest
"#;

/// Phases with plans and figures, and requirements of which a row says something together.
const NUMBERED: &str = r#"
//- /.planning/ROADMAP.md
  - ✅ **v1.0** — Phases 1-6 (completed)
  - [ ] **Phase 7: Log in** (1/2 plans)

  ### Phase 7: Log in
  **Depends on**: Phase 6
  **Status**: planned
  - [x] 07-01a-PLAN.md
  - [ ] 07-02-PLAN.md

  | Phase | Plans | Status |
  |---|---|---|
  | 7. Log in | 1/2 | Pending |
  | 8 | 0/2 | Complete |
//- /.planning/REQUIREMENTS.md
  ## One
  - [x] **E-01**: First
  - [ ] **E-02**: Second
  - [x] **E-03**: Third

    | Requirement | Status |
    |---|---|
    | E-02..03 | Pending |

  ## Two
  | Requirement | Phase | Status |
  |---|---|---|
  | E-01..03 | Phase 7 | COMPLETED |
  | E-01 | Phase 7 | COMPLETED |
  | E-02 | 8 | Pending |
"#;

/// A story that says its status in a block of code.
const STORIES: &str = r#"
//- /sprint-status.yaml
  development_status:
    epic-1: in-progress
    1-1-log-in: completed
    1-2-log-out: backlog
//- /1-1-log-in.md
  # Story 1.1: Log in

  ```yaml
  id: 1-1
  status: planned
  ```

  ## Story Metadata
  ```yaml
  status: completed
  ```

  ## Tasks / Subtasks
  - [x] Draw it
  - [ ] Test it
"#;

/// Workspaces of several kinds.
pub(crate) const WORKSPACES: [&str; 6] = [WORKSPACE, RELATED, LISTED, BOXES, NUMBERED, STORIES];

/// Lines that may come to stand anywhere, beside those of the workspace.
const LINES: [&str; 24] = [
    "### 7. Add login",
    "### 12. Another",
    "## Completed",
    "- **Status**: [IMPLEMENTING]",
    "- **Status**: [implementing]",
    "- **Status**: [COMPLETED]",
    "- **Status**: [SUPERSEDED]",
    "- **Status**: [NONSENSE]",
    "- **Dependencies**: 9, 11",
    "### Phase 2: Server [COMPLETED]",
    "### Phase 3: More [IN PROGRESS]",
    "- [ ] A box",
    "  - [x] Another",
    "  - Type: composite",
    "- **Strategy**: fail_fast",
    "<!-- lockstep: allow drift, unknown-status -->",
    "<!--",
    "```",
    "[ref]: https://example.org",
    "Title",
    "=====",
    "    { \"project_number\": 11, \"project_name\": \"eleven\", \"status\": \"blocked\" },",
    "  \"status\": \"implementing\",",
    "",
];

const WORDS: [&str; 9] =
    ["PLANNED", "COMPLETED", "completed", "planned", "7", "x", "# ", "\u{e4}\u{1f6a7}", "E1"];

const MARKS: [&str; 6] = [" ", "x", "/", "-", "\u{2705}", "P"];

/// What happens to one file.
#[derive(Clone, Debug)]
pub(crate) enum Edit {
    /// A line becomes another.
    Line(usize, usize),
    Insert(usize, usize),
    Remove(usize),
    /// A run of letters or digits becomes another.
    Word(usize, usize),
    /// Some characters go, wherever they stand.
    Cut(usize, usize),
    /// A check box gets another mark.
    Tick(usize, usize),
    /// The file goes, or comes back.
    File,
    Empty,
    /// A file that is not read goes or comes.
    Known(bool),
}

/// Any of them.
pub(crate) fn edit() -> impl Strategy<Value = Edit> {
    let at = || 0..10_000usize;
    prop_oneof![
        3 => (at(), at()).prop_map(|(at, line)| Edit::Line(at, line)),
        2 => (at(), at()).prop_map(|(at, line)| Edit::Insert(at, line)),
        2 => at().prop_map(Edit::Remove),
        6 => (at(), at()).prop_map(|(at, word)| Edit::Word(at, word)),
        2 => (at(), 1..12usize).prop_map(|(at, n)| Edit::Cut(at, n)),
        3 => (at(), at()).prop_map(|(at, mark)| Edit::Tick(at, mark)),
        1 => Just(Edit::File),
        1 => Just(Edit::Empty),
        1 => any::<bool>().prop_map(Edit::Known),
    ]
}

/// A text after it, in which the lines of its workspace may come to stand too.
pub(crate) fn edited(text: &str, edit: &Edit, own: &[&str]) -> String {
    let line = |at: usize| LINES.iter().chain(own).nth(at % (LINES.len() + own.len()));
    let line = |at: usize| line(at).copied().unwrap_or_default();
    let mut lines: Vec<&str> = text.split('\n').collect();
    match *edit {
        Edit::Line(at, with) => {
            let n = lines.len();
            lines[at % n] = line(with);
        }
        Edit::Insert(at, with) => lines.insert(at % (lines.len() + 1), line(with)),
        Edit::Remove(at) => drop(lines.remove(at % lines.len())),
        Edit::Word(at, word) => {
            let starts = |at: &usize| {
                let before = text[..*at].chars().next_back();
                text[*at..].starts_with(char::is_alphanumeric)
                    && !before.is_some_and(char::is_alphanumeric)
            };
            let words: Vec<usize> = text.char_indices().map(|(at, _)| at).filter(starts).collect();
            if words.is_empty() {
                return text.to_owned();
            }
            let start = words[at % words.len()];
            let rest = &text[start..];
            let end = start + rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
            return format!("{}{}{}", &text[..start], WORDS[word % WORDS.len()], &text[end..]);
        }
        Edit::Cut(at, n) => {
            let chars: Vec<char> = text.chars().collect();
            let start = at % (chars.len() + 1);
            let end = chars.len().min(start + n);
            return chars[..start].iter().chain(&chars[end..]).collect();
        }
        Edit::Tick(at, mark) => {
            let boxes: Vec<usize> = text.match_indices("- [").map(|(at, _)| at + 3).collect();
            let Some(start) = boxes.get(at % boxes.len().max(1)) else { return text.to_owned() };
            let rest =
                text[*start..].chars().next().map_or("", |mark| &text[*start + mark.len_utf8()..]);
            let mark = MARKS[mark % MARKS.len()];
            return format!("{}{mark}{rest}", &text[..*start]);
        }
        Edit::Empty => return String::new(),
        Edit::File | Edit::Known(_) => {}
    }
    lines.join("\n")
}

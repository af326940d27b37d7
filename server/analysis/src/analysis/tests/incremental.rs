//! Whatever changes, what is taken over from the state before is what reading everything anew gives.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use crate::analysis::findings::Part;
use crate::model::{Document, FilePath};
use crate::profile::config::Config;
use crate::rules::{Diagnostic, RULES, judge};
use crate::snapshot::editing::{Editing, OtherEditor};
use crate::testing;
use crate::text::TextRange;
use crate::text::shared_text::SharedText;
use crate::{Analysis, AnalysisHost, Change, Existence};

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

const WORKSPACES: [&str; 4] = [WORKSPACE, RELATED, LISTED, BOXES];

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
enum Edit {
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

fn edit() -> impl Strategy<Value = Edit> {
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

fn edited(text: &str, edit: &Edit, own: &[&str]) -> String {
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

/// One workspace, changed step by step.
struct Stepped {
    lines: Vec<&'static str>,
    host: AnalysisHost,
    texts: BTreeMap<FilePath, Arc<str>>,
    gone: BTreeMap<FilePath, Arc<str>>,
    known: Existence,
    told: Told,
}

/// What a client was told: the findings of each part, and where they stand as it counts.
#[derive(Default)]
struct Told {
    from: Option<Analysis>,
    parts: BTreeMap<Part, Vec<String>>,
}

impl Told {
    /// Tells of the parts that are other than before, and panics unless all is told then.
    fn tell(&mut self, now: &Analysis) {
        let all = || (0..now.index.docs.len()).flat_map(|doc| now.parts(doc)).collect();
        let other = self.from.as_ref().and_then(|before| now.parts_other_than(before));
        if other.is_none() {
            self.parts.clear();
        }
        for part in other.unwrap_or_else(all) {
            let (found, range) = now.diagnostics_of(part);
            let path = &now.index.docs[part.doc].path;
            let begins = |at: u32| (range.start..range.end).contains(&at);
            let own = found.iter().filter(|it| it.path == *path && begins(it.range.start));
            self.parts.insert(part, own.map(|it| shown(now, it)).collect());
        }
        self.from = Some(now.clone());
        let rest = now.diagnostics_of_none();
        let rest = rest.iter().map(|it| shown(now, it));
        let mut told: Vec<String> = self.parts.values().flatten().cloned().chain(rest).collect();
        let mut found: Vec<String> = now.diagnostics().iter().map(|it| shown(now, it)).collect();
        told.sort_unstable();
        found.sort_unstable();
        assert_eq!(told, found);
    }
}

/// A finding with lines and columns for places.
fn shown(analysis: &Analysis, found: &Diagnostic) -> String {
    let place = |path: &FilePath, range: TextRange| {
        let document = analysis.index.document(path.as_str()).map(|(_, document)| document);
        let at = |offset: u32| document.map(|it| it.lines.line_col(offset as usize));
        format!("{path}:{:?}-{:?}", at(range.start), at(range.end))
    };
    let related = found.related.iter().map(|it| (place(&it.path, it.range), &it.message));
    let related: Vec<_> = related.collect();
    let Diagnostic { rule, severity, message, fixable, .. } = found;
    let own = place(&found.path, found.range);
    format!("{own} {rule} {severity:?} {message} {fixable} {related:?}")
}

/// A file that a record names, and what else its path could mean.
const UNREAD: &str = "specs/008_add_logout/reports/report.md";
const OTHERS: [&str; 3] = [
    "specs/specs/008_add_logout/reports/report.md",
    "008_add_logout/reports/report.md",
    "reports/report.md",
];

fn known(unread: Existence) -> Vec<(String, Existence)> {
    let others = OTHERS.map(|path| (path.to_owned(), Existence::Absent));
    others.into_iter().chain([(UNREAD.to_owned(), unread)]).collect()
}

impl Stepped {
    fn new(workspace: &'static str) -> Stepped {
        let (analysis, _) = testing::analysis(workspace);
        let docs = analysis.index.docs.iter();
        let texts: BTreeMap<FilePath, Arc<str>> =
            docs.map(|doc| (doc.path.clone(), doc.text.whole().clone())).collect();
        let lines = workspace.lines().map(str::trim_start).collect();
        let mut host = AnalysisHost::new(analysis.profile.clone(), (*analysis.config).clone());
        let files =
            texts.iter().map(|(path, text)| (path.clone(), Some(text.clone().into()))).collect();
        let known = known(Existence::Present);
        host.apply_change(Change { files, known, ..Change::default() });
        let (gone, told) = (BTreeMap::new(), Told::default());
        Stepped { lines, host, texts, gone, known: Existence::Present, told }
    }

    fn step(&mut self, file: usize, edit: &Edit) {
        if let Edit::Known(there) = edit {
            self.known = if *there { Existence::Present } else { Existence::Absent };
            let known = known(self.known);
            self.host.apply_change(Change { known, ..Change::default() });
            return;
        }
        let paths: Vec<FilePath> = self.texts.keys().chain(self.gone.keys()).cloned().collect();
        let path = paths[file % paths.len()].clone();
        let text = match (edit, self.texts.get(&path)) {
            (Edit::File, Some(_)) => None,
            (_, None) => self.gone.remove(&path),
            (_, Some(text)) => Some(Arc::from(edited(text, edit, &self.lines))),
        };
        match &text {
            Some(text) => drop(self.texts.insert(path.clone(), text.clone())),
            None => {
                let text = self.texts.remove(&path).expect("it was there");
                self.gone.insert(path.clone(), text);
            }
        }
        let files = vec![(path, text.map(Into::into))];
        self.host.apply_change(Change { files, ..Change::default() });
    }

    /// Panics unless all is as if it had been read anew.
    fn check(&mut self) {
        let now = self.host.analysis();
        let mut fresh = AnalysisHost::new(now.profile.clone(), (*now.config).clone());
        let texts = self.texts.iter().map(|(path, text)| (path.clone(), Some(text.clone().into())));
        let (files, known) = (texts.collect(), known(self.known));
        fresh.apply_change(Change { files, known, ..Change::default() });
        let fresh = fresh.analysis();
        for (one, two) in now.index.docs.iter().zip(fresh.index.docs.iter()) {
            assert_eq!(format!("{one:#?}"), format!("{two:#?}"));
        }
        // What is known once somebody asks is told with the rest, and gone on from after the next change.
        for state in [&now, &fresh] {
            state.index.pressing();
        }
        assert_eq!(format!("{:#?}", now.index), format!("{:#?}", fresh.index));
        assert_eq!(now.diagnostics(), fresh.diagnostics());
        check_places(&now);
        self.told.tell(&now);
        for (doc, document) in now.index.docs.iter().enumerate() {
            let text: SharedText =
                edited(&document.text, &Edit::Word(self.texts.len() * 7, doc), &[]).into();
            let stray = document.facts.stray;
            let part = document.with_text(text.clone());
            let whole = Document::read(&document.profile, &document.path, text.clone(), stray);
            let told = |document: Option<Document>| {
                let (name, read) = ("Ed".to_owned(), Some(now.index.docs[doc].text.clone()));
                let document = document.map(Arc::new);
                let other = OtherEditor { name, text: text.clone(), read, document };
                let others = [(now.index.docs[doc].path.clone(), vec![other])].into();
                let mut host = self.host.clone();
                host.set_editing(Editing { others, ..Editing::default() });
                host.analysis().diagnostics().to_vec()
            };
            assert_eq!(told(part), told(whole));
        }
    }

    /// Panics unless a look at what is new finds all links of which nothing is known.
    fn ask(&self, before: &Analysis) {
        let now = self.host.clone().analysis();
        if before.unknown_paths().is_empty() {
            assert_eq!(now.unknown_paths_since(before), now.unknown_paths());
        }
    }
}

/// Panics unless what is found in a file and in a line is what is found there among all.
fn check_places(analysis: &Analysis) {
    for (doc, document) in analysis.index.docs.iter().enumerate() {
        let path = &document.path;
        let all = || analysis.diagnostics().iter();
        let own: Vec<_> = all().filter(|found| found.path == *path).cloned().collect();
        assert_eq!(analysis.diagnostics_in(path.as_str()), own);
        for line in 0..document.lines.n_lines() {
            let range = document.lines.line_range(line);
            let here = all().filter(|found| {
                let mut related = found.related.iter().filter(|related| related.path == *path);
                (found.path == *path && found.range.intersects(range))
                    || related.any(|related| related.range.intersects(range))
            });
            let here: Vec<_> = here.cloned().collect();
            assert_eq!(analysis.diagnostics_at(doc, range), here, "{path}, line {line}");
        }
        for rule in RULES {
            let of_rule = |found: &&Diagnostic| found.rule == rule.id && found.fixable;
            let mut fixable: Vec<_> = analysis.fixable(doc, rule.id).collect();
            judge::sort(&mut fixable);
            let is_here = |found: &&Diagnostic| {
                found.path == *path || found.related.iter().any(|it| it.path == *path)
            };
            let all: Vec<_> = all().filter(of_rule).filter(is_here).cloned().collect();
            assert_eq!(fixable, all, "{path}, {}", rule.id);
        }
    }
}

/// A task without a status in a file that is not well formed, and is once a bracket is closed.
#[test]
fn tasks_of_a_file_that_can_be_read_again_are_judged_again() {
    let text = |labels: &str| format!("---\nid: TASK-7\ntitle: Add login\nlabels: {labels}\n---\n");
    let path = FilePath::new("backlog/tasks/task-7-Add-login.md");
    let (analysis, _) = testing::analysis(
        r#"
//- /backlog/tasks/task-7-Add-login.md
  ---
  id: TASK-7
  ---
"#,
    );
    let mut host = AnalysisHost::new(analysis.instances.clone(), Config::default());
    let mut found = |labels: &str| {
        let files = vec![(path.clone(), Some(text(labels).into()))];
        host.apply_change(Change { files, ..Change::default() });
        host.analysis().diagnostics().iter().map(|found| found.rule).collect::<Vec<_>>()
    };
    assert_eq!(found("[a"), ["malformed-file"]);
    assert_eq!(found("[a]"), ["missing-status"]);
    assert_eq!(found("[a"), ["malformed-file"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_state_is_what_reading_anew_gives(
        workspace in 0..WORKSPACES.len(),
        steps in prop::collection::vec((0..8usize, edit(), 0..3u8), 1..24),
    ) {
        let mut stepped = Stepped::new(WORKSPACES[workspace]);
        stepped.check();
        for (file, edit, look) in &steps {
            let before = stepped.host.clone().analysis();
            stepped.step(*file, edit);
            stepped.ask(&before);
            match look {
                // Two changes may come before anybody asks.
                0 => {}
                // Or somebody looks at tasks and not at findings.
                1 => drop(stepped.host.analysis()),
                _ => stepped.check(),
            }
        }
        stepped.check();
    }
}

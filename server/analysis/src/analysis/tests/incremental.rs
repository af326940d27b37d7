//! Whatever changes, what is taken over from the state before is what reading everything anew gives.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use crate::analysis::findings::Part;
use crate::index::Place;
use crate::model::runs::stamp_mark;
use crate::model::{Document, Field, FieldRole, FilePath};
use crate::profile::config::Config;
use crate::rules::{Diagnostic, RULES, judge};
use crate::snapshot::editing::{Editing, OtherEditor};
use crate::testing;
use crate::testing::random::{Edit, WORKSPACES, edit, edited};
use crate::text::TextRange;
use crate::text::shared_text::SharedText;
use crate::{Analysis, AnalysisHost, Change, Existence};

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
            if !state.index.docs.is_empty() {
                state.index.keeps_stamp(Place { doc: 0, entity: 0 }, "Started");
            }
        }
        assert_eq!(format!("{:#?}", now.index), format!("{:#?}", fresh.index));
        assert_eq!(now.diagnostics(), fresh.diagnostics());
        check_places(&now);
        check_marks(&now);
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

/// Panics unless the first stamp of each name is found by its mark.
fn check_marks(analysis: &Analysis) {
    for document in analysis.index.docs.iter() {
        let fields = &document.facts.fields;
        for role in fields.iter().map(|field| &field.role) {
            let FieldRole::Stamp(name) = role else { continue };
            let is_it = |field: &Field| field.role == *role;
            let found = fields.find_by(stamp_mark(name), is_it);
            assert_eq!(found, fields.iter().find(|field| is_it(field)));
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

#[test]
fn boxes_are_judged_again_where_their_file_explains_their_mark_no_more() {
    let (analysis, _) = testing::analysis(
        "//- /TODO.md\n  Legend: `[x]` done \u{b7} `[d]` deferred\n\n  - [x] Log in\n  - [d] Log out\n",
    );
    let mut host = AnalysisHost::new(analysis.instances.clone(), (*analysis.config).clone());
    let text = analysis.index.docs[0].text.to_string();
    let told = |host: &mut AnalysisHost, text: &str| {
        let files = vec![(FilePath::new("TODO.md"), Some(text.into()))];
        host.apply_change(Change { files, ..Change::default() });
        host.analysis().diagnostics().len()
    };
    assert_eq!(told(&mut host, &text), 0);
    assert_eq!(told(&mut host, &text.replace("`[d]` deferred", "other")), 1);
    assert_eq!(told(&mut host, &text), 0);
}

#[test]
fn what_is_said_of_twins_stays_true_where_lines_are_put_above_them() {
    let (analysis, _) = testing::analysis(
        r#"
//- /specs/TODO.md
  # Tasks

  ### 7. Log in
  - **Status**: [PLANNED]

  ### 7. Log out
  - **Status**: [PLANNED]
//- /specs/state.json
  {"active_projects": []}
"#,
    );
    let mut host = AnalysisHost::new(analysis.instances.clone(), (*analysis.config).clone());
    let path = FilePath::new("specs/TODO.md");
    let text =
        analysis.index.docs.iter().find(|doc| doc.path == path).expect("it").text.to_string();
    let told = |host: &mut AnalysisHost, text: &str| {
        let files = vec![(path.clone(), Some(text.into()))];
        host.apply_change(Change { files, ..Change::default() });
        let analysis = host.analysis();
        let said = analysis.diagnostics().iter().map(|it| it.message.clone());
        said.filter(|said| said.contains("twice")).collect::<Vec<_>>()
    };
    let kept = told(&mut host, &text);
    assert_eq!(kept.len(), 1);
    assert_eq!(told(&mut host, &format!("# All\n\n{text}")), kept);
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

/// Who depends on a task is told of its status, and of nothing where another place has it done.
#[test]
fn what_depends_on_a_task_is_judged_again_with_each_of_its_places() {
    let (analysis, _) = testing::analysis(
        r#"
//- /specs/TODO.md
  # Tasks

  ### 7. Log in
  - **Status**: [PLANNED]

  ### 8. Log out
  - **Status**: [COMPLETED]
  - **Dependencies**: 7
//- /specs/state.json
  {"active_projects": [
    {"project_number": 7, "project_name": "in", "status": "planned"},
    {"project_number": 8, "project_name": "out", "status": "completed"}
  ]}
"#,
    );
    let mut host = AnalysisHost::new(analysis.instances.clone(), (*analysis.config).clone());
    let mut text = |path: &str, from: &str, to: &str| {
        let (_, document) = analysis.index.document(path).expect("it");
        let text = document.text.to_string().replacen(from, to, 1);
        let files = vec![(FilePath::new(path), Some(text.into()))];
        host.apply_change(Change { files, ..Change::default() });
        let analysis = host.analysis();
        let of_rule = analysis.diagnostics().iter().filter(|it| it.rule == "unmet-dependency");
        of_rule.map(|it| it.message.clone()).collect::<Vec<_>>()
    };
    let told =
        |status: &str| [format!("task 8 is completed, but depends on task 7, which is {status}")];
    let (list, record) = ("specs/TODO.md", "specs/state.json");
    text(record, "", "");
    assert_eq!(text(list, "", ""), told("planned"));
    assert_eq!(text(list, "PLANNED", "RESEARCHED"), told("researched"));
    assert_eq!(text(record, "\"planned\"", "\"completed\""), [""; 0]);
    assert_eq!(text(record, "\"planned\"", "\"researched\""), told("researched"));
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

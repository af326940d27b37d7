//! Whatever a document looks like, a planned change touches its own ranges and no other byte, says
//! what was asked for, and can be taken back.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::analysis::{Analysis, AnalysisHost, Change};
use crate::change::{Intent, Mode, Subject, plan};
use crate::model::FilePath;
use crate::profile::config::Config;
use crate::profile::vocabulary::StatusIdx;
use crate::profile::{EntityKind, builtin};

/// How lines end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Eol {
    Lf,
    CrLf,
    /// Some so, some so.
    Mixed,
}

/// How the documents of one case are written.
#[derive(Clone, Debug)]
struct Dress {
    eol: Eol,
    bom: bool,
    last_eol: bool,
    indent: &'static str,
    bullet: &'static str,
    hard_break: bool,
    wide: &'static str,
    inline_json: bool,
    duplicate_key: bool,
}

fn dress() -> impl Strategy<Value = Dress> {
    let words = prop::sample::select(vec!["", "é", "任务", "🟢 ok", "e\u{301}", "\u{a0}"]);
    (
        prop::sample::select(vec![Eol::Lf, Eol::CrLf, Eol::Mixed]),
        any::<bool>(),
        any::<bool>(),
        prop::sample::select(vec!["  ", "    ", "\t"]),
        prop::sample::select(vec!["- ", "* ", "+ ", "", " "]),
        any::<bool>(),
        words,
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(
            |(eol, bom, last_eol, indent, bullet, hard_break, wide, inline_json, twice)| {
                let duplicate_key = twice;
                Dress {
                    eol,
                    bom,
                    last_eol,
                    indent,
                    bullet,
                    hard_break,
                    wide,
                    inline_json,
                    duplicate_key,
                }
            },
        )
}

impl Dress {
    fn finish(&self, text: &str) -> String {
        let text = if self.last_eol { text } else { text.trim_end() };
        let bom = if self.bom { "\u{feff}" } else { "" };
        let lines = text.split_inclusive('\n').enumerate().map(|(number, line)| {
            match (self.eol, line.strip_suffix('\n')) {
                (Eol::CrLf, Some(line)) => format!("{line}\r\n"),
                (Eol::Mixed, Some(line)) if number % 3 == 1 => format!("{line}\r\n"),
                _ => line.to_owned(),
            }
        });
        format!("{bom}{}", lines.collect::<String>())
    }

    fn field(&self, name: &str, value: &str) -> String {
        let end = if self.hard_break { "  " } else { "" };
        format!("{}**{name}**: {value}{end}\n", self.bullet)
    }

    fn ledger(&self, marker: &str) -> String {
        let status = self.field("Status", marker);
        let other = self.field("Effort", self.wide);
        self.finish(&format!(
            "---\nnext_project_number: 9\ntask_counts:\n  active: 2\n---\n# Tasks {w}\n\n### 7. Add {w} login\n{status}{other}\n{w} prose [NOT STARTED] `- **Status**: [X]`\n\n---\n\n### 8. Write\n{status}\n- [ ] {w}\n",
            w = self.wide,
        ))
    }

    fn record(&self, status: &str) -> String {
        let w = self.wide;
        let twice = if self.duplicate_key { r#", "note": 1, "note": 2"# } else { "" };
        let members = format!(
            r#""project_number": 7, "project_name": "add {w} login", "status": "{status}"{twice}, "x": 1.0e+5"#
        );
        if self.inline_json {
            return self.finish(&format!("{{\"active_projects\": [{{ {members} }}]}}\n"));
        }
        let i = self.indent;
        let members = members.replace(", ", &format!(",\n{i}{i}{i}"));
        self.finish(&format!(
            "{{\n{i}\"active_projects\": [\n{i}{i}{{\n{i}{i}{i}{members}\n{i}{i}}}\n{i}]\n}}\n"
        ))
    }

    fn plan(&self, marker: &str) -> String {
        let status = self.field("Status", marker);
        self.finish(&format!(
            "# Plan {w}\n\n{status}\n## Overview\n\n### Phase 1: {w} store [NOT STARTED]\n\n{goal}\n### Phase 2: Form [NOT STARTED]\n- [ ] {w}\n",
            w = self.wide,
            goal = self.field("Goal", "a"),
        ))
    }
}

const LEDGER: &str = "specs/TODO.md";
const RECORDS: &str = "specs/state.json";
const PLAN: &str = "specs/007_add_login/plans/implementation-001.md";

fn analysis(texts: &[(&str, String)]) -> Analysis {
    let profile = builtin::profile("opencode").expect("a built-in profile");
    let mut host = AnalysisHost::new(profile, Config::default());
    let files = texts.iter().map(|(path, text)| (FilePath::new(path), Some(text.as_str().into())));
    host.apply_change(Change { files: files.collect(), ..Change::default() });
    host.analysis()
}

/// What a program makes of a record that reads it as JSON and writes it anew.
fn rewritten(text: &str, status: &str) -> Option<String> {
    let mut value: serde_json::Value = serde_json::from_str(text).ok()?;
    *value.pointer_mut("/active_projects/0/status")? = status.into();
    serde_json::to_string_pretty(&value).ok()
}

/// Outside its edits every byte of the old text stands in the new one, in order.
fn outside_is_untouched(before: &str, change: &crate::text::text_edit::TextEdits, after: &str) {
    let (mut old, mut new) = (0, 0);
    for edit in change.iter() {
        let kept = &before[old..edit.range.start as usize];
        assert_eq!(&after[new..new + kept.len()], kept);
        new += kept.len() + edit.insert.len();
        old = edit.range.end as usize;
    }
    assert_eq!(&after[new..], &before[old..]);
}

proptest! {
    #[test]
    fn to_write_a_record_anew_touches_more_than_was_asked(dress in dress()) {
        let before = dress.record("planned");
        let asked = before.replace("planned", "researched");
        prop_assert_ne!(rewritten(&before, "researched"), Some(asked));
    }
}

proptest! {
    #[test]
    fn a_change_touches_its_own_ranges_and_says_what_was_asked(
        dress in dress(),
        from in 0u8..12,
        to in 0u8..12,
        phase in any::<bool>(),
    ) {
        let profile = builtin::profile("opencode").expect("a built-in profile");
        let tasks = profile.vocabulary(EntityKind::Task);
        let old = tasks.get(StatusIdx(from));
        let marker = profile.markers.write(&old.marker);
        let texts = [
            (LEDGER, dress.ledger(&marker)),
            (RECORDS, dress.record(&old.json)),
            (PLAN, dress.plan("[NOT STARTED]")),
        ];
        let analysis = analysis(&texts);
        let task = analysis.task("7").expect("the task is found").id.clone();
        let (subject, to) = match phase {
            true => (Subject::Phase(task, "2".to_owned()), StatusIdx(to % 7)),
            false => (Subject::Task(task), StatusIdx(to)),
        };
        let intent = Intent {
            subject,
            to,
            reason: Some(format!("because \"{}\" \\ {}", dress.wide, dress.indent.len())),
            at: "2026-01-02T03:04:05Z".to_owned(),
            mode: Mode::Force,
        };
        let planned = plan(&analysis, &intent).expect("a forced change is planned");
        for (path, edits) in &planned.change.edits {
            let before = &planned.change.before[path];
            let after = edits.apply(before);
            outside_is_untouched(before, edits, &after);
            prop_assert_eq!(&edits.invert(before).apply(&after), &**before);
            let bare = |text: &str| text.replace("\r\n", "").contains(['\r', '\n']);
            let foreign = match dress.eol {
                Eol::Lf => after.contains('\r'),
                Eol::CrLf => bare(&after),
                Eol::Mixed => false,
            };
            prop_assert!(!foreign, "a foreign line break in {:?}", after);
            prop_assert_eq!(after.ends_with('\n'), before.ends_with('\n'));
        }
        let changed = analysis.with_texts(&planned.change.after());
        let found = changed.task("7").expect("the task is still there");
        if phase {
            let number = |p: &&crate::index::Place| changed.index.entity(**p).number.as_deref() == Some("2");
            let phases = changed.index.phases(found);
            let place = phases.iter().find(number).expect("the phase is still there");
            prop_assert_eq!(changed.index.status_at(*place), Some(to));
        } else {
            prop_assert!(changed.index.statuses(found).all(|spot| spot.status() == Some(to)));
            prop_assert!(changed.index.agreed(found));
        }
        let problems = |a: &Analysis| -> BTreeMap<String, usize> {
            a.index.docs.iter().map(|d| (d.path.to_string(), d.facts.problems.len())).collect()
        };
        let now = problems(&changed);
        for (path, n) in problems(&analysis) {
            prop_assert_eq!(now.get(&path), Some(&n), "{}", path);
        }
        let eight = changed.task("8").map(|task| changed.index.status(task));
        prop_assert_eq!(eight, Some(Some(StatusIdx(from))), "another task stays as it is");
        let again = plan(&changed, &Intent { reason: None, ..intent }).expect("planned again");
        prop_assert!(again.change.is_empty(), "{:?}", again.change);
    }
}

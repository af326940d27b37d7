//! Repositories that keep numbered tasks in `TODO.md` and `state.json`, against a crude reading of
//! the same files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use lockstep::report::{self, CheckReport, Fixes, TaskList};
use lockstep::workspace::local::LocalWorkspace;
use serde_json::Value;

use crate::support::repository::{corpora, read};

struct Corpus {
    check: CheckReport,
    tasks: TaskList,
    /// Path of the ledger and of the records, relative to the root.
    ledger: &'static str,
    records: &'static str,
    /// Status by id, read line by line.
    crude_ledger: BTreeMap<String, String>,
    crude_records: BTreeMap<String, Option<String>>,
}

fn corpus(name: &str, ledger: &'static str, records: &'static str) -> Option<Corpus> {
    let root = corpora()?.join(name);
    let workspace = LocalWorkspace::open(&root).expect("the corpus opens");
    Some(Corpus {
        check: workspace.check(Fixes::Certain),
        tasks: report::list(workspace.analysis(), &Default::default()).expect("no filter"),
        ledger,
        records,
        crude_ledger: crude_ledger(&root.join(ledger)),
        crude_records: crude_records(&root.join(records)),
    })
}

/// Headings `### N.` and the first status line below each.
fn crude_ledger(path: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut id: Option<String> = None;
    for line in read(path).lines() {
        if let Some(heading) = line.strip_prefix("### ") {
            let number = heading.split('.').next().unwrap_or_default();
            let numeric = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
            id = numeric.then(|| number.to_owned());
        } else if let (Some(id), Some((_, value))) = (&id, line.split_once("**Status**: ["))
            && !found.contains_key(id)
        {
            let word = value.split(']').next().unwrap_or_default();
            found.insert(id.clone(), word.to_lowercase().replace(' ', "_"));
        }
    }
    found
}

fn crude_records(path: &Path) -> BTreeMap<String, Option<String>> {
    let json: Value = serde_json::from_str(&read(path)).expect("the records are JSON");
    let mut found = BTreeMap::new();
    for list in ["completed_projects", "active_projects"] {
        for record in json[list].as_array().into_iter().flatten() {
            let status =
                record["status"].as_str().map(|s| s.replace("in_progress", "implementing"));
            found.insert(record["project_number"].to_string(), status);
        }
    }
    found
}

impl Corpus {
    fn ids_in(&self, path: &str) -> BTreeSet<String> {
        let in_file =
            self.tasks.tasks.iter().filter(|task| {
                task.occurrences.iter().any(|o| o.path == path && o.kind != "entry")
            });
        in_file.map(|task| task.id.clone()).collect()
    }

    /// Tasks that the two readings of the pair of files put at odds.
    fn crude_drift(&self) -> BTreeSet<String> {
        let differs = |(id, status): &(&String, &String)| {
            let record = self.crude_records.get(*id).and_then(Option::as_ref);
            record.is_some_and(|record| record != *status)
        };
        self.crude_ledger.iter().filter(differs).map(|(id, _)| id.clone()).collect()
    }

    /// Tasks of which `drift` says that ledger and records differ.
    fn found_drift(&self) -> BTreeSet<String> {
        let pair = |path: &str, other: &str| {
            (path == self.ledger && other == self.records)
                || (path == self.records && other == self.ledger)
        };
        let drift = self.check.diagnostics.iter().filter(|d| d.rule == "drift");
        drift
            .filter(|d| d.related.iter().any(|related| pair(&d.path, &related.path)))
            .filter_map(|d| d.task.clone())
            .collect()
    }
}

#[test]
fn every_task_and_record_is_found_and_drift_is_what_differs() {
    let opencode = (".opencode/specs/TODO.md", ".opencode/specs/state.json");
    let cases = [
        ("opencode", opencode.0, opencode.1, 41, 120, 27),
        ("specs", "specs/TODO.md", "specs/state.json", 21, 21, 1),
    ];
    for (name, ledger, records, entries, numbered, drift) in cases {
        let Some(corpus) = corpus(name, ledger, records) else { return };
        assert_eq!(corpus.check.profile, "opencode", "{name}");
        let ids: BTreeSet<String> = corpus.crude_ledger.keys().cloned().collect();
        assert_eq!(ids.len(), entries, "{name}: entries of the crude reading");
        assert_eq!(corpus.ids_in(ledger), ids, "{name}: entries");

        assert_eq!(corpus.crude_records.len(), numbered, "{name}: records of the crude reading");
        let known: BTreeSet<&str> = corpus.tasks.tasks.iter().map(|t| t.id.as_str()).collect();
        let lost: Vec<_> =
            corpus.crude_records.keys().filter(|id| !known.contains(id.as_str())).collect();
        assert!(lost.is_empty(), "{name}: records not found: {lost:?}");
        let with_status = corpus.crude_records.iter().filter(|(_, status)| status.is_some());
        let with_status: BTreeSet<String> = with_status.map(|(id, _)| id.clone()).collect();
        assert_eq!(corpus.ids_in(records), with_status, "{name}: records with a status");

        assert_eq!(corpus.crude_drift().len(), drift, "{name}: drift of the crude reading");
        assert_eq!(corpus.found_drift(), corpus.crude_drift(), "{name}: drift");
    }
}

#[test]
fn prose_is_not_judged() {
    for name in ["opencode", "specs"] {
        let Some(root) = corpora().map(|folder| folder.join(name)) else { return };
        let workspace = LocalWorkspace::open(&root).expect("the corpus opens");
        let prose = ["/reports/", "/summaries/", "/metrics/", "/logs/", "/scripts/", "/handoffs/"];
        let report = workspace.check(Fixes::Certain);
        let judged = report.diagnostics.iter().find(|d| prose.iter().any(|p| d.path.contains(p)));
        assert!(judged.is_none(), "{name}: {judged:?}");
        let history = report.diagnostics.iter().filter(|d| d.path.contains("/archive/"));
        let beyond = history.filter(|d| d.rule != "malformed-marker").collect::<Vec<_>>();
        assert!(beyond.is_empty(), "{name}: {beyond:?}");
    }
}

#[test]
fn every_phase_heading_of_a_plan_is_read() {
    for name in ["opencode", "specs"] {
        let Some(root) = corpora().map(|folder| folder.join(name)) else { return };
        let workspace = LocalWorkspace::open(&root).expect("the corpus opens");
        let index = &workspace.analysis().index;
        let (mut headings, mut missed) = (0, Vec::new());
        for document in index.docs.iter().filter(|doc| doc.path.as_str().contains("/plans/")) {
            let mut fenced = false;
            for (start, line) in lines(&document.text) {
                fenced ^= line.starts_with("```");
                let level = line.len() - line.trim_start_matches('#').len();
                let title = line.trim_start_matches('#').trim_start();
                let numbered = title
                    .strip_prefix("Phase ")
                    .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
                if fenced || !(2..=4).contains(&level) || !numbered {
                    continue;
                }
                headings += 1;
                let at = start + line.find("Phase").unwrap_or_default();
                let phase = document
                    .facts
                    .entities
                    .iter()
                    .any(|e| e.name.touches(at) && e.number.is_some());
                if !phase {
                    missed.push(format!("{}: {line}", document.path));
                }
            }
        }
        assert!(headings > 100, "{name}: {headings} headings of the crude reading");
        assert!(missed.is_empty(), "{name}: {} of {headings}: {missed:#?}", missed.len());
    }
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let at = start;
        start += line.len();
        (at, line.trim_end())
    })
}

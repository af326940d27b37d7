//! Fields that a task lacks.

use std::collections::{BTreeMap, BTreeSet};

use super::{LOGIN, accepted, complete};
use crate::completion::{CompletionKind, completions};
use crate::index::Place;
use crate::model::{Field, FieldRole, FilePath};
use crate::profile::{EntityKind, Format};
use crate::testing::{AT, findings_by_rule, new_findings, silent_examples};

/// What is offered in the fixture where something else is written, as labels.
fn labels(from: &str, to: &str) -> Vec<String> {
    let fixture = LOGIN.replacen(from, to, 1);
    assert_ne!(fixture, LOGIN);
    complete(&fixture).2.items.into_iter().map(|item| item.label).collect()
}

#[test]
fn fields_that_a_task_lacks_are_offered_below_its_heading_and_its_fields() {
    for (typed, expected) in [
        ("- $0", &["Dependencies", "Researched"][..]),
        ("- **$0", &["Dependencies", "Researched"]),
        ("- **De$0", &["Dependencies"]),
        ("- de$0", &["Dependencies"]),
        ("De$0", &["Dependencies"]),
        ("- **Effort**: 1 hour\n  - **De$0", &["Dependencies"]),
        ("- **X$0", &[]),
        ("- **De$0 of others", &[]),
        ("- **Dependencies**: 7\n  - **De$0", &[]),
        ("\n  Some words.\n  - **De$0", &[]),
        ("\n  - **De$0", &[]),
        ("Words.\n  - **De$0", &[]),
        // Nothing is a second place for a status.
        ("- **Sta$0", &[]),
    ] {
        let found = labels("[RESEARCHED]", &format!("[RESEARCHED]\n  {typed}"));
        assert_eq!(found, expected, "{typed}");
    }
}

#[test]
fn a_field_is_written_as_the_one_above_and_a_status_as_the_other_places_have_it() {
    for (from, to, expected) in [
        (
            "- **Status**: [RESEARCHED]",
            "- **Dependencies**: 7\n  - **St$0",
            "- **Status**: [RESEARCHED]",
        ),
        (
            "- **Status**: [RESEARCHED]",
            "* **Status:** [RESEARCHED]\n  * **De$0",
            "* **Dependencies:** ",
        ),
        ("[RESEARCHED]", "[RESEARCHED]\n  dep$0", "- **Dependencies**: "),
    ] {
        let (analysis, path, found) = complete(&LOGIN.replacen(from, to, 1));
        let item = found.items.first().unwrap_or_else(|| panic!("{to}: nothing"));
        let after = accepted(&analysis, &path, item).source(&path).expect("it").0.to_string();
        assert!(after.lines().any(|line| line == expected), "{to}: {after}");
    }
}

#[test]
fn members_that_a_record_lacks_are_offered() {
    let all = ["dependencies", "artifacts", "last_updated"];
    for (typed, expected) in [
        (", \"$0\" }", &all[..]),
        (", \"$0 }", &all),
        (", dep$0 }", &["dependencies"]),
        (", \"dependencies\": [], \"$0 }", &["artifacts", "last_updated"]),
        (", \"x\": \"dep$0\" }", &[]),
        (" \"dep$0 }", &[]),
    ] {
        let found = labels("\"researched\" }", &format!("\"researched\"{typed}"));
        assert_eq!(found, expected, "{typed}");
    }
    let first = "{ \"dep$0\" \"project_number\": 8";
    assert_eq!(labels("{ \"project_number\": 8", first), ["dependencies"]);
    assert_eq!(labels(", \"status\": \"researched\"", ", \"sta$0\""), ["status"]);
}

#[test]
fn keys_that_the_front_matter_lacks_are_offered() {
    let task = |front: &str| {
        format!(
            "//- /backlog/tasks/task-1 - Log-in.md\n  ---\n  id: task-1\n  title: Log in\n{front}  ---\n\n  Words.\n"
        )
    };
    let labels = |front: &str| -> Vec<String> {
        complete(&task(front).replace(" - ", "-")).2.items.into_iter().map(|it| it.label).collect()
    };
    assert_eq!(labels("  status: To Do\n  $0\n"), ["dependencies", "parent_task_id"]);
    assert_eq!(labels("  status: To Do\n  dependencies: []\n  pa$0\n"), ["parent_task_id"]);
    assert_eq!(labels("  status: To Do\n  parent: task-2\n  $0\n"), ["dependencies"]);
    assert_eq!(labels("  st$0\n"), ["status"]);
}

#[test]
fn in_every_profile_accepting_a_field_a_link_or_a_task_finds_nothing_new() {
    let mut accepted_items = BTreeMap::<_, usize>::new();
    for (profile, analysis) in silent_examples() {
        let was = findings_by_rule(&analysis);
        for (doc, document) in analysis.index.docs.iter().enumerate() {
            for (at, insert) in typed_places(&analysis, doc) {
                let path = document.path.as_str();
                let text = document.text.replaced(at..at, insert);
                let typed = analysis.with_text(&FilePath::new(path), text);
                for item in completions(&typed, path, at + insert.len(), AT).items {
                    if item.kind == CompletionKind::Status {
                        continue;
                    }
                    let after = accepted(&typed, path, &item);
                    let mut new = new_findings(&was, &after);
                    // Who is under way and waits for what is not finished is told so.
                    let is_task = item.kind == CompletionKind::Task;
                    new.retain(|rule| !is_task || *rule != "unmet-dependency");
                    assert!(new.is_empty(), "{profile} {path} {at} {}: {new:?}", item.label);
                    *accepted_items.entry(format!("{profile} {:?}", item.kind)).or_default() += 1;
                }
            }
        }
    }
    for (kind, least) in [("Field", 50), ("File", 50), ("Task", 1)] {
        let of_kind = accepted_items.iter().filter(|(name, _)| name.ends_with(kind));
        let n: usize = of_kind.map(|(_, n)| n).sum();
        assert!(n >= least, "{n} of {kind} were accepted: {accepted_items:#?}");
    }
}

/// Where something is typed in a document, and what.
fn typed_places(analysis: &crate::Analysis, doc: usize) -> Vec<(usize, &'static str)> {
    let document = &analysis.index.docs[doc];
    let facts = &document.facts;
    let line_end = |at: u32| {
        let range = document.lines.line_range(document.lines.line_col(at as usize).line);
        range.start as usize + document.text.copy(range.bytes()).trim_end().len()
    };
    let mut places = Vec::new();
    for (entity, it) in facts.entities.iter().enumerate() {
        let place = Place { doc, entity };
        let is_record = document.text.copy(it.range.bytes()).starts_with('{');
        match document.role().format {
            Format::Json if is_record => places.push((it.range.start as usize + 1, "\"")),
            Format::Markdown if it.kind != EntityKind::Item => {
                let fields = facts.fields_of(entity).map(|it| it.line.end);
                let said = facts.occurrences_of(entity).map(|it| it.line.end);
                let is_list = |it: &&Field| it.role == FieldRole::Dependencies;
                let lists = facts.fields_of(entity).filter(is_list);
                places.extend(lists.map(|it| (it.value.end as usize, ", ")));
                let ends = fields.chain(said).chain([it.name.end]).map(line_end);
                // With something behind them, dashes are no end of front matter.
                for end in ends.filter(|end| *end > 3).collect::<BTreeSet<_>>() {
                    places.extend([(end, "\n- **"), (end, "\n- "), (end, "\n"), (end, " [see](")]);
                }
                if analysis.index.is_document(place) && document.text.starts_with("---\n") {
                    places.push((3, "\n"));
                }
            }
            _ => {}
        }
    }
    places
}

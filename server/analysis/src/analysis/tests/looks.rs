//! What a keystroke and what is asked after it look at does not grow with the workspace, and what is
//! kept for that is what looking at everything gives.

use std::fmt::Write;

use crate::features::{
    definition, document_highlight, hover, inlay_hints, references, selection_ranges,
    semantic_tokens,
};
use crate::operation::{Operation, Planner, Whose, plan_one, renamable};
use crate::task_view::row;
use crate::testing;
use crate::text::{TextRange, looks};
use crate::{Analysis, AnalysisHost, Change};
use crate::{actions, completion};

/// Every second task drifts.
fn opencode(n: usize) -> String {
    let mut list = "//- /specs/TODO.md\n  # TODO\n\n  ## Tasks\n\n".to_owned();
    let mut records = Vec::new();
    for id in 1..=n {
        let _ = write!(list, "  ### {id}. Task\n  - **Status**: [PLANNED]\n\n  Words of {id}.\n\n");
        let status = if id % 2 == 0 { "planned" } else { "researched" };
        records.push(format!(
            r#"    {{ "project_number": {id}, "project_name": "task", "status": "{status}" }}"#
        ));
    }
    let records = records.join(",\n");
    format!(
        "{list}//- /specs/state.json\n  {{\n  \"active_projects\": [\n{records}\n  ],\n  \
         \"completed_projects\": []\n  }}\n"
    )
}

/// In a folder of its own for each hundred, with the same titles.
fn checklist(n: usize) -> String {
    let mut fixture = String::new();
    for id in 0..n {
        if id % 100 == 0 {
            let _ = writeln!(fixture, "//- /part{}/TODO.md\n  # To do\n", id / 100);
        }
        let _ = writeln!(fixture, "  - [ ] Write test {}\n\n    Words of {id}.\n", id % 60);
    }
    fixture
}

fn host(fixture: &str) -> AnalysisHost {
    let (analysis, _) = testing::analysis(fixture);
    let mut host = AnalysisHost::new(analysis.profile.clone(), (*analysis.config).clone());
    let docs = analysis.index.docs.iter();
    let files = docs.map(|it| (it.path.clone(), Some(it.content()))).collect();
    host.apply_change(Change { files, ..Change::default() });
    host
}

/// How many looks each thing takes, by its name.
type Looks = Vec<(&'static str, usize)>;

/// The looks of a keystroke in the middle of a file, and of what is asked then.
fn looks(fixture: &str, path: &str, id: usize, line: &str) -> Looks {
    let mut host = host(fixture);
    let mut looks = Looks::new();
    // What is made once, when somebody asks first, is made before.
    for word in ["x", "xy"] {
        let before = host.analysis();
        let _ = before.parts_other_than(&before);
        let mut now = before.clone();
        let (_, document) = before.index.document(path).expect("the file is there");
        let words = format!("Words of {id}");
        let end = document.text.find(&words).expect("there are words below it") + words.len();
        let text = format!("{}{word}{}", &document.text[..end], &document.text[end..]);
        let files = vec![(document.path.clone(), Some(text.as_str().into()))];
        let keystroke = looks::count(|| {
            host.apply_change(Change { files, ..Change::default() });
            now = host.analysis();
            let _ = now.parts_other_than(&before);
        });
        looks = asked(&now, path, line);
        looks.push(("keystroke", keystroke));
        let publish = looks::count(|| {
            for part in now.parts_other_than(&before).expect("little has changed") {
                drop(now.diagnostics_of(part));
            }
            drop(now.diagnostics_of_none());
        });
        looks.push(("publish", publish));
        let rows = looks::count(|| {
            let ids = now.tasks_other_than(&before).expect("little has changed");
            assert!(ids.len() < 8, "{ids:?}");
            // That lists show the same must be found out of each.
            for task in ids.iter().chain(now.index.tasks.keys().next()) {
                let task = now.index.tasks.get(task).expect("it is there");
                let _ = row::row(&now, task);
            }
        });
        looks.push(("rows", rows));
    }
    looks
}

/// The looks of what is asked about the task on a line, and about the lines around it.
fn asked(now: &Analysis, path: &str, line: &str) -> Looks {
    let (_, document) = now.index.document(path).expect("the file is there");
    // What is asked must not find the whole text made already.
    let text: String = document.text.parts().collect();
    let at = text.find(line).expect("the line is there");
    let entity = document.entity_at(at).expect("a task is there");
    let said = document.facts.occurrences_of(entity).next().expect("it has a status");
    let status = said.reading.range.end as usize;
    let (here, near) = (TextRange::new(at, at), TextRange::new(at, at + 200));
    let count = |name, ask: &dyn Fn() -> bool| {
        let looks = looks::count(|| assert!(ask(), "{name} is answered"));
        (name, looks)
    };
    let link = |_: &_, _| String::new();
    vec![
        count("hover", &|| hover::hover(now, path, at, &link, &|_| None).is_some()),
        count("actions", &|| !actions::offers(now, path, here).is_empty()),
        count("definition", &|| definition::definition(now, path, at).is_some()),
        count("declaration", &|| definition::declaration(now, path, at).is_some()),
        count("references", &|| !references::references(now, path, at, true).is_empty()),
        count("highlight", &|| !document_highlight::document_highlight(now, path, at).is_empty()),
        count("selection", &|| selection_ranges::selection_ranges(now, path, at).len() > 2),
        count("hints", &|| inlay_hints::inlay_hints(now, path, near).len() < 99),
        count("tokens", &|| semantic_tokens::semantic_tokens(now, path, near).len() < 99),
        count("completion", &|| {
            !completion::completions(now, path, status, testing::AT).items.is_empty()
        }),
    ]
}

#[track_caller]
fn check(small: &Looks, large: &Looks) {
    for ((name, small), (_, large)) in small.iter().zip(large) {
        assert!(*small > 0, "{name} looks at something");
        assert!(*large <= small + small / 2 + 32, "{name}: {small} looks became {large}");
    }
}

#[test]
fn a_keystroke_in_a_large_list_looks_at_what_it_touches() {
    let looks = |n| looks(&opencode(n), "specs/TODO.md", 101, "101. Task");
    check(&looks(200), &looks(2000));
}

#[test]
fn a_keystroke_where_ids_hold_in_one_file_looks_at_what_it_touches() {
    let looks = |n| looks(&checklist(n), "part0/TODO.md", 7, "Write test 7");
    check(&looks(200), &looks(2000));
}

#[test]
fn another_title_in_a_large_list_looks_at_what_it_touches() {
    let looks = |n| {
        let now = host(&opencode(n)).analysis();
        let rename = || {
            let (_, document) = now.index.document("specs/TODO.md").expect("the file is there");
            let at = document.text.find("101. Task").expect("the line is there") + 6;
            let found = renamable(&now, "specs/TODO.md", at).expect("its title stands here");
            let (whose, to) = (Whose::Place(found.place), found.to("Another"));
            let rename = Operation::Rename { whose, to };
            let planned = plan_one(&now, &rename, testing::AT, Planner::STILL);
            assert_eq!(planned.expect("it is certain").0.edits.len(), 1);
        };
        // What is made once, when somebody asks first, is made before.
        rename();
        vec![("rename", looks::count(rename))]
    };
    check(&looks(200), &looks(2000));
}

/// The state of a fixture, and after one text in it has become another.
fn after(fixture: &str, path: &str, (from, to): (&str, &str)) -> (Analysis, Analysis) {
    let mut host = host(fixture);
    let before = host.analysis();
    // What is kept is made by who asks first.
    before.index.tasks.keys().for_each(|id| drop(before.name_of(id)));
    let _ = before.diagnostics();
    let (_, document) = before.index.document(path).expect("the file is there");
    let text = document.text.replacen(from, to, 1);
    let files = vec![(document.path.clone(), Some(text.as_str().into()))];
    host.apply_change(Change { files, ..Change::default() });
    (before, host.analysis())
}

#[test]
fn what_is_fixable_beside_a_finding_that_is_mended_stays_known() {
    let fixture = opencode(3).replace("\"planned\"", "\"researched\"");
    let mended = ("[PLANNED]", "[RESEARCHED]");
    let (before, now) = after(&fixture, "specs/TODO.md", mended);
    let (doc, _) = now.index.document("specs/TODO.md").expect("the file is there");
    let n_fixable = |analysis: &Analysis| analysis.fixable(doc, "drift").count();
    assert_eq!((n_fixable(&before), n_fixable(&now)), (3, 2));
}

#[test]
fn names_that_tasks_share_follow_their_titles() {
    let fixture = "//- /TODO.md\n  - [ ] Foo\n  - [ ] Foo\n";
    let (before, now) = after(fixture, "TODO.md", ("Foo\n- [ ] Foo", "Foo\n- [ ] Foo 2"));
    let names = |analysis: &Analysis| -> Vec<String> {
        analysis.index.tasks.keys().map(|id| analysis.name_of(id)).collect()
    };
    assert_eq!(names(&before), ["TODO.md:1#foo", "TODO.md:2#foo"]);
    assert_eq!(names(&now), ["foo", "foo-2"]);
}

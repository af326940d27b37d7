//! What is offered, and that accepting it changes everything that goes with it.

mod fields;
mod links;

use expect_test::{Expect, expect};

use super::{Completion, Completions, completions};
use crate::analysis::Analysis;
use crate::change::Subject;
use crate::index::Place;
use crate::operation::{Operation, Plan, Planner, Whose, Wish, plan_with};
use crate::profile::config;
use crate::rules::ids;
use crate::snapshot::Snapshot;
use crate::testing::{
    AT, OF_WORK, analysis, at_cursor, examples, findings_by_rule, new_findings, silent_examples,
};
use crate::text::TextRange;
use crate::text::text_edit::TextEdits;

fn complete(fixture: &str) -> (Analysis, String, Completions) {
    let (analysis, path, offset) = at_cursor(fixture);
    let found = completions(&analysis, &path, offset, AT);
    (analysis, path, found)
}

#[track_caller]
fn check(fixture: &str, expect: Expect) {
    let (analysis, path, found) = complete(fixture);
    let told = found.items.iter().map(|item| {
        let typed = analysis.source(&path).map(|(text, _)| item.edit.range.of(text).to_owned());
        let rest = item.rest.as_ref().map(|rest| format!(" + set {} {}", rest.task, rest.status));
        format!(
            "{} for {:?} ({}) and {} edits{}\n",
            item.label,
            typed.unwrap_or_default(),
            item.detail,
            item.others.len(),
            rest.unwrap_or_default(),
        )
    });
    expect.assert_eq(&told.collect::<String>());
}

/// The workspace after an item is accepted, and what is left is done.
fn accepted(analysis: &Analysis, path: &str, item: &Completion) -> Analysis {
    let (_, document) = analysis.index.document(path).expect("the file is there");
    let edits = item.others.iter().cloned().chain([item.edit.clone()]).collect();
    let text = TextEdits::new(edits).expect("the edits do not overlap").apply(&document.text);
    let texts = [(document.path.clone(), Some(text.into()))].into();
    finished(analysis.with_texts(&texts), item)
}

/// What is left once an item is edited in is done.
fn finished(edited: Analysis, item: &Completion) -> Analysis {
    let Some(rest) = &item.rest else { return edited };
    let whose = match &rest.phase {
        Some(phase) => Whose::Phase(&rest.task, phase),
        None => Whose::Task(&rest.task),
    };
    let wish = Wish { status: &rest.status, to_fill_in: rest.to_fill_in, ..Wish::default() };
    planned(&edited, whose, wish).expect("what is left can be done").after
}

fn planned(analysis: &Analysis, whose: Whose<'_>, wish: Wish<'_>) -> Option<Plan> {
    let operation = Operation::Set { whose: vec![whose], wish, atomic: false };
    let plan = plan_with(analysis, &operation, AT, Planner::STILL).ok()?;
    plan.results.iter().all(|it| it.refusal().is_none()).then_some(plan)
}

fn texts(snapshot: &Snapshot) -> Vec<(String, String)> {
    let docs = snapshot.index.docs.iter();
    docs.map(|it| (it.path.to_string(), it.text.to_string())).collect()
}

/// The plan of setting the status of what stands at a place.
fn set_at(analysis: &Analysis, place: Place, status: &str) -> Option<Plan> {
    let wish = Wish { status, to_fill_in: true, ..Wish::default() };
    match Subject::at(analysis, place) {
        Subject::Task(id) => planned(analysis, Whose::Task(&analysis.name_of(&id)), wish),
        Subject::Phase(id, number) => {
            planned(analysis, Whose::Phase(&analysis.name_of(&id), &number), wish)
        }
        Subject::Place(place) => planned(analysis, Whose::Place(place), wish),
    }
}

const LOGIN: &str = r#"
//- /specs/TODO.md
  # TODO

  ### 7. Add login
  - **Status**: [PLANNED]
  - **Dependencies**: 8

  ### 8. Add logout
  - **Status**: [RESEARCHED]
//- /specs/state.json
  { "active_projects": [
    { "project_number": 7, "project_name": "add_login", "status": "planned" },
    { "project_number": 8, "project_name": "add_logout", "status": "researched" }
  ] }
"#;

/// The fixture where an editor has something else in `TODO.md` than there is on disk.
fn typed(from: &str, to: &str) -> String {
    let now = LOGIN.replacen(from, to, 1);
    assert_ne!(now, LOGIN);
    let (todo, rest) = now.split_once("//- /specs/state.json").expect("two files");
    let overlay = todo.replace("//- /specs/TODO.md", "//- /specs/TODO.md overlay");
    let (disk, _) = LOGIN.split_once("//- /specs/state.json").expect("two files");
    format!("{disk}{overlay}//- /specs/state.json{rest}")
}

#[test]
fn what_is_typed_of_a_status_becomes_one_that_may_follow_the_saved_one() {
    for to in ["[IM$0", "[$0", "[$0]", "[I$0]", "$0", "imp$0"] {
        let (analysis, path, found) = complete(&typed("[PLANNED]", to));
        let labels: Vec<&str> = found.items.iter().map(|item| item.label.as_str()).collect();
        // What begins with the letters that are typed comes first.
        let expected = match to.to_lowercase().contains('i') {
            true => ["[IMPLEMENTING]", "[REVISING]", "[BLOCKED]", "[PLANNED]"],
            false => ["[REVISING]", "[IMPLEMENTING]", "[BLOCKED]", "[PLANNED]"],
        };
        assert_eq!(labels, expected, "{to}");
        let item = found.items.iter().find(|it| it.label == "[IMPLEMENTING]").expect("it is there");
        let after = accepted(&analysis, &path, item);
        let (before, _) = crate::testing::analysis(LOGIN);
        let wish = Wish { status: "implementing", ..Wish::default() };
        let plan = planned(&before, Whose::Task("7"), wish).expect("it is allowed");
        assert_eq!(texts(&after), texts(&plan.after), "{to}");
    }
}

#[test]
fn each_status_says_what_else_it_changes() {
    check(
        &LOGIN.replacen("[PLANNED]", "[PLA$0NNED]", 1),
        expect![[r#"
            [REVISING] for "[PLANNED]" (changes specs/state.json) and 0 edits + set 7 revising
            [IMPLEMENTING] for "[PLANNED]" (changes specs/state.json) and 0 edits + set 7 implementing
            [BLOCKED] for "[PLANNED]" (changes specs/state.json) and 1 edits + set 7 blocked
            [PLANNED] for "[PLA" (as it is) and 0 edits
        "#]],
    );
    check(
        &LOGIN.replacen("\"planned\"", "\"pla$0nned\"", 1),
        expect![[r#"
            "revising" for "\"planned\"" (changes specs/TODO.md) and 0 edits + set 7 revising
            "implementing" for "\"planned\"" (changes specs/TODO.md) and 0 edits + set 7 implementing
            "blocked" for "\"planned\"" (changes specs/TODO.md) and 0 edits + set 7 blocked
            "planned" for "\"pla" (as it is) and 0 edits
        "#]],
    );
}

#[test]
fn in_every_place_of_every_profile_accepting_a_status_is_setting_it() {
    let mut accepted_items = 0;
    for (profile, analysis) in examples() {
        let index = &analysis.index;
        let docs = index.docs.iter().enumerate();
        let places = docs.flat_map(|(doc, document)| {
            let said = document.facts.occurrences.iter();
            said.map(move |it| (Place { doc, entity: it.entity }, it.reading.range))
        });
        for (place, range) in places {
            let path = index.docs[place.doc].path.as_str();
            for item in completions(&analysis, path, range.end as usize, AT).items {
                let after = accepted(&analysis, path, &item);
                let what = format!("{profile}: {path} {range:?}: {}", item.label);
                if item.detail == "as it is" {
                    assert_eq!(texts(&after), texts(&analysis), "{what}");
                    continue;
                }
                // A box says the same for several statuses.
                let mut statuses = index.vocabulary_at(place).iter();
                let is_set = statuses.any(|(_, def)| {
                    let plan = set_at(&analysis, place, &def.id);
                    plan.is_some_and(|plan| texts(&plan.after) == texts(&after))
                });
                assert!(is_set, "{what} gives {:#?}", texts(&after));
                accepted_items += 1;
            }
        }
    }
    assert!(accepted_items > 50, "{accepted_items} were accepted");
}

/// The workspace after a client accepts an item that only replaces what is before the cursor.
fn accepted_narrowly(analysis: &Analysis, path: &str, item: Completion, at: usize) -> Analysis {
    assert!(item.edit.range.end as usize <= at && !item.edit.insert.contains('\n'), "{item:?}");
    let (_, document) = analysis.index.document(path).expect("the file is there");
    let mut text = document.text.to_string();
    text.replace_range(item.edit.range.start as usize..at, &item.edit.insert);
    let longer = item.edit.insert.len() as i64 - (at as i64 - i64::from(item.edit.range.start));
    let line_end = document.text.to_string()[at..].find('\n').map_or(text.len(), |end| at + end);
    // Such a client knows places by line and column as they were before.
    let moved = |at: u32| match at as usize > line_end {
        true => (i64::from(at) + longer) as u32,
        false => at,
    };
    let others = item.others.iter().cloned().map(|mut edit| {
        edit.range = TextRange { start: moved(edit.range.start), end: moved(edit.range.end) };
        edit
    });
    let text = TextEdits::new(others.collect()).expect("no overlap").apply(&text);
    let edited = analysis.with_texts(&[(document.path.clone(), Some(text.into()))].into());
    finished(edited, &item)
}

#[test]
fn in_every_place_of_every_profile_a_client_that_keeps_what_is_behind_the_cursor_gets_the_same() {
    let mut accepted_items = 0;
    for (profile, analysis) in examples() {
        for document in analysis.index.docs.iter() {
            let path = document.path.as_str();
            for occurrence in document.facts.occurrences.iter() {
                let range = occurrence.reading.range;
                let text = range.of(&document.text);
                let first = text.chars().next().map_or(0, char::len_utf8);
                for at in [0, first].map(|it| range.start as usize + it) {
                    for item in completions(&analysis, path, at, AT).items {
                        let what = format!("{profile} {path} {range:?} at {at}: {}", item.label);
                        let wanted = accepted(&analysis, path, &item);
                        let Some(item) = item.narrowed() else {
                            // There is no status that a command could begin from.
                            assert!(occurrence.reading.status.is_none(), "{what} is not offered");
                            continue;
                        };
                        let after = accepted_narrowly(&analysis, path, item, at);
                        assert_eq!(texts(&after), texts(&wanted), "{what}");
                        accepted_items += 1;
                    }
                }
            }
        }
    }
    assert!(accepted_items > 50, "{accepted_items} were accepted");
}

#[test]
fn what_is_behind_the_cursor_is_not_written_again() {
    for (to, edit) in
        [("[IM$0]", "[IMPLEMENTING"), ("[$0]", "[IMPLEMENTING"), ("[IM$0", "[IMPLEMENTING]")]
    {
        let (_, _, found) = complete(&typed("[PLANNED]", to));
        let item = found.items.into_iter().find(|it| it.label == "[IMPLEMENTING]");
        assert_eq!(item.expect("it may follow").edit.insert, edit, "{to}");
    }
}

#[test]
fn in_every_profile_accepting_a_status_finds_nothing_new_but_what_is_left_to_do() {
    for (profile, analysis) in silent_examples() {
        let was = findings_by_rule(&analysis);
        for document in analysis.index.docs.iter() {
            let path = document.path.as_str();
            for occurrence in document.facts.occurrences.iter() {
                let at = occurrence.reading.range.start as usize;
                for item in completions(&analysis, path, at, AT).items {
                    let after = accepted(&analysis, path, &item);
                    let mut new = new_findings(&was, &after);
                    // A reason is left to be filled in.
                    let fills_in = item.rest.as_ref().is_some_and(|rest| rest.to_fill_in);
                    let is_left = |rule: &str| {
                        OF_WORK.contains(&rule) || fills_in && rule == "missing-reason"
                    };
                    new.retain(|rule| !is_left(rule));
                    assert!(new.is_empty(), "{profile} {path} {}: {new:?}", item.label);
                }
            }
        }
    }
}

#[test]
fn a_new_box_gets_a_mark_and_a_new_entry_a_status() {
    check(
        "//- /PLAN.md\n  - [ ] One\n  - [$0 Two\n",
        expect![[r#"
            [ ] for "[" (open) and 0 edits
            [/] for "[" (active) and 0 edits
            [!] for "[" (waiting) and 0 edits
            [x] for "[" (done) and 0 edits
            [-] for "[" (dropped) and 0 edits
        "#]],
    );
    let new = LOGIN.replace(
        "  ### 8. Add logout\n  - **Status**: [RESEARCHED]",
        "  ### 9. Reset\n  - **Status**: [$0",
    );
    check(
        &new,
        expect![[r#"
            [NOT STARTED] for "[" (open) and 0 edits
            [RESEARCHING] for "[" (active) and 0 edits
            [RESEARCHED] for "[" (open) and 0 edits
            [PLANNING] for "[" (active) and 0 edits
            [PLANNED] for "[" (open) and 0 edits
            [REVISING] for "[" (active) and 0 edits
            [REVISED] for "[" (open) and 0 edits
            [IMPLEMENTING] for "[" (active) and 0 edits
            [PR READY] for "[" (active) and 0 edits
            [PARTIAL] for "[" (active) and 0 edits
            [COMPLETED] for "[" (done) and 0 edits
            [BLOCKED] for "[" (waiting) and 0 edits
            [ABANDONED] for "[" (dropped) and 0 edits
            [EXPANDED] for "[" (waiting) and 0 edits
        "#]],
    );
}

#[test]
fn in_prose_in_history_and_in_other_fields_nothing_is_offered() {
    for (from, to) in [
        ("# TODO", "# TODO\n\n  See [the $0plan"),
        ("# TODO", "# TODO $0"),
        ("[PLANNED]", "[PLANNED]\n  - **Effort**: [$0"),
    ] {
        check(&LOGIN.replacen(from, to, 1), expect![[""]]);
    }
    let archive = "//- /specs/archive/TODO.md\n  ### 7. Add login\n  - **Status**: [COMP$0LETED]\n";
    check(
        &format!("{archive}//- /specs/state.json\n  {{ \"active_projects\": [] }}\n"),
        expect![[""]],
    );
}

#[test]
fn tasks_are_offered_where_a_task_says_what_it_depends_on() {
    check(
        &LOGIN.replacen("**Dependencies**: 8", "**Dependencies**: $0", 1),
        expect![[r#"
        8 for "" (Add logout (researched)) and 0 edits
    "#]],
    );
    check(&LOGIN.replacen("**Dependencies**: 8", "**Dependencies**: 8, $0", 1), expect![[""]]);
    check(
        &LOGIN.replacen("**Dependencies**: 8", "**Dependencies**: logo$0", 1),
        expect![[r#"
        8 for "logo" (Add logout (researched)) and 0 edits
    "#]],
    );
    let record = LOGIN.replace("\"add_login\",", "\"add_login\", \"dependencies\": [$0],");
    check(
        &record,
        expect![[r#"
        8 for "" (Add logout (researched)) and 0 edits
    "#]],
    );
}

#[test]
fn rules_are_offered_in_comments_that_allow_findings() {
    let (_, _, found) =
        complete(&LOGIN.replacen("# TODO", "# TODO\n  <!-- lockstep: allow dr$0 -->", 1));
    assert_eq!(found.items.len(), ids().len());
    assert!(found.items.iter().any(|item| item.label == "drift" && item.edit.range.len() == 2));
    let (_, _, found) =
        complete(&LOGIN.replacen("# TODO", "# TODO\n  <!-- lockstep: allow drift, $0", 1));
    assert!(found.items.iter().all(|item| item.label != "drift") && !found.items.is_empty());
    let (_, _, found) = complete(&LOGIN.replacen("# TODO", "# TODO\n  <!-- lockstep: $0", 1));
    assert!(found.items.is_empty());
}

/// What is inserted at a cursor in `lockstep.toml`, beside a workspace.
fn configured(text: &str) -> Vec<String> {
    configuration(text).into_iter().map(|item| item.edit.insert).collect()
}

/// What is offered there.
fn configuration(text: &str) -> Vec<Completion> {
    let offset = text.find("$0").expect("a cursor");
    let text = text.replacen("$0", "", 1);
    let (analysis, _) = analysis(LOGIN);
    let mut host = crate::AnalysisHost::new(analysis.profile.clone(), config::parse(&text, &ids()));
    completions(&host.analysis(), "lockstep.toml", offset, AT).items
}

#[test]
fn keys_and_values_of_the_configuration_are_offered() {
    let has = |text: &str, item: &str| {
        let found = configured(text);
        assert!(found.iter().any(|it| it == item), "{text}: {found:?}");
    };
    has("comm$0", "commit = ");
    has("commit = $0", "\"disk\"");
    has("commit = \"$0\"", "disk");
    has("profile = \"op$0\"", "opencode");
    has("[ru$0", "rules");
    has("[rules]\ndr$0", "drift = ");
    has("[rules]\ndrift = \"$0\"", "error");
    has("[[allow]]\nrule = \"$0\"", "drift");
    has("[worktrees]\nmode = $0", "\"mirror\"");
    has("[[detect]]\n$0", "files = ");
    assert!(!configured("commit = \"disk\"\n$0").contains(&"commit = ".to_owned()));
    assert!(configured("# comm$0").is_empty());
}

#[test]
fn in_the_configuration_what_begins_with_the_typed_letters_comes_first() {
    let first = configured("[rules]\nunk$0");
    assert_eq!(first[..2], ["unknown-status = ", "unknown-dependency = "], "{first:?}");
}

#[test]
fn in_the_configuration_a_client_that_keeps_what_is_behind_the_cursor_gets_the_same() {
    for (text, insert) in [
        ("[rules]\ndr$0ift = \"off\"", "dr"),
        ("[rules]\ndrift = \"o$0ff\"", "o"),
        ("com$0mit = \"disk\"", "com"),
    ] {
        let items = configuration(text);
        let at = text.find("$0").expect("a cursor") as u32;
        let narrow: Vec<Completion> = items.into_iter().filter_map(Completion::narrowed).collect();
        assert!(narrow.iter().any(|it| it.edit.insert == insert), "{text}: no {insert}");
        assert!(narrow.iter().all(|it| it.edit.range.end <= at), "{text}");
    }
}

/// The files of an editor that has deleted what stood between brackets.
fn erased(files: &str) -> String {
    let (disk, now) = (files.replace(['«', '»'], ""), {
        let (head, rest) = files.split_once('«').expect("a begin");
        let (_, tail) = rest.split_once('»').expect("an end");
        format!("{head}$0{tail}")
    });
    let edited =
        |text: &str| -> Vec<String> { text.split("//- ").skip(1).map(str::to_owned).collect() };
    let own = edited(&now).into_iter().find(|file| file.contains("$0")).expect("a file");
    let (path, text) = own.split_once('\n').expect("a path");
    format!("{disk}//- {path} overlay\n{text}")
}

#[test]
fn where_a_status_was_deleted_those_are_offered_that_may_follow_it() {
    let story = "//- /docs/1-2-log-in.md\n  # Story 1.2: Log in\n\n  Status:{}\n";
    let list = "//- /docs/sprint-status.yaml\n  development_status:\n    epic-1: in-progress\n    1-2-log-in:{}\n";
    let (story_of, list_of) =
        (|said: &str| story.replace("{}", said), |said: &str| list.replace("{}", said));
    let road = "//- /.planning/ROADMAP.md\n  - [ ] **Phase 1: Log in**\n\n  | Phase | Status |\n  |---|---|\n  | 1. Log in | «Not started» |\n";
    let tasks = "//- /process/tasks.md\n  - «[ ]» Sync them [#7](tasks/007-sync.md)\n//- /process/tasks/007-sync.md\n  # Sync them\n\n  ## Status\n\n  TODO\n";
    for files in [
        format!("{}{}", list_of(" review"), story_of(" «review»")),
        format!("{}{}", list_of(" review"), story_of("« review»")),
        format!("{}{}", list_of(" «review»"), story_of(" review")),
        road.to_owned(),
        tasks.replace("«[ ]»", "[« ]»"),
        tasks.replace("«[ ]»", "[« »]"),
        tasks.to_owned(),
    ] {
        let fixture = erased(&files);
        let (analysis, path, found) = complete(&fixture);
        let (was, _) = crate::testing::analysis(&files.replace(['«', '»'], ""));
        let before = findings_by_rule(&was);
        assert!(!found.items.is_empty(), "{fixture}");
        for item in &found.items {
            let after = accepted(&analysis, &path, item);
            let mut new = new_findings(&before, &after);
            new.retain(|rule| *rule != "stale-rollup");
            assert!(new.is_empty(), "{fixture}{}: {new:?}", item.label);
            assert!(!item.label.starts_with(' '), "{fixture}{:?}", item.label);
        }
    }
}

#[test]
fn what_waits_for_a_task_is_not_offered_as_what_it_waits_for() {
    let own = "[RESEARCHED]\n  - **Dependencies**: $0\n";
    check(&LOGIN.replacen("[RESEARCHED]\n", own, 1), expect![[""]]);
    let apart = LOGIN.replacen("  - **Dependencies**: 8\n", "", 1);
    check(
        &apart.replacen("[RESEARCHED]\n", own, 1),
        expect![[r#"
        7 for "" (Add login (planned)) and 0 edits
    "#]],
    );
}

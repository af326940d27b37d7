//! `lockstep set`, `fix`, `undo`, `log` and `recover`: what is written, told and refused.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::support::Place;

const TODO: &str = "specs/TODO.md";
const FILES: [&str; 4] = [
    TODO,
    "specs/state.json",
    "specs/007_login/state.json",
    "specs/007_login/plans/implementation-001.md",
];

/// One task in four files that agree.
fn place() -> Place {
    Place::new(&[
        (
            TODO,
            "# Tasks\n\n### 7. Login\n- **Status**: [PLANNED]\n\n### 8. Docs\n- **Status**: [NOT STARTED]\n",
        ),
        (
            FILES[1],
            "{\n  \"active_projects\": [\n    { \"project_number\": 7, \"project_name\": \"login\", \"status\": \"planned\" },\n    { \"project_number\": 8, \"project_name\": \"docs\", \"status\": \"not_started\" }\n  ]\n}\n",
        ),
        (FILES[2], "{\n  \"project_number\": 7,\n  \"status\": \"planned\"\n}\n"),
        (FILES[3], "# Plan\n- **Status**: [NOT STARTED]\n\n### Phase 1: Form [NOT STARTED]\n"),
    ])
}

fn outcomes(report: &Value) -> Vec<&str> {
    let results = report["results"].as_array().expect("results");
    results.iter().map(|result| result["outcome"].as_str().expect("an outcome")).collect()
}

/// The status of task 7 in each place, by `list`.
fn statuses(place: &Place) -> Vec<String> {
    let list = place.json(&["list", "--format", "json"]);
    let task = &list["tasks"][0];
    assert_eq!(task["id"], "7");
    let places = task["occurrences"].as_array().expect("places");
    places.iter().map(|o| o["status"].as_str().expect("a status").to_owned()).collect()
}

#[test]
fn options_may_stand_anywhere_and_a_status_alone_is_too_little() {
    let place = place();
    let report = place.json(&["set", "7", "--phase", "1", "in_progress", "--format", "json"]);
    assert_eq!(outcomes(&report), ["applied"]);
    assert!(place.read(FILES[3]).contains("### Phase 1: Form [IN PROGRESS]"));
    let answer = place.run(&["set", "7", "completed", "--phase", "1"]);
    assert!(answer.out.starts_with("7 phase 1  in_progress -> completed  "), "{}", answer.out);
    let answer = place.run(&["set", "7"]);
    assert_eq!(answer.exit, 2);
    assert!(answer.err.contains("a task and a status are required"), "{}", answer.err);
}

#[test]
fn a_status_is_set_in_every_file_and_taken_back() {
    let place = place();
    let before: Vec<String> = FILES.iter().map(|path| place.read(path)).collect();
    let report = place.json(&["set", "7", "implementing", "--format", "json"]);
    assert_eq!(report["schema"], 1);
    assert_eq!(outcomes(&report), ["applied"]);
    assert_eq!(report["results"][0]["from"], "planned");
    assert_eq!(report["results"][0]["to"], "implementing");
    assert_eq!(report["results"][0]["files"].as_array().map(Vec::len), Some(4));
    let id = report["transaction"].as_str().expect("a transaction").to_owned();
    assert_eq!(statuses(&place), ["implementing", "implementing", "implementing", "in_progress"]);
    assert!(place.read(TODO).contains("- **Status**: [IMPLEMENTING]\n- **Started**: 20"));
    assert_eq!(place.run(&["check"]).exit, 0);
    assert!(!place.run(&["doctor"]).out.contains("not probed"));

    let log = place.json(&["log", "--format", "json"]);
    assert_eq!(log["operations"][0]["id"], id.as_str());
    assert_eq!(log["operations"][0]["what"]["tasks"], serde_json::json!(["7"]));

    let undone = place.json(&["undo", "--format", "json"]);
    assert_eq!(undone["reversed"], id.as_str());
    let after: Vec<String> = FILES.iter().map(|path| place.read(path)).collect();
    assert_eq!(after, before);
    let again = place.run(&["undo"]);
    assert_eq!(again.exit, 1, "{again:?}");
    assert!(again.err.contains("nothing to undo"), "{}", again.err);
}

#[test]
fn a_status_that_comes_back_has_the_line_that_its_author_wrote() {
    let list = "# To do\n\n- [x] Bind it\n- [X] Draw the form (completed 2026-01-02)\n";
    let plan = "# Search\r\n\r\n**Status:** 🔄 in progress (half of it since May)\r\n";
    let place = Place::new(&[("TODO.md", list), ("docs/plans/search.md", plan)]);
    assert_eq!(place.run(&["set", "draw-the-form", "todo"]).exit, 0);
    assert!(place.read("TODO.md").contains("- [ ] Draw the form"), "{}", place.read("TODO.md"));
    let refused = place.run(&["set", "search", "done"]);
    assert!(refused.out.contains("may belong to its old status"), "{}", refused.out);
    let forced = ["set", "search", "done", "--force", "--reason", "why"];
    assert_eq!(place.run(&forced).exit, 0);
    assert!(place.read("docs/plans/search.md").contains("done"));
    // The dry run says what is done.
    let dry = place.run(&["set", "draw-the-form", "done", "--dry-run"]);
    assert!(dry.out.contains("+- [X] Draw the form (completed 2026-01-02)"), "{}", dry.out);
    assert_eq!(place.run(&["set", "draw-the-form", "done"]).exit, 0);
    assert_eq!(place.run(&["set", "search", "in_progress"]).exit, 0);
    assert_eq!(
        (place.read("TODO.md"), place.read("docs/plans/search.md")),
        (list.into(), plan.into())
    );
    // Not once somebody has written the line anew.
    assert_eq!(place.run(&["set", "draw-the-form", "todo"]).exit, 0);
    let anew = list.replace("[X] Draw the form (completed 2026-01-02)", "[ ] Draw the form!");
    place.write("TODO.md", anew.as_bytes());
    assert_eq!(place.run(&["set", "draw-the-form", "done"]).exit, 0);
    assert!(place.read("TODO.md").contains("- [x] Draw the form!"), "{}", place.read("TODO.md"));
}

#[test]
fn what_is_so_already_leaves_no_trace() {
    let place = place();
    let before = place.tree();
    for arguments in [
        &["set", "7", "PLANNED"][..],
        &["set", "7", "implementing", "--dry-run"],
        &["set", "7", "completed"],
        &["set", "99", "planned"],
        &["set", "7", "implementing", "--from", "researched"],
        &["set", "7", "blocked"],
        &["fix", "--dry-run"],
        &["recover"],
        &["log"],
        &["doctor"],
    ] {
        place.run(arguments);
        assert_eq!(place.tree(), before, "{arguments:?}");
    }
}

#[test]
fn exit_codes_say_how_it_ended() {
    let place = place();
    for (arguments, exit, says) in [
        (&["set", "7", "planned"][..], 0, "unchanged"),
        (&["set", "7", "completed"], 1, "cannot change from"),
        (&["set", "99", "planned"], 1, "no task 99"),
        (&["set", "7", "blocked"], 1, "needs a reason"),
        (&["set", "7", "flying"], 2, "unknown task status `flying`"),
        (
            &["set", "7", "implementing", "--from", "researched"],
            3,
            "the status is planned, not researched",
        ),
        (&["set", "7", "flying", "--phase", "1"], 2, "unknown phase status"),
        (&["set", "7", "completed", "--phase", "9"], 1, "has no phase 9"),
        (&["set", "7", "completed", "--force"], 2, "--reason"),
        (&["undo", "abc"], 1, "no transaction abc"),
        (&["fix", "--rule", "drfit"], 2, "no rule `drfit`"),
    ] {
        let answer = place.run(arguments);
        let said = format!("{}{}", answer.out, answer.err);
        assert_eq!(answer.exit, exit, "{arguments:?}: {said}");
        assert!(said.contains(says), "{arguments:?}: {said}");
    }
}

#[test]
fn of_several_tasks_each_is_applied_or_refused_unless_all_or_none_is_asked_for() {
    let place = place();
    let tasks = ["set", "7", "8", "99", "implementing", "--format", "json"];
    let report = place.json(&[&tasks[..], &["--atomic"]].concat());
    assert_eq!(outcomes(&report), ["refused", "refused", "refused"]);
    assert_eq!(report["transaction"], Value::Null);
    assert_eq!(statuses(&place)[0], "planned");
    let report = place.json(&tasks);
    assert_eq!(outcomes(&report), ["applied", "applied", "refused"]);
    assert_eq!(statuses(&place)[0], "implementing");
    assert!(place.read(FILES[1]).matches("\"implementing\"").count() == 2);
}

#[test]
fn an_undo_leaves_what_was_edited_elsewhere_since() {
    let place = place();
    let before = place.read(TODO);
    let first = place.json(&["set", "7", "implementing", "--format", "json"]);
    place.json(&["set", "8", "blocked", "--reason", "no time", "--format", "json"]);
    let edited = place.read(TODO).replace("Login", "Log in");
    place.write(TODO, edited.as_bytes());
    let first = first["transaction"].as_str().expect("a transaction");
    let undone = place.json(&["undo", first, "--format", "json"]);
    assert_eq!(undone["reversed"], first);
    assert_eq!(statuses(&place), ["planned", "planned", "planned", "not_started"]);
    let after = place.read(TODO);
    assert!(after.contains("Log in\n- **Status**: [PLANNED]\n\n### 8. Docs\n"), "{after}");
    assert!(after.contains("[BLOCKED]"), "{after}");
    place.json(&["undo", "--format", "json"]);
    assert_eq!(place.read(TODO), before.replace("Login", "Log in"));
    assert_eq!(place.run(&["check"]).exit, 0);
}

#[test]
fn an_undo_is_refused_where_the_place_is_another_tasks_by_now() {
    let place = place();
    assert_eq!(place.run(&["set", "7", "implementing"]).exit, 0);
    let edited = place.read(TODO).replace("### 7. ", "### 77. ");
    place.write(TODO, edited.as_bytes());
    let answer = place.run(&["undo"]);
    assert_eq!(answer.exit, 3, "{answer:?}");
    assert!(answer.err.contains("it would change task 77, which transaction "), "{answer:?}");
    let names = "tried to undo set 7 implementing (transaction ";
    assert!(answer.err.contains(names), "{answer:?}");
    assert_eq!(place.read(TODO), edited);
}

#[test]
fn what_is_undone_is_not_undone_again() {
    let place = place();
    let report = place.json(&["set", "7", "implementing", "--format", "json"]);
    let id = report["transaction"].as_str().expect("a transaction");
    assert_eq!(place.run(&["undo"]).exit, 0);
    let before = place.tree();
    let again = place.run(&["undo", id]);
    assert_eq!(again.exit, 1, "{again:?}");
    assert!(again.err.contains(&format!("transaction {id} is undone already")), "{again:?}");
    assert_eq!(place.tree(), before);
}

#[test]
fn an_undo_of_an_undo_does_it_again() {
    let place = place();
    place.json(&["set", "7", "implementing", "--format", "json"]);
    let done = place.read(TODO);
    let undone = place.json(&["undo", "--format", "json"]);
    let undo = undone["transaction"].as_str().expect("a transaction");
    place.json(&["undo", undo, "--format", "json"]);
    assert_eq!(place.read(TODO), done);
    place.json(&["undo", "--format", "json"]);
    assert_eq!(statuses(&place)[0], "planned");
}

#[test]
fn an_undo_is_refused_where_something_later_stands_on_it() {
    let place = place();
    let first = place.json(&["set", "7", "implementing", "--format", "json"]);
    let later = place.json(&["set", "7", "partial", "--format", "json"]);
    let id = |report: &Value| report["transaction"].as_str().expect("an id").to_owned();
    let before = place.tree();
    let answer = place.run(&["undo", &id(&first)]);
    assert_eq!(answer.exit, 3, "{answer:?}");
    let says = format!("transaction {} by", id(&later));
    assert!(answer.err.contains(&says) && answer.err.contains("undo that first"), "{}", answer.err);
    assert_eq!(place.tree().keys().count(), before.keys().count());
    let edited = place.read(TODO).replace("[PARTIAL]", "[PARTIAL] (nearly)");
    place.write(TODO, edited.as_bytes());
    let answer = place.run(&["undo"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    let edited = place.read(TODO).replace("[IMPLEMENTING]", "[COMPLETED]");
    place.write(TODO, edited.as_bytes());
    let answer = place.run(&["undo"]);
    assert_eq!(answer.exit, 3, "{answer:?}");
    assert!(
        answer.err.contains("specs/TODO.md has changed since: it was edited"),
        "{}",
        answer.err
    );
    assert_eq!(place.read(TODO), edited);
}

#[test]
fn drift_is_mended_towards_what_is_preferred() {
    for (prefer, status) in [
        (None, "planned"),
        (Some("state.json"), "researched"),
        (Some("[RESEARCHED]"), "researched"),
    ] {
        let place = place();
        place.write(
            FILES[1],
            place.read(FILES[1]).replace("\"planned\"", "\"researched\"").as_bytes(),
        );
        let mut arguments = vec!["fix", "7", "--rule", "drift", "--yes"];
        arguments.extend(prefer.map(|_| "--prefer"));
        arguments.extend(prefer);
        let answer = place.run(&arguments);
        assert_eq!(answer.exit, 0, "{answer:?}");
        assert_eq!(statuses(&place)[..3], [status, status, status], "{prefer:?}");
    }
}

#[test]
fn what_ended_before_its_commit_is_cleared_away_by_recover() {
    let place = place();
    place.json(&["set", "7", "implementing", "--format", "json"]);
    let before = place.tree();
    place.write(".lockstep/tx/0123456789abcdef.s0", b"never committed");
    let answer = place.run(&["recover"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert!(answer.out.contains("nothing to recover"), "{answer:?}");
    let tx = place.path().join(".lockstep/tx");
    assert_eq!(std::fs::read_dir(tx).expect("the folder").count(), 0);
    assert_eq!(place.run(&["recover"]).out, "nothing to recover\n");
    for path in FILES {
        let path = place.path().join(path);
        assert_eq!(std::fs::read(&path).ok(), before[&path], "{}", path.display());
    }
}

#[test]
fn durability_can_be_less_than_full() {
    let place = place();
    place.write("lockstep.toml", b"durability = \"process\"\n");
    place.json(&["set", "7", "implementing", "--format", "json"]);
    assert_eq!(statuses(&place), ["implementing", "implementing", "implementing", "in_progress"]);
    place.write("lockstep.toml", b"durability = \"proces\"\n");
    assert!(place.run(&["check"]).out.contains("did you mean `process`?"));
}

#[test]
fn what_a_program_writes_late_to_a_file_that_was_replaced_is_told_of() {
    let place = place();
    assert_eq!(place.run(&["set", "7", "implementing"]).exit, 0);
    let is_old = |text: &[u8]| String::from_utf8_lossy(text).contains("### 7. Login");
    let of_store = |path: &PathBuf| path.components().any(|it| it.as_os_str() == ".lockstep");
    let tree = place.tree();
    let mut kept =
        tree.iter().filter(|(path, text)| of_store(path) && text.as_deref().is_some_and(is_old));
    let (slot, _) = kept.next().expect("the text before is kept");
    std::fs::write(slot, "# Written late\n").expect("it is written to");
    // What is kept stands in the folder of its minute, and this one is over.
    let minute = slot.parent().expect("a folder");
    std::fs::rename(minute, minute.with_file_name("1")).expect("it is long ago");
    let answer = place.run(&["set", "7", "partial"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert!(answer.err.contains("what it wrote is in"), "{answer:?}");
}

#[cfg(unix)]
#[test]
fn what_keeps_a_file_from_being_changed_is_told_by_a_dry_run_too() {
    type Spoil = fn(&std::path::Path) -> std::io::Result<()>;
    let spoil: [(&str, Spoil); 3] = [
        ("read-only", |root| {
            let path = root.join("specs/state.json");
            let mut rights = fs::metadata(&path)?.permissions();
            rights.set_readonly(true);
            fs::set_permissions(path, rights)
        }),
        ("hard links", |root| fs::hard_link(root.join("specs/state.json"), root.join("other"))),
        (".lockstep", |root| {
            fs::create_dir(root.join(".lockstep"))
                .and_then(|()| fs::write(root.join(".lockstep/log.jsonl"), "{}"))
        }),
    ];
    for (what, spoil) in spoil {
        let place = Place::sample();
        spoil(&place.path()).expect("it is done");
        let tree = || {
            let mut tree = place.tree();
            tree.retain(|path, _| !path.iter().any(|name| name == ".lockstep"));
            tree
        };
        let before = tree();
        for command in [&["set", "7", "completed"][..], &["fix", "7", "--yes"]] {
            let shown = place.run(&[command, &["--dry-run"]].concat());
            let done = place.run(command);
            assert_eq!((shown.exit, &shown.err), (done.exit, &done.err), "{what}: {command:?}");
            assert!(done.exit != 0 && done.err.contains(what), "{what}: {}", done.err);
        }
        assert!(tree() == before, "{what}: nothing is written");
    }
}

#[test]
fn what_was_seen_of_a_task_is_compared_by_its_rev() {
    let place = Place::sample();
    let rev = |place: &Place| {
        let seen = place.json(&["show", "9", "--format", "json"])["rev"].clone();
        seen.as_str().expect("a rev").to_owned()
    };
    let seen = rev(&place);
    let set = |expect: &str, status: &str| {
        place.json(&["set", "9", status, "--expect", expect, "--format", "json"])
    };
    let done = set(&seen, "researching");
    assert_eq!(done["results"][0]["outcome"], "applied", "{done:#}");
    assert_eq!(done["results"][0]["rev"], rev(&place), "the answer tells the new one");
    assert_ne!(rev(&place), seen);
    let late = set(&seen, "researched");
    assert_eq!(late["results"][0]["code"], "not-expected", "{late:#}");
    let reason = late["results"][0]["reason"].as_str().expect("a reason");
    assert!(reason.ends_with("; the status is researching"), "{reason}");
    assert_eq!(place.run(&["set", "9", "researched", "--expect", &seen]).exit, 3);
    assert_eq!(place.run(&["set", "9", "researched", "--expect", "no such word"]).exit, 2);
}

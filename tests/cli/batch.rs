//! `lockstep batch`, and the other names of commands.

use std::io::Write;
use std::process::Stdio;

use serde_json::Value;

use super::support::{Answer, Place};

const TODO: &str = "specs/TODO.md";

fn place() -> Place {
    Place::new(&[
        (
            TODO,
            "# Tasks\n\n### 7. Login\n- **Status**: [PLANNED]\n\n### 8. Docs\n- **Status**: [NOT STARTED]\n\n### 9. Logo\n- **Status**: [COMPLETED]\n- **Completed**: 2026-01-05\n",
        ),
        (
            "specs/state.json",
            "{\n  \"active_projects\": [\n    { \"project_number\": 7, \"status\": \"planned\" },\n    { \"project_number\": 8, \"status\": \"not_started\" },\n    { \"project_number\": 9, \"status\": \"completed\", \"completed\": \"2026-01-05\" }\n  ]\n}\n",
        ),
    ])
}

/// The binary with this on its standard input.
fn piped(place: &Place, arguments: &[&str], input: &str) -> Answer {
    let mut command = place.command(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary runs");
    let mut stdin = child.stdin.take().expect("its standard input");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    Answer {
        exit: output.status.code().expect("an exit code"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

fn outcomes(report: &Value) -> Vec<&str> {
    let results = report["results"].as_array().expect("results");
    results.iter().map(|result| result["outcome"].as_str().expect("an outcome")).collect()
}

const LIST: &str = "# of today\n7 implementing\n{\"task\": 8, \"status\": \"blocked\", \"reason\": \"no texts\"}\n7 partial\n9 planned\n9 flying\n9 completed\n";

#[test]
fn each_line_is_applied_or_refused_and_all_is_one_transaction() {
    let place = place();
    let before = place.read(TODO);
    let answer = piped(&place, &["batch", "-", "--format", "json"], LIST);
    assert_eq!((answer.exit, answer.err.as_str()), (1, ""), "some lines are refused");
    let report: Value = serde_json::from_str(&answer.out).expect("JSON");
    let expected = ["applied", "applied", "applied", "refused", "refused", "unchanged"];
    assert_eq!(outcomes(&report), expected);
    assert_eq!(report["results"][2]["from"], "implementing", "a line sees those before it");
    let unknown = &report["results"][4];
    assert_eq!(unknown["code"], "unknown-status");
    assert_eq!(unknown["reason"], "unknown task status `flying`");
    let known = unknown["remedy"].as_str().expect("a remedy");
    assert!(known.starts_with("known: not_started"), "{known}");
    let after = place.read(TODO);
    assert!(after.contains("[PARTIAL]") && after.contains("- **Blocking Reason**: no texts"));
    let log = place.run(&["log"]).out;
    assert!(log.lines().count() == 1 && log.contains("batch of 6"), "{log}");
    assert_eq!(place.run(&["undo"]).exit, 0);
    assert_eq!(place.read(TODO), before);
}

#[test]
fn all_or_none_a_dry_run_and_a_list_that_is_none_leave_no_trace() {
    let place = place();
    place.write("list.txt", LIST.as_bytes());
    place.write("good.txt", b"7 implementing\n");
    place.write("bad.txt", b"7 implementing\n8 to be done\n");
    let before = place.tree();
    for (arguments, exit, says) in [
        (&["batch", "list.txt", "--atomic"][..], 1, "--atomic changes all or none"),
        (&["batch", "good.txt", "--dry-run"], 0, "nothing written"),
        (&["batch", "bad.txt"], 2, "line 2 of the list is malformed: it has 4 words"),
        (&["batch", "gone.txt"], 2, "gone.txt cannot be read"),
    ] {
        let answer = place.run(arguments);
        let said = format!("{}{}", answer.out, answer.err);
        assert_eq!(answer.exit, exit, "{arguments:?}: {said}");
        assert!(said.contains(says), "{arguments:?}: {said}");
        assert_eq!(place.tree(), before, "{arguments:?}");
    }
}

#[test]
fn the_four_operations_are_here_under_their_names() {
    let place = place();
    let before = place.read(TODO);
    assert_eq!(place.run(&["validate"]).out, place.run(&["check"]).out);
    let sync = place.run(&["sync", "7", "implementing"]);
    assert!(sync.exit == 0 && sync.out.starts_with("7  planned -> implementing"), "{sync:?}");
    let batch = piped(&place, &["batch-sync", "-"], "8 researching\n");
    assert!(batch.exit == 0 && batch.out.starts_with("8  not_started -> researching"), "{batch:?}");
    assert_eq!(place.run(&["rollback"]).exit, 0);
    assert_eq!(place.run(&["rollback"]).exit, 0);
    assert_eq!(place.read(TODO), before);
    let help = place.run(&["--help"]).out;
    for alias in ["sync", "batch-sync", "validate", "rollback"] {
        assert!(help.contains(&format!("[alias: {alias}]")), "`{alias}` is shown: {help}");
    }
}

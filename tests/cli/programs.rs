//! What programs read: every answer and every refusal is JSON where JSON is asked for.

use serde_json::Value;

use super::support::Place;

fn place() -> Place {
    Place::new(&[
        (
            "specs/TODO.md",
            "# Tasks\n\n### 7. Login\n- **Status**: [PLANNED]\n\n### 8. Docs\n- **Status**: [NOT STARTED]\n",
        ),
        (
            "specs/state.json",
            "{ \"active_projects\": [\n  { \"project_number\": 7, \"project_name\": \"login\", \"status\": \"planned\" },\n  { \"project_number\": 8, \"project_name\": \"docs\", \"status\": \"not_started\" }\n] }\n",
        ),
    ])
}

#[test]
fn a_mistake_is_json_on_standard_output_with_a_code_and_a_remedy() {
    let place = place();
    let before = place.tree();
    for (arguments, exit, code) in [
        (&["set", "7"][..], 2, "usage"),
        (&["set"], 2, "usage"),
        (&["set", "7", "planned", "8", "implementing"], 2, "usage"),
        (&["set", "7", "flying"], 2, "unknown-status"),
        (&["set", "7", "completed", "--force"], 2, "usage"),
        (&["set", "7", "blocked", "--wrong"], 2, "usage"),
        (&["set", "7", "blocked", "--at", "yesterday"], 2, "usage"),
        (&["fix", "7", "--prefer", "sate.json"], 2, "usage"),
        (&["fix", "--rule", "drfit"], 2, "usage"),
        (&["batch", "no-such-list"], 2, "usage"),
        (&["show", "70"], 1, "unknown-task"),
        (&["list", "--status", "flying"], 2, "usage"),
        (&["check", "--rule", "drfit"], 2, "usage"),
        (&["check", "no-such-folder"], 2, "usage"),
        (&["undo"], 1, "not-allowed"),
        (&["undo", "abc"], 1, "not-allowed"),
        (&["log", "--root", "no-such-folder"], 2, "usage"),
    ] {
        for format in [&["--format", "json"][..], &["--format=json"]] {
            let answer = place.run(&[arguments, format].concat());
            assert_eq!(answer.exit, exit, "{arguments:?}: {answer:?}");
            let value: Value = serde_json::from_str(&answer.out)
                .unwrap_or_else(|error| panic!("{arguments:?}: {error}: {answer:?}"));
            assert_eq!(value["schema"], 1, "{arguments:?}: {value}");
            assert_eq!(value["error"]["code"], code, "{arguments:?}: {value}");
            assert!(value["error"]["message"].is_string(), "{arguments:?}: {value}");
            assert!(answer.err.starts_with("error: "), "for people too: {arguments:?}: {answer:?}");
            assert_eq!(place.tree(), before, "{arguments:?}");
        }
    }
}

#[test]
fn a_refusal_is_a_result_with_a_code_a_reason_and_a_remedy() {
    let place = place();
    for (arguments, exit, code, remedy) in [
        (&["set", "7", "completed"][..], 1, "not-allowed", "implementing"),
        (&["set", "7", "blocked"], 1, "needs-reason", "add `--reason \"why\"`; it is written"),
        (&["set", "77", "blocked"], 1, "unknown-task", "near ids: 7"),
        (&["set", "7", "implementing", "--from", "revised"], 3, "not-expected", "look at the task"),
        (&["set", "7", "completed", "--phase", "9"], 1, "unknown-task", "no plan"),
        (&["fix", "77"], 1, "unknown-task", "near ids: 7"),
        (&["archive", "7"], 1, "not-allowed", "finish it first"),
        (&["archive", "77"], 1, "unknown-task", "near ids: 7"),
    ] {
        for more in [&[][..], &["--dry-run"]] {
            let answer = place.run(&[arguments, more, &["--format", "json"]].concat());
            assert_eq!(answer.exit, exit, "{arguments:?}: {answer:?}");
            let value: Value = serde_json::from_str(&answer.out).expect("JSON");
            let result = &value["results"][0];
            assert_eq!(result["outcome"], "refused", "{arguments:?}: {value}");
            assert_eq!(result["code"], code, "{arguments:?}: {value}");
            assert!(result["reason"].is_string(), "{arguments:?}: {value}");
            let told = result["remedy"].as_str().expect("a remedy");
            assert!(told.contains(remedy), "{arguments:?}: {told}");
        }
    }
}

#[test]
fn a_result_holds_what_is_promised_and_a_dry_run_says_what_it_would_do() {
    let place = place();
    let before = place.tree();
    let members = ["task", "from", "to", "outcome", "code", "reason", "remedy", "files", "rev"];
    let set = &["set", "7", "implementing", "--format", "json"][..];
    let dry = place.json(&[set, &["--dry-run"]].concat());
    assert_eq!(place.tree(), before);
    let done = place.json(set);
    for (report, outcome, dry_run) in [(&dry, "would_apply", true), (&done, "applied", false)] {
        let result = report["results"][0].as_object().expect("a result");
        assert_eq!(result.keys().collect::<Vec<_>>(), members);
        assert_eq!(result["outcome"], outcome);
        assert_eq!(report["dry_run"], dry_run);
        assert_eq!(report["transaction"].is_null(), dry_run);
    }
    assert_eq!(dry["results"][0]["files"], done["results"][0]["files"]);
}

#[test]
fn a_task_is_shown_with_the_statuses_that_may_follow() {
    let shown = place().json(&["show", "7", "--format", "json"]);
    assert_eq!(shown["next"], serde_json::json!(["revising", "implementing", "blocked"]));
}

#[test]
fn nothing_is_written_under_a_configuration_that_is_wrong() {
    let place = place();
    place.write("lockstep.toml", b"\n[worktrees]\nmode = \"miror\"\n");
    place.write("list", b"7 implementing\n");
    let before = place.tree();
    for arguments in [
        &["set", "7", "implementing"][..],
        &["set", "7", "implementing", "--dry-run"],
        &["batch", "list"],
        &["fix", "--yes"],
        &["fix", "--dry-run"],
        &["archive", "7"],
    ] {
        let answer = place.run(&[arguments, &["--format", "json"]].concat());
        assert_eq!(answer.exit, 2, "{arguments:?}: {answer:?}");
        let value: Value = serde_json::from_str(&answer.out).expect("JSON");
        let error = &value["error"];
        assert_eq!(error["code"], "usage", "{value}");
        let message = error["message"].as_str().expect("a message");
        assert!(message.starts_with("lockstep.toml, line 3: "), "{message}");
        assert!(message.contains("did you mean `mirror`?"), "{message}");
        assert!(error["remedy"].as_str().is_some_and(|it| it.contains("correct it")), "{value}");
        assert_eq!(place.tree(), before, "{arguments:?}");
    }
    assert_eq!(place.run(&["list"]).exit, 0, "what only reads goes on");
}

#[test]
fn a_path_that_holds_no_task_file_is_a_mistake() {
    let place = place();
    place.write("docs/notes.md", b"# Notes\n\nStatus: Good\n");
    for path in ["docs", "docs/notes.md"] {
        let answer = place.run(&["check", path, "--format", "json"]);
        assert_eq!(answer.exit, 2, "{path}: {answer:?}");
        assert!(answer.err.contains("no task files found below"), "{path}: {answer:?}");
        let value: Value = serde_json::from_str(&answer.out).expect("JSON");
        assert_eq!(value["error"]["code"], "usage", "{value}");
    }
    for path in ["specs", "specs/TODO.md", "."] {
        assert_eq!(place.run(&["check", path]).exit, 0, "{path}");
    }
}

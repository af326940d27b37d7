//! `lockstep check`: formats, filters, exit codes, odd files.

use serde_json::json;

use super::support::Place;

/// A list and a record that disagree.
const DRIFT: [(&str, &str); 2] = [
    ("specs/TODO.md", "# TODO\n\n### 7. Add login\n- **Status**: [IMPLEMENTING]\n"),
    (
        "specs/state.json",
        "{ \"next_project_number\": 8, \"active_projects\": [\n\
         { \"project_number\": 7, \"project_name\": \"login\", \"status\": \"planned\" }] }\n",
    ),
];

#[test]
fn a_finding_stands_over_its_source_line_with_the_places_that_explain_it() {
    let place = Place::new(&DRIFT);
    let answer = place.run(&["check"]);
    assert_eq!(answer.exit, 1);
    assert_eq!(answer.err, "");
    expect_test::expect![[r#"
        warning[drift]: task 7 is `planned` here, but the task is [IMPLEMENTING] in specs/TODO.md
         --> specs/state.json:2:59
          |
        2 | { "project_number": 7, "project_name": "login", "status": "planned" }] }
          |                                                           ^^^^^^^^^
          |
         ::: specs/TODO.md:4:15
          |
        4 | - **Status**: [IMPLEMENTING]
          |               -------------- task 7 is [IMPLEMENTING] here

        = help: lockstep explain drift

        1 warning in 2 documents, 1 task (profile opencode)
    "#]]
    .assert_eq(&answer.out);
}

#[test]
fn a_clean_workspace_gives_one_line_and_exit_code_0() {
    let place = Place::new(&[DRIFT[0]]);
    let answer = place.run(&["check"]);
    assert_eq!(answer.out, "no findings in 1 document, 1 task (profile checklist)\n");
    assert_eq!(answer.exit, 0);
}

#[test]
fn an_empty_folder_is_clean_and_its_owner_is_told_which_files_there_could_be() {
    let place = Place::new(&[]);
    for command in ["check", "list"] {
        let answer = place.run(&[command]);
        assert_eq!((answer.exit, answer.err.as_str()), (0, ""));
        let told = "no task files found; Lockstep looks for PLAN.md, ROADMAP.md, TASK.md, TODO.md";
        assert!(answer.out.contains(told), "{}", answer.out);
    }
    let answer = place.run(&["set", "3", "done"]);
    assert!(answer.out.starts_with("3  refused: no task 3: no task files found"), "{}", answer.out);
    assert_eq!(place.run(&["fix", "--yes"]).out, "nothing to do\n");
}

#[test]
fn the_json_has_the_shape_that_programs_rely_on() {
    let place = Place::new(&DRIFT);
    let report = place.json(&["check", "--format", "json"]);
    let root = place.path().to_string_lossy().into_owned();
    let expected = json!({
        "schema": 1,
        "root": root,
        "profile": "opencode",
        "documents": 2,
        "tasks": 1,
        "diagnostics": [{
            "rule": "drift",
            "severity": "warning",
            "path": "specs/state.json",
            "line": 2,
            "column": 59,
            "end_line": 2,
            "end_column": 68,
            "message": "task 7 is `planned` here, but the task is [IMPLEMENTING] in specs/TODO.md",
            "task": "7",
            "related": [{
                "path": "specs/TODO.md",
                "line": 4,
                "column": 15,
                "end_line": 4,
                "end_column": 29,
                "message": "task 7 is [IMPLEMENTING] here",
            }],
            "fixable": true,
        }],
        "summary": { "error": 0, "warning": 1, "info": 0 },
    });
    assert_eq!(report, expected);
}

#[test]
fn infos_alone_are_no_failure() {
    let place = Place::sample();
    let answer = place.run(&["check", "--rule", "malformed-marker"]);
    assert!(answer.out.starts_with("info[malformed-marker]"), "{}", answer.out);
    assert_eq!(answer.exit, 0);
    assert_eq!(place.run(&["check", "--severity", "error"]).exit, 0);
    assert_eq!(place.run(&["check", "--severity", "warning"]).exit, 1);
}

#[test]
fn a_path_narrows_what_is_shown_and_not_what_is_read() {
    let place = Place::sample();
    place.write(".git/HEAD", b"");
    let paths = |argument: &str| -> Vec<String> {
        let report = place.json(&["check", argument, "--format", "json"]);
        assert_eq!(report["documents"], 4);
        let found = report["diagnostics"].as_array().expect("findings");
        found.iter().map(|found| found["path"].as_str().expect("a path").to_owned()).collect()
    };
    assert_eq!(paths("specs/state.json"), ["specs/state.json"]);
    assert!(paths("specs/007_login").iter().all(|path| path.starts_with("specs/007_login/")));
    assert_eq!(paths("specs/007_login").len(), 2);
}

#[test]
fn a_path_that_is_not_there_is_a_mistake_in_the_arguments() {
    let place = Place::sample();
    for arguments in [&["check", "specs/nowhere"][..], &["-C", "specs/nowhere", "check"]] {
        let answer = place.run(arguments);
        assert_eq!(answer.exit, 2);
        assert_eq!(answer.err, "error: no such file or folder: specs/nowhere\n");
    }
    let answer = place.run(&["-C", "specs/TODO.md", "check"]);
    assert_eq!(answer.exit, 2);
    assert!(answer.err.contains("is not a folder"), "{}", answer.err);
}

#[test]
fn a_path_without_task_files_is_a_mistake_in_the_arguments() {
    let place = Place::sample();
    place.write(".git/HEAD", b"");
    place.write("src/main.rs", b"");
    for path in ["src", "src/main.rs"] {
        let answer = place.run(&["check", path]);
        assert_eq!((answer.exit, answer.out.as_str()), (2, ""));
        let says = format!("no task files found below {path}");
        assert!(answer.err.contains(&says) && answer.err.contains("Lockstep looks for "));
        assert!(answer.err.contains("TODO.md"), "{}", answer.err);
    }
    assert_eq!(Place::new(&[]).run(&["check", "."]).exit, 2);
}

#[test]
fn who_writes_under_a_faulty_configuration_is_told_before_anything_is_written() {
    let place = Place::sample();
    place.write("lockstep.toml", b"extends = \"opencode\"\n[worktrees]\nmode = \"miror\"\n");
    let before = place.tree();
    for arguments in [
        &["set", "7", "planned"][..],
        &["set", "7", "planned", "--dry-run"],
        &["fix", "--yes"],
        &["fix", "--dry-run"],
        &["archive"],
        &["undo"],
        &["undo", "0123456789abcdef"],
    ] {
        let answer = place.run(arguments);
        assert_eq!(answer.exit, 2, "{arguments:?}: {answer:?}");
        let says =
            "lockstep.toml, line 3: unknown value of `mode`: `miror`; did you mean `mirror`?";
        let said = format!("{}{}", answer.out, answer.err);
        assert!(said.contains(says), "{arguments:?}: {said}");
        assert_eq!(place.tree(), before, "{arguments:?}");
    }
    let answer = place.run(&["list"]);
    assert_eq!((answer.exit, answer.err.contains("has one problem")), (0, true));
}

#[test]
fn a_path_outside_of_the_named_root_is_refused() {
    let place = Place::sample();
    let answer = place.run(&["-C", "specs/007_login", "check", "specs/state.json"]);
    assert_eq!(answer.exit, 2);
    assert!(answer.err.contains("is not below"), "{}", answer.err);
}

#[test]
fn an_unknown_rule_is_answered_with_the_nearest() {
    let answer = Place::sample().run(&["check", "--rule", "drfit"]);
    assert_eq!(answer.exit, 2);
    assert_eq!(answer.err, "error: no rule `drfit`\nhelp: did you mean `drift`?\n");
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_move_no_column() {
    let place = Place::new(&[]);
    let text = format!("\u{feff}{}", DRIFT[0].1).replace('\n', "\r\n");
    place.write(DRIFT[0].0, text.replace("IMPLEMENTING", "IMPLEMENTNIG").as_bytes());
    let answer = place.run(&["check"]);
    expect_test::expect![[r#"
        warning[unknown-status]: [IMPLEMENTNIG] is not a status of a task; did you mean [IMPLEMENTING]?
         --> specs/TODO.md:4:15
          |
        4 | - **Status**: [IMPLEMENTNIG]
          |               ^^^^^^^^^^^^^^

        = help: lockstep explain unknown-status

        1 warning in 1 document, 1 task (profile checklist)
    "#]]
    .assert_eq(&answer.out);
}

#[test]
fn odd_names_of_folders_are_names_like_any_other() {
    for name in ["with space", "[x] {a,b}", "näme 日本"] {
        let place = Place::named(name, &DRIFT);
        let answer = place.run(&["check"]);
        assert_eq!((answer.exit, answer.err.as_str()), (1, ""), "{name}");
        let report = place.json(&["check", "specs", "--format", "json"]);
        assert_eq!(report["summary"]["warning"], 1, "{name}");
        let above = place.path();
        let above = above.parent().expect("a parent").to_str().expect("UTF-8");
        let answer = place.run(&["-C", above, "check"]);
        assert!(answer.out.contains(&format!("{name}/specs/state.json:2:59")), "{}", answer.out);
    }
}

#[test]
fn faults_of_the_configuration_are_findings_here_and_warnings_elsewhere() {
    let place = Place::sample();
    place.write("lockstep.toml", b"profile = \"opencod\"\n");
    let answer = place.run(&["check", "lockstep.toml"]);
    assert_eq!(answer.exit, 1);
    assert!(answer.out.contains("--> lockstep.toml:1:"), "{}", answer.out);
    let answer = place.run(&["list"]);
    assert_eq!(answer.exit, 0);
    assert_eq!(
        answer.err,
        "warning: lockstep.toml has one problem; `lockstep check` shows where\n"
    );
    assert!(answer.out.contains("Add login"), "{}", answer.out);
}

#[test]
fn github_gets_one_command_a_finding() {
    let answer = Place::new(&DRIFT).run(&["check", "--format", "github"]);
    assert_eq!(answer.exit, 1);
    assert_eq!(
        answer.out,
        "::warning file=specs/state.json,line=2,endLine=2,col=59,endColumn=67,title=drift::task 7 \
         is `planned` here, but the task is [IMPLEMENTING] in specs/TODO.md\n"
    );
}

#[test]
fn sarif_names_rule_and_place() {
    let log = Place::new(&DRIFT).json(&["check", "--format", "sarif"]);
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "drift");
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startColumn"], 59);
}

#[test]
fn a_short_answer_has_a_line_for_each_finding_and_what_matters_first() {
    let place = Place::sample();
    place.write(
        "specs/archive/006_old/plans/implementation-001.md",
        b"# Plan\n- **Status**: [COMPLETED\n\n### Phase 1: Form [Completed]\n",
    );
    place.write("lockstep.toml", b"[rules]\nmalformed-marker = \"error\"\n");
    let answer = place.run(&["check", "--format", "short"]);
    assert_eq!(answer.exit, 1);
    let report = place.json(&["check", "--format", "json"]);
    let found = report["diagnostics"].as_array().expect("findings");
    let lines: Vec<&str> = answer.out.lines().collect();
    assert_eq!(lines.len(), found.len(), "{}", answer.out);
    let line = "specs/state.json:7:17: warning[drift]: task 7 is `planned` here, but the task is [IMPLEMENTING] in specs/TODO.md";
    assert!(lines.contains(&line), "{}", answer.out);
    let rank = |line: &&str| match line {
        line if line.contains("specs/archive/") => 3,
        line if line.contains(": error[") => 0,
        line if line.contains(": warning[") => 1,
        _ => 2,
    };
    let ranks: Vec<i32> = lines.iter().map(rank).collect();
    assert!(ranks.is_sorted() && ranks.contains(&3), "{}", answer.out);
    let text = place.run(&["check"]).out;
    let drift = lines.iter().filter(|line| line.contains("[drift]")).count();
    assert!(text.contains(&format!("{drift}  drift\n")), "each rule is counted: {text}");
}

#[test]
fn a_long_list_of_places_ends_in_how_many_more_there_are() {
    let entry = |n: usize| {
        let next = n % 12 + 1;
        format!("### {n}. Part {n}\n- **Status**: [PLANNED]\n- **Dependencies**: {next}\n\n")
    };
    let todo: String = (1..=12).map(entry).collect();
    let place = Place::new(&[("specs/TODO.md", &todo), ("specs/state.json", "{}\n")]);
    let report = place.json(&["check", "--rule", "dependency-cycle", "--format", "json"]);
    let all = report["diagnostics"][0]["related"].as_array().map_or(0, Vec::len);
    assert!(all > 9, "{report}");
    let shown = place.run(&["check", "--rule", "dependency-cycle"]).out;
    assert!(shown.contains(&format!("and {} more places", all - 8)), "{shown}");
}

//! What a repository of somebody else can say, and what of it reaches a terminal or a log of CI.

use serde_json::Value;

use super::support::{Answer, Place, answer};

/// Clears the screen, names the window, paints, turns the direction of writing, and hides.
const ATTACK: &str = "A\u{1b}[2J\u{1b}]0;owned\u{7}\u{1b}[31mB\u{9b}2J\u{8}\r\u{202e}C\u{2066}\u{200b}\u{e0041}\u{7f}D";
/// A line of its own, and one that a log of CI obeys.
const LINES: &str = "one\n::error::two\n##[error]three";

/// A workspace of which every title, status, path and name attacks.
fn place() -> Place {
    let title = serde_json::to_string(&format!("{ATTACK} {LINES}")).expect("a string");
    let todo = format!(
        "# Tasks\n\n### 7. Login {ATTACK}\n- **Status**: [PLANNED]\n\n### 8. {ATTACK}\n- **Status**: [PLAN{ATTACK}NED]\n\n  ::error::context\n\n### 9. Out\n- **Status**: [NOT STARTED]\n"
    );
    let state = format!(
        "{{ \"active_projects\": [\n{{ \"project_number\": 7, \"project_name\": {title}, \"status\": \"researched\" }},\n{{ \"project_number\": 9, \"project_name\": \"out\", \"status\": {title} }},\n{{ \"project_number\": 10, \"project_name\": {title}, \"status\": \"planned\" }}\n] }}\n"
    );
    let plan = format!("specs/007_{ATTACK}{}/plans/implementation-001.md", LINES.replace('/', ""));
    let phases =
        format!("# Plan\n- **Status**: [IN PROGRESS]\n\n### Phase 1: {ATTACK} [{ATTACK}]\n");
    Place::new(&[("specs/TODO.md", &todo), ("specs/state.json", &state), (&plan, &phases)])
}

/// What remains when the colours of this program are taken out.
fn without_colours(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("\u{1b}[") {
        out.push_str(before);
        let end = behind.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(behind.len());
        if !behind[end..].starts_with('m') {
            out.push('\u{1b}');
            rest = behind;
            continue;
        }
        rest = &behind[end + 1..];
    }
    out + rest
}

fn is_harmless(c: char) -> bool {
    let hidden = ['\u{200b}', '\u{202e}', '\u{2066}', '\u{e0041}', '\u{7f}'];
    c == '\n' || c == '\t' || (!c.is_control() && !hidden.contains(&c))
}

fn check(arguments: &[&str], answer: &Answer) {
    for text in [&answer.out, &answer.err] {
        assert!(!text.contains("\u{1b}[31mB"), "{arguments:?}: a foreign colour: {text:?}");
        let text = without_colours(text);
        let harm = text.chars().find(|c| !is_harmless(*c));
        assert_eq!(harm, None, "{arguments:?}: {text:?}");
        for line in text.lines() {
            let line = line.trim_start();
            assert!(!line.starts_with("::error::"), "{arguments:?}: {text:?}");
            assert!(!line.contains("##[error]"), "{arguments:?}: {text:?}");
        }
    }
}

const COMMANDS: [&[&str]; 17] = [
    &["check"],
    &["check", "--format", "github"],
    &["list", "--all"],
    &["show", "7"],
    &["show", "8"],
    &["show", "9"],
    &["show", "10"],
    &["show", "a\u{1b}[2Jb"],
    &["check", "a\u{1b}[2Jb"],
    &["fix", "--dry-run"],
    &["set", "7", "implementing", "--dry-run"],
    &["set", "8", "implementing", "--force", "--reason", ATTACK, "--dry-run"],
    &["set", "7", "a\u{1b}[2Jb"],
    &["set", "a\u{1b}[2Jb", "planned"],
    &["explain", "a\u{1b}[2Jb"],
    &["undo", "a\u{1b}[2Jb"],
    &["--a\u{1b}[2Jb"],
];

#[test]
fn nothing_of_a_repository_steers_the_terminal_or_a_log_of_ci() {
    let place = place();
    for arguments in COMMANDS {
        for colour in ["always", "never"] {
            let whole = [&["--color", colour], arguments].concat();
            check(&whole, &answer(place.command(&whole).env("GITHUB_ACTIONS", "true")));
        }
    }
}

#[test]
fn nothing_of_a_history_steers_the_terminal() {
    let place = place();
    let run = |arguments: &[&str]| {
        let mut command = place.command(&[&["--color", "always"], arguments].concat());
        let answer = answer(command.env("LOCKSTEP_WHO", format!("{ATTACK}{LINES}")).env("CI", "1"));
        check(arguments, &answer);
        answer
    };
    let list = format!("9 blocked\n\u{1b}[2J{ATTACK} planned\n");
    place.write("list", list.as_bytes());
    for arguments in [
        &["set", "9", "researching", "--force", "--reason", ATTACK][..],
        &["set", "9", ATTACK, "blocked", "--reason", ATTACK],
        &["batch", "list"],
        &["fix", "--yes"],
        &["archive", ATTACK],
        &["log"],
        &["undo"],
        &["log"],
        &["doctor"],
        &["recover"],
    ] {
        run(arguments);
    }
    assert!(run(&["log"]).out.lines().count() > 1, "there was something to tell");
}

#[test]
fn json_is_exact_and_holds_no_raw_control_either() {
    let place = place();
    for arguments in [
        &["list", "--format", "json"][..],
        &["check", "--format", "json"],
        &["show", "10", "--format", "json"],
    ] {
        let answer = place.run(arguments);
        let harm = answer.out.chars().find(|c| !is_harmless(*c));
        assert_eq!(harm, None, "{arguments:?}");
        let value: Value = serde_json::from_str(&answer.out).expect("JSON");
        let exact = serde_json::to_string(ATTACK).expect("a string");
        let again = serde_json::to_string(&value).expect("JSON");
        assert!(again.contains(exact.trim_matches('"')), "{arguments:?}: {again}");
    }
}

#[test]
fn what_people_write_in_their_languages_stays_as_it_is() {
    let title = "Añadir 日本語 👩\u{200d}💻 ⚠\u{fe0f} می\u{200c}خواهم שלום";
    let todo = format!("# Tasks\n\n### 7. {title}\n- **Status**: [PLANNED]\n");
    let place = Place::new(&[
        ("specs/TODO.md", &todo),
        ("specs/state.json", "{ \"active_projects\": [] }"),
    ]);
    let out = place.run(&["list"]).out;
    assert!(out.contains(title), "{out:?}");
}

//! What is printed where: colours, broken pipes, logs; and that reading writes nothing.

use std::io::Read;
use std::process::Stdio;

use super::support::{Answer, Place, answer};

const READING: [&[&str]; 8] = [
    &["check"],
    &["check", "--format", "sarif"],
    &["list", "--all"],
    &["list", "--format", "json"],
    &["show", "7"],
    &["explain", "drift"],
    &["profiles"],
    &["completions", "bash"],
];

#[test]
fn commands_that_read_write_nothing() {
    let place = Place::sample();
    let before = place.tree();
    for arguments in READING {
        place.run(arguments);
    }
    assert_eq!(place.tree(), before);
}

#[test]
fn where_there_is_no_terminal_there_are_no_colours_unless_asked_for() {
    let place = Place::sample();
    for arguments in READING {
        assert!(!place.run(arguments).out.contains('\u{1b}'), "{arguments:?}");
    }
    let colored = |command: &mut std::process::Command| answer(command).out.contains('\u{1b}');
    assert!(colored(&mut place.command(&["check", "--color", "always"])));
    assert!(colored(place.command(&["check", "--color", "always"]).env("NO_COLOR", "1")));
    assert!(colored(place.command(&["check"]).env("CLICOLOR_FORCE", "1")));
    assert!(!colored(place.command(&["check"]).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1")));
    assert!(!colored(place.command(&["check", "--color", "never"]).env("CLICOLOR_FORCE", "1")));
}

#[test]
fn colours_take_nothing_away() {
    let place = Place::sample();
    for arguments in [&["check"][..], &["list"], &["show", "7"]] {
        let plain = place.run(arguments).out;
        let colored = place.run(&[arguments, &["--color", "always"]].concat()).out;
        assert_eq!(anstream::adapter::strip_str(&colored).to_string(), plain);
    }
}

#[test]
fn a_reader_that_stops_is_no_failure() {
    let place = Place::sample();
    // More than a pipe holds.
    let mut text = String::from("# TODO\n\n");
    for id in 100..3100 {
        text.push_str(&format!("### {id}. A task with a title\n- **Status**: [FLYING]\n\n"));
    }
    place.write("specs/TODO.md", text.as_bytes());
    for arguments in [&["check"][..], &["list", "--format", "json"]] {
        let mut command = place.command(arguments);
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
        let mut out = child.stdout.take().expect("a pipe");
        out.read_exact(&mut [0; 10]).expect("the beginning");
        drop(out);
        let output = child.wait_with_output().expect("an end");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
}

/// Runs a command whose answer cannot be printed.
#[cfg(target_os = "linux")]
fn mute(place: &Place, arguments: &[&str]) -> Answer {
    let full = std::fs::File::options().write(true).open("/dev/full").expect("a full device");
    let mut child = place.command(arguments);
    let child = child.stdout(full).stderr(Stdio::piped()).spawn().expect("the binary runs");
    let output = child.wait_with_output().expect("an end");
    let err = String::from_utf8(output.stderr).expect("UTF-8");
    Answer { exit: output.status.code().expect("an exit code"), out: String::new(), err }
}

#[test]
#[cfg(target_os = "linux")]
fn a_change_that_is_made_is_no_failure_where_its_report_cannot_be_printed() {
    let place = Place::sample();
    place.write("list", b"7 implementing\n");
    // How each ends when it can speak: a refusal of one task of two stays a refusal.
    let changing: [(&[&str], i32); 6] = [
        (&["set", "7", "99", "blocked", "--reason", "it rains"], 1),
        (&["batch", "list", "--format", "json"], 0),
        (&["set", "7", "completed", "--force", "--reason", "done by hand"], 0),
        (&["archive", "7"], 0),
        (&["undo"], 0),
        (&["fix", "--yes"], 0),
    ];
    for (number, (arguments, exit)) in changing.into_iter().enumerate() {
        let answer = mute(&place, arguments);
        assert_eq!(answer.exit, exit, "{arguments:?}: {answer:?}");
        let says = "the change is made, but its report cannot be printed: No space left on device";
        assert!(answer.err.contains(says), "{arguments:?}: {answer:?}");
        assert!(answer.err.contains("help: `lockstep log` shows it"), "{arguments:?}: {answer:?}");
        let log = place.json(&["log", "--format", "json"]);
        assert_eq!(log["operations"].as_array().map(Vec::len), Some(number + 1), "{arguments:?}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn what_changes_nothing_fails_where_its_answer_cannot_be_printed() {
    let place = Place::sample();
    let before = place.tree();
    for arguments in [&["list"][..], &["set", "7", "blocked", "--reason", "x", "--dry-run"]] {
        let answer = mute(&place, arguments);
        assert_eq!(answer.exit, 4, "{arguments:?}: {answer:?}");
        assert!(answer.err.contains("error: cannot print the answer"), "{answer:?}");
    }
    assert_eq!(place.tree(), before);
}

#[test]
fn logging_goes_to_standard_error_only() {
    let place = Place::sample();
    let quiet = place.run(&["list"]);
    let loud = answer(place.command(&["list"]).env("LOCKSTEP_LOG", "trace"));
    assert_eq!(loud.out, quiet.out);
    assert_eq!(quiet.err, "");
}

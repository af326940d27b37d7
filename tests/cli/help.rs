//! Help, and what is misspelled.

use lockstep::cli::COMMANDS;

use super::support::Place;

#[test]
fn short_help_is_short_and_long_help_is_the_page() {
    let place = Place::new(&[]);
    let short = place.run(&["check", "-h"]);
    let long = place.run(&["check", "--help"]);
    assert_eq!((short.exit, long.exit), (0, 0));
    assert!(!short.out.contains("Exit code"), "{}", short.out);
    assert!(long.out.contains("Exit code: 1 if there is an error"), "{}", long.out);
    assert!(long.out.contains("    $ lockstep check"), "{}", long.out);
}

#[test]
fn a_misspelled_command_or_option_is_answered_with_the_nearest() {
    let place = Place::new(&[]);
    let answer = place.run(&["chekc"]);
    assert_eq!(answer.exit, 2);
    assert!(answer.err.contains("'check'"), "{}", answer.err);
    let answer = place.run(&["check", "--fromat", "json"]);
    assert_eq!(answer.exit, 2);
    assert!(answer.err.contains("'--format'"), "{}", answer.err);
}

#[test]
fn no_command_is_a_mistake_that_shows_the_help() {
    let answer = Place::new(&[]).run(&[]);
    assert_eq!(answer.exit, 2);
    for command in COMMANDS {
        assert!(answer.err.contains(command.summary()), "{}", command.name);
    }
}

//! `lockstep completions`: every shell.

use lockstep::cli::COMMANDS;

use super::support::Place;

#[test]
fn every_shell_learns_every_command() {
    let place = Place::new(&[]);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let answer = place.run(&["completions", shell]);
        assert_eq!(answer.exit, 0);
        for command in COMMANDS {
            assert!(answer.out.contains(command.name), "{shell}: {}", command.name);
        }
    }
}

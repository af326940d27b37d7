//! The examples on the commands' pages are run in the sample, and what they print is compared.

use std::path::Path;

use lockstep::cli::COMMANDS;

use super::support::Place;
use crate::support::expectation::compare;

#[test]
fn every_page_has_its_command_as_title_and_its_summary_as_first_paragraph() {
    for command in COMMANDS {
        let expected = format!("# lockstep {}\n\n{}.\n", command.name, command.summary());
        assert!(command.page.starts_with(&expected), "{}: {expected}", command.name);
    }
}

#[test]
fn every_example_prints_what_the_page_says() {
    let place = Place::sample();
    for command in COMMANDS {
        let fresh = refreshed(&place, command.page);
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli");
        let path = sources.join(format!("{}.md", command.name));
        compare(&path, &fresh);
    }
}

/// A page with what its examples print now.
fn refreshed(place: &Place, page: &str) -> String {
    let mut out = String::new();
    let mut in_example = false;
    for line in page.lines() {
        if in_example && line != "```" && !line.starts_with("$ ") {
            continue;
        }
        out.push_str(line);
        out.push('\n');
        in_example = line == "```console" || (in_example && line != "```");
        if let Some(typed) = line.strip_prefix("$ lockstep").filter(|_| in_example) {
            let arguments: Vec<&str> = typed.split_whitespace().collect();
            out.push_str(&place.run(&arguments).out);
        }
    }
    out
}

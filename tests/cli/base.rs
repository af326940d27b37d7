//! `lockstep check --base`: against a commit.

use super::support::Place;
use crate::support::git::{git, is_installed};

fn todo(place: &Place, path: &str, seven: &str, eight: &str) {
    let text = format!(
        "# Tasks\n\n### 7. Add login\n- **Status**: [{seven}]\n\n### 8. Add logout\n- **Status**: [{eight}]\n"
    );
    place.write(path, text.as_bytes());
}

/// A workspace whose first commit says this of two tasks.
fn committed(seven: &str, eight: &str) -> Place {
    let place = Place::new(&[("specs/state.json", r#"{ "active_projects": [] }"#)]);
    todo(&place, "specs/TODO.md", seven, eight);
    git(&place.path(), &["init", "--quiet", "--initial-branch=main"]);
    git(&place.path(), &["add", "specs"]);
    git(&place.path(), &["commit", "--quiet", "--message=first"]);
    place
}

fn found(place: &Place, rev: &str) -> Vec<String> {
    let report = place.run(&["check", "--base", rev, "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&report.out).expect("a report");
    let findings = report["diagnostics"].as_array().expect("findings").iter();
    let own = findings.filter(|it| it["rule"] == "invalid-transition");
    own.map(|it| it["message"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn what_cannot_follow_is_told_against_the_commit_where_the_branch_began() {
    if !is_installed() {
        return;
    }
    let place = committed("COMPLETED", "PLANNED");
    assert!(found(&place, "HEAD").is_empty());
    todo(&place, "specs/TODO.md", "PLANNED", "IMPLEMENTING");
    let told = "task 7 has gone from completed (at HEAD) to planned: completed is final";
    assert_eq!(found(&place, "HEAD"), [told]);
    assert!(place.run(&["check"]).out.lines().all(|line| !line.contains("invalid-transition")));

    git(&place.path(), &["switch", "--quiet", "--create", "work"]);
    git(&place.path(), &["commit", "--quiet", "--all", "--message=second"]);
    assert!(found(&place, "HEAD").is_empty());
    // What happens on the other branch meanwhile is none of this one.
    git(&place.path(), &["switch", "--quiet", "main"]);
    todo(&place, "specs/TODO.md", "COMPLETED", "ABANDONED");
    git(&place.path(), &["commit", "--quiet", "--all", "--message=third"]);
    git(&place.path(), &["switch", "--quiet", "work"]);
    assert_eq!(found(&place, "main"), [told.replace("HEAD", "main")]);
}

#[test]
fn a_file_that_is_called_otherwise_now_is_found_again() {
    if !is_installed() {
        return;
    }
    let place = committed("COMPLETED", "PLANNED");
    git(&place.path(), &["mv", "specs", "docs"]);
    todo(&place, "docs/TODO.md", "PLANNED", "PLANNED");
    assert_eq!(found(&place, "HEAD").len(), 1);
}

#[test]
fn what_was_forced_or_undone_is_explained() {
    if !is_installed() {
        return;
    }
    let place = committed("COMPLETED", "PLANNED");
    place.run(&["set", "7", "planned", "--force", "--reason", "not finished after all"]);
    assert!(found(&place, "HEAD").is_empty());
    todo(&place, "specs/TODO.md", "RESEARCHING", "PLANNED");
    assert_eq!(found(&place, "HEAD").len(), 1);
}

#[test]
fn without_such_a_commit_it_says_so() {
    if !is_installed() {
        return;
    }
    let place = committed("COMPLETED", "PLANNED");
    for (rev, told) in [("nowhere", "`nowhere` is no commit here"), ("--help", "")] {
        let answer = place.run(&["check", &format!("--base={rev}")]);
        assert_eq!(answer.exit, 2, "{}", answer.err);
        assert!(answer.err.contains(told), "{}", answer.err);
    }
    let bare = Place::sample();
    assert_eq!(bare.run(&["check", "--base", "HEAD"]).exit, 2);
}

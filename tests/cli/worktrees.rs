//! Several worktrees of one repository: what each tells of the others, and what is changed in all.

use std::path::PathBuf;

use serde_json::Value;

use super::support::{Answer, Place, answer, lockstep};
use crate::support::git::{git, is_installed, repository_with_worktree};

const TODO: &str = "\
# Tasks

### 7. Login
- **Status**: [PLANNED]

### 8. Docs
- **Status**: [NOT STARTED]
";
const STATE: &str = "{\n  \"active_projects\": [\n    { \"project_number\": 7, \"project_name\": \"login\", \"status\": \"planned\" },\n    { \"project_number\": 8, \"project_name\": \"docs\", \"status\": \"not_started\" }\n  ]\n}\n";

/// A repository whose tasks stand in a folder of it, and a second worktree of it.
pub(super) struct Repository {
    pub(super) place: Place,
}

impl Repository {
    fn new(config: &str) -> Option<Repository> {
        let files = [("specs/TODO.md", TODO), ("specs/state.json", STATE)];
        Repository::with(config, &files)
    }

    pub(super) fn with(config: &str, files: &[(&str, &str)]) -> Option<Repository> {
        if !is_installed() {
            return None;
        }
        let place = Place::new(&[("first/work/lockstep.toml", config)]);
        for (path, text) in files {
            place.write(&format!("first/work/{path}"), text.as_bytes());
        }
        let top = place.path().join("first");
        repository_with_worktree(&top, &place.path().join("second"));
        Some(Repository { place })
    }

    pub(super) fn root(&self, worktree: &str) -> PathBuf {
        self.place.path().join(worktree).join("work")
    }

    #[track_caller]
    pub(super) fn run(&self, worktree: &str, arguments: &[&str]) -> Answer {
        answer(lockstep(&self.root(worktree)).args(arguments))
    }

    #[track_caller]
    pub(super) fn json(&self, worktree: &str, arguments: &[&str]) -> Value {
        let answer = self.run(worktree, arguments);
        serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
    }

    /// What `TODO.md` and `state.json` of a worktree say.
    pub(super) fn texts(&self, worktree: &str) -> [String; 2] {
        ["TODO.md", "state.json"]
            .map(|name| self.place.read(&format!("{worktree}/work/specs/{name}")))
    }
}

pub(super) const MIRROR: &str = "[worktrees]\nmode = \"mirror\"\n";

#[test]
fn what_differs_in_another_worktree_is_told_and_left_alone() {
    let Some(repository) = Repository::new("") else { return };
    assert_eq!(repository.run("second", &["set", "7", "implementing"]).exit, 0);
    assert_eq!(repository.texts("first"), [TODO, STATE]);
    let shown = repository.json("first", &["show", "7", "--format", "json"]);
    let elsewhere = serde_json::json!([{"worktree": "second", "status": "implementing"}]);
    assert_eq!(shown["elsewhere"], elsewhere);
    let shown = repository.run("second", &["show", "7"]);
    assert!(shown.out.contains("In other worktrees\n  first  planned\n"), "{shown:?}");
    // One that agrees is told of too.
    let shown = repository.json("first", &["show", "8", "--format", "json"]);
    let elsewhere = serde_json::json!([{"worktree": "second", "status": "not_started"}]);
    assert_eq!(shown["elsewhere"], elsewhere);
    let checked = repository.json("first", &["check", "--format", "json"]);
    let [finding] = &checked["diagnostics"].as_array().expect("findings")[..] else {
        panic!("{checked}")
    };
    assert_eq!(finding["rule"], "worktree-drift");
    assert_eq!(finding["severity"], "info");
    assert_eq!(finding["message"], "task 7 is implementing in second");
    // Who asks not to be told is not.
    repository.place.write("first/work/lockstep.toml", b"[worktrees]\nmode = \"off\"\n");
    for worktree in ["first", "second"] {
        let shown = repository.json(worktree, &["show", "7", "--format", "json"]);
        assert_eq!(shown["elsewhere"], Value::Null, "{worktree}");
    }
}

#[test]
fn a_status_is_set_in_all_worktrees_and_taken_back_from_any() {
    let Some(repository) = Repository::new(MIRROR) else { return };
    let report = repository.json("first", &["set", "7", "implementing", "--format", "json"]);
    let there = &report["worktrees"][0];
    assert_eq!((&there["worktree"], &there["missing"]), (&"second".into(), &Value::Array(vec![])));
    assert_eq!(there["results"][0]["outcome"], "applied");
    let texts = repository.texts("first");
    assert!(texts[0].contains("[IMPLEMENTING]") && texts[1].contains("implementing"));
    assert_eq!(repository.texts("second"), texts);
    let ids = ["first", "second"].map(|worktree| {
        let log = repository.json(worktree, &["log", "--format", "json"]);
        log["operations"][0]["id"].as_str().map(str::to_owned)
    });
    assert_eq!(ids[0].as_deref(), report["transaction"].as_str());
    assert_eq!(ids[0], ids[1], "one transaction");
    let undone = repository.run("second", &["undo"]);
    assert_eq!(undone.exit, 0, "{undone:?}");
    for worktree in ["first", "second"] {
        assert_eq!(repository.texts(worktree), [TODO, STATE], "{worktree}");
        let tx = repository.root(worktree).join(".lockstep/tx");
        assert_eq!(std::fs::read_dir(tx).expect("a folder").count(), 0);
    }
}

#[test]
fn a_copy_takes_nothing_back_but_its_own() {
    let Some(repository) = Repository::new(MIRROR) else { return };
    assert_eq!(repository.run("first", &["set", "7", "implementing"]).exit, 0);
    let place = repository.place.path();
    let mut copy = std::process::Command::new("cp");
    let copied = answer(copy.args(["-a", "first", "copy"]).current_dir(&place));
    assert_eq!(copied.exit, 0, "{copied:?}");
    let texts = repository.texts("second");
    // Its history is the original's.
    assert_eq!(repository.run("copy", &["undo"]).exit, 1);
    assert_eq!(repository.run("copy", &["recover", "--adopt"]).exit, 0);
    let undone = repository.run("copy", &["undo"]);
    assert_eq!(undone.exit, 0, "{undone:?}");
    assert_eq!(repository.texts("copy"), [TODO, STATE]);
    for worktree in ["first", "second"] {
        assert_eq!(repository.texts(worktree), texts, "{worktree}");
    }
    // Nor does it change anything there.
    assert_eq!(repository.run("copy", &["set", "8", "implementing"]).exit, 0);
    assert_eq!(repository.texts("second"), texts);
    assert_eq!(repository.run("second", &["undo"]).exit, 0);
    for worktree in ["first", "second"] {
        assert_eq!(repository.texts(worktree), [TODO, STATE], "{worktree}");
    }
}

#[test]
fn a_folder_that_names_a_repository_changes_nothing_in_it() {
    let Some(repository) = Repository::new(MIRROR) else { return };
    for (path, text) in [("TODO.md", TODO), ("state.json", STATE)] {
        repository.place.write(&format!("stranger/work/specs/{path}"), text.as_bytes());
    }
    repository.place.write("stranger/work/lockstep.toml", MIRROR.as_bytes());
    let common = repository.place.path().join("first/.git");
    repository.place.write("stranger/.git/commondir", common.display().to_string().as_bytes());
    let answer = repository.run("stranger", &["set", "7", "implementing"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    for worktree in ["first", "second"] {
        assert_eq!(repository.texts(worktree), [TODO, STATE], "{worktree}");
        assert!(!repository.root(worktree).join(".lockstep").exists());
    }
}

#[test]
fn a_worktree_that_cannot_be_looked_for_is_not_left_out_in_silence() {
    let Some(repository) = Repository::new(MIRROR) else { return };
    let gitdir = repository.place.path().join("first/.git/worktrees/second/gitdir");
    std::fs::remove_file(&gitdir).expect("removed");
    std::os::unix::fs::symlink(&gitdir, &gitdir).expect("a link to itself");
    let answer = repository.run("first", &["set", "7", "implementing"]);
    assert_eq!(answer.exit, 1, "{answer:?}");
    assert!(answer.err.contains("cannot list the worktrees"), "{answer:?}");
    assert_eq!(repository.texts("first"), [TODO, STATE]);
}

#[test]
fn what_another_worktree_refuses_is_done_in_none() {
    let Some(repository) = Repository::new(MIRROR) else { return };
    repository.place.write("second/work/lockstep.toml", b"");
    for status in ["implementing", "completed"] {
        assert_eq!(repository.run("second", &["set", "7", status]).exit, 0);
    }
    let before = [repository.texts("first"), repository.texts("second")];
    let refused = repository.run("first", &["set", "7", "implementing"]);
    assert_eq!(refused.exit, 1, "{refused:?}");
    assert!(refused.err.contains("in worktree second, task 7 is refused: "), "{refused:?}");
    assert!(refused.err.contains("nothing was changed in any"), "{refused:?}");
    let stale = repository.run("first", &["set", "7", "implementing", "--from", "planned"]);
    assert_eq!(stale.exit, 3, "{stale:?}");
    assert_eq!([repository.texts("first"), repository.texts("second")], before);
}

#[test]
fn a_file_that_cannot_be_changed_in_another_worktree_is_named_with_it() {
    let Some(repository) = Repository::new(MIRROR) else { return };
    let file = repository.root("second").join("specs/state.json");
    let mut permissions = std::fs::metadata(&file).expect("the file").permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&file, permissions).expect("read-only");
    let refused = repository.run("first", &["set", "7", "implementing"]);
    assert_eq!(refused.exit, 1, "{refused:?}");
    let place = format!("(in {})", repository.root("second").display());
    assert!(refused.err.contains("read-only") && refused.err.contains(&place), "{refused:?}");
    for worktree in ["first", "second"] {
        assert_eq!(repository.texts(worktree), [TODO, STATE]);
    }
}

#[test]
fn a_task_that_another_worktree_does_not_have_is_left_alone_there() {
    let Some(repository) = Repository::new(MIRROR) else { return };
    let old = TODO.split("\n### 8").next().expect("a start");
    let state = STATE.replace(
        ",\n    { \"project_number\": 8, \"project_name\": \"docs\", \"status\": \"not_started\" }",
        "",
    );
    repository.place.write("second/work/specs/TODO.md", old.as_bytes());
    repository.place.write("second/work/specs/state.json", state.as_bytes());
    let set = repository.run("first", &["set", "7", "8", "implementing"]);
    assert_eq!(set.exit, 0, "{set:?}");
    assert!(set.out.contains("in second: no task 8\n"), "{set:?}");
    assert!(repository.texts("second")[0].contains("[IMPLEMENTING]"));
    assert!(!repository.texts("second")[0].contains("### 8"));
}

#[test]
fn a_dry_run_shows_every_worktree_and_writes_in_none() {
    let Some(repository) = Repository::new(MIRROR) else { return };
    let shown = repository.run("first", &["set", "7", "implementing", "--dry-run"]);
    let [own, there] = &shown.out.split("In worktree second:\n").collect::<Vec<_>>()[..] else {
        panic!("{shown:?}")
    };
    for diff in [own, there] {
        assert!(diff.contains("+- **Status**: [IMPLEMENTING]"), "{shown:?}");
    }
    for worktree in ["first", "second"] {
        assert_eq!(repository.texts(worktree), [TODO, STATE]);
        assert!(!repository.root(worktree).join(".lockstep").exists());
    }
}

#[test]
fn a_clone_is_changed_only_if_both_name_each_other() {
    let Some(repository) = Repository::new("") else { return };
    let top = repository.place.path();
    git(&top, &["clone", "--quiet", "first", "third"]);
    let config = |also: &str| format!("{MIRROR}also = [\"{also}\"]\n");
    repository.place.write("second/work/lockstep.toml", b"[worktrees]\nmode = \"off\"\n");
    repository.place.write("first/work/lockstep.toml", config("../../third/work").as_bytes());
    assert_eq!(repository.run("first", &["set", "7", "implementing"]).exit, 0);
    assert_eq!(repository.texts("third"), [TODO, STATE], "it does not say so too");
    let told = repository.json("first", &["show", "7", "--format", "json"]);
    assert_eq!(told["elsewhere"][0]["worktree"], "work");
    repository.place.write("third/work/lockstep.toml", config("../../first/work").as_bytes());
    assert_eq!(repository.run("first", &["set", "8", "implementing"]).exit, 0);
    assert!(repository.texts("third")[1].contains("implementing"));
    assert_eq!(repository.texts("second"), [TODO, STATE]);
}

#[test]
fn a_title_that_is_another_elsewhere_is_not_overwritten_there() {
    let Some(repository) = Repository::new(MIRROR) else { return };
    let other = TODO.replace("7. Login", "7. Another title");
    repository.place.write("second/work/specs/TODO.md", other.as_bytes());
    let before = repository.texts("first");
    let refused = repository.run("first", &["rename", "7", "--title", "Sign in"]);
    let said = "in worktree second, task 7 is called `Another title`, not `Login`";
    assert!(refused.exit == 1 && refused.err.contains(said), "{refused:?}");
    assert_eq!(repository.texts("first"), before);
    assert_eq!(repository.texts("second")[0], other);
    // What is called so there already is as it should be.
    repository
        .place
        .write("second/work/specs/TODO.md", TODO.replace("Login", "Sign in").as_bytes());
    assert_eq!(repository.run("first", &["rename", "7", "--title", "Sign in"]).exit, 0);
    assert!(repository.texts("first")[0].contains("### 7. Sign in\n"));
}

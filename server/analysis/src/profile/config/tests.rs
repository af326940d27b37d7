//! What a `lockstep.toml` says, and what is said of a faulty one.

use std::sync::Arc;

use crate::profile::RecordPath;
use crate::profile::config::{CommitTo, Config, WorktreeMode, parse};
use crate::profile::vocabulary::{Category, StatusDef};
use crate::profile::{EntityKind, Profile, Severity};

/// Rules that may be named.
const RULES: [&str; 2] = ["drift", "missing-reason"];

fn config(text: &str) -> Config {
    parse(text, &RULES)
}

/// Each problem as the text it is about and what is said of it.
fn problems(text: &str) -> Vec<(String, String)> {
    let found = config(text).problems;
    found.into_iter().map(|p| (p.range.of(text).to_owned(), p.message)).collect()
}

#[track_caller]
fn check_problem(text: &str, at: &str, message: &str) {
    assert_eq!(problems(text), [(at.to_owned(), message.to_owned())], "{text}");
}

#[track_caller]
fn profile(text: &str) -> Arc<Profile> {
    let config = config(text);
    assert_eq!(config.problems, [], "{text}");
    config.profile.expect("the file gives a profile")
}

#[track_caller]
fn status<'a>(profile: &'a Profile, kind: EntityKind, id: &str) -> &'a StatusDef {
    let vocabulary = profile.vocabulary(kind);
    vocabulary.get(vocabulary.by_id(id).unwrap_or_else(|| panic!("`{id}` is a status")))
}

#[test]
fn nothing_said_is_nothing_set() {
    let config = config("# only a comment\n");
    assert_eq!(config.problems, []);
    assert!(config.profile.is_none() && config.rules.is_empty() && config.allow.is_empty());
}

#[test]
fn a_profile_is_taken_as_it_is() {
    assert_eq!(profile("profile = \"checklist\"\n").id, "checklist");
    assert_eq!(profile("extends = \"opencode\"\n").id, "opencode");
}

#[test]
fn severities_and_allowances_are_read() {
    let text = "\
[rules]
drift = \"error\"
missing-reason = \"off\"
[[allow]]
rule = \"drift\"
path = \"old/*.md\"
task = 8
";
    let config = config(text);
    assert_eq!(config.problems, []);
    assert_eq!(config.rules["drift"], Some(Severity::Error));
    assert_eq!(config.rules["missing-reason"], None);
    let allow = &config.allow[0];
    let path = allow.path.as_ref().expect("a path");
    assert!(path.is_match("old/TODO.md") && !path.is_match("old/deep/TODO.md"));
    assert_eq!(allow.task.as_deref(), Some("8"));
}

#[test]
fn where_to_commit_is_read() {
    assert_eq!(config("commit = \"disk\"\n").commit, Some(CommitTo::Disk));
    assert_eq!(config("profile = \"checklist\"\ncommit = \"edit\"\n").commit, Some(CommitTo::Edit));
    check_problem(
        "commit = \"disc\"\n",
        "\"disc\"",
        "unknown value of `commit`: `disc`; did you mean `disk`?",
    );
}

#[test]
fn settings_may_stand_beside_a_profile_of_the_users_own() {
    let text = "extends = \"opencode\"\n[worktrees]\nmode = \"off\"\n[ids]\nnumber = true\n";
    assert_eq!(problems(text), []);
    assert_eq!(config(text).worktrees.mode, WorktreeMode::Off);
}

#[test]
fn what_becomes_of_other_worktrees_is_read() {
    assert_eq!(config("").worktrees.mode, WorktreeMode::Report);
    let read = config("[worktrees]\nmode = \"mirror\"\nalso = [\"../clone\"]\n").worktrees;
    assert_eq!((read.mode, read.also), (WorktreeMode::Mirror, vec!["../clone".to_owned()]));
    check_problem(
        "[worktrees]\nmode = \"miror\"\n",
        "\"miror\"",
        "unknown value of `mode`: `miror`; did you mean `mirror`?",
    );
    check_problem("[worktrees]\nmod = \"off\"\n", "mod", "unknown key `mod`; did you mean `mode`?");
}

#[test]
fn a_slip_is_reported_where_it_stands_with_what_was_meant() {
    check_problem(
        "[rules]\ndrfit = \"off\"\n",
        "drfit",
        "unknown rule `drfit`; did you mean `drift`?",
    );
    check_problem(
        "[rules]\ndrift = \"warn\"\n",
        "\"warn\"",
        "unknown severity `warn`; known: off, info, warning, error",
    );
    check_problem(
        "[rules]\ndrift = true\n",
        "true",
        "a severity is \"off\", \"info\", \"warning\" or \"error\", not a boolean",
    );
    check_problem("rules = 3\n", "3", "`rules` must be a table, not an integer");
    check_problem(
        "profile = \"opencod\"\n",
        "\"opencod\"",
        "unknown profile `opencod`; did you mean `opencode`?",
    );
    check_problem("profile = 3\n", "3", "`profile` must be a string, not an integer");
    check_problem("rulez = 3\n", "rulez", "unknown key `rulez`; did you mean `rules`?");
    check_problem("[[roles]]\n", "roles", "unknown key `roles`; did you mean `role`?");
}

#[test]
fn what_is_no_toml_is_reported_where_it_breaks() {
    let found = problems("profile = \"opencode\"\n[rules\n");
    assert_eq!(found.len(), 1);
    assert!(found[0].1.contains("table"), "{found:?}");
}

#[test]
fn what_is_sound_holds_beside_what_is_not() {
    let text = "profile = \"opencode\"\n[rules]\ndrfit = \"off\"\ndrift = \"error\"\n";
    let config = config(text);
    assert_eq!(config.problems.len(), 1);
    assert_eq!(config.rules["drift"], Some(Severity::Error));
    assert_eq!(config.profile.expect("a profile").id, "opencode");
}

#[test]
fn a_faulty_allowance_allows_nothing() {
    for (entry, at, message) in [
        (
            "rule = \"drift\"\npath = \"a[\"\n",
            "\"a[\"",
            "`a[` is not a glob: unclosed character class; missing ']'",
        ),
        ("rule = \"drift\"\ntask = true\n", "true", "`task` must be a string, not a boolean"),
        ("rule = \"drift\"\nfile = \"a\"\n", "file", "unknown key `file`; known: path, rule, task"),
        ("rule = \"drfit\"\n", "\"drfit\"", "unknown rule `drfit`; did you mean `drift`?"),
        ("path = \"a\"\n", "[[allow]]", "`rule` is missing here"),
    ] {
        let text = format!("[[allow]]\n{entry}");
        check_problem(&text, at, message);
        assert!(config(&text).allow.is_empty(), "{text}");
    }
}

#[test]
fn a_new_status_stands_behind_those_of_the_profile() {
    let own = profile(
        "\
extends = \"opencode\"

[[vocabulary.task]]
id = \"verified\"
category = \"done\"
aliases = [\"checked\"]

[[vocabulary.task]]
id = \"completed\"
next = [\"verified\"]
",
    );
    let tasks = own.vocabulary(EntityKind::Task);
    let verified = tasks.lookup("[Checked]").expect("an alias");
    assert_eq!(tasks.get(verified).id, "verified");
    let completed = tasks.by_id("completed").expect("a status of the profile");
    assert!(tasks.allows(completed, verified));
    assert_eq!(tasks.get(completed).stamp.as_deref(), Some("Completed"), "the rest holds");
    let done = tasks.iter().find(|(_, def)| def.category == Category::Done);
    assert_eq!(done.map(|(idx, _)| idx), Some(completed), "roll-ups write what they wrote");
    assert_eq!(own.roles.len(), 4);
}

#[test]
fn one_status_alone_is_added_or_changed() {
    for base in ["opencode", "checklist"] {
        let own = profile(&format!(
            "extends = \"{base}\"\n[[vocabulary.task]]\nid = \"later\"\ncategory = \"open\"\n"
        ));
        let tasks = own.vocabulary(EntityKind::Task);
        assert!(tasks.by_id("later").is_some() && tasks.by_id("blocked").is_some(), "{base}");
        let own = profile(&format!(
            "extends = \"{base}\"\n[[vocabulary.task]]\nid = \"blocked\"\nbox = [\"?\"]\n"
        ));
        let tasks = own.vocabulary(EntityKind::Task);
        assert_eq!(tasks.lookup_box("?"), tasks.by_id("blocked"), "{base}");
    }
}

#[test]
fn a_role_is_changed_key_by_key_and_its_lists_as_wholes() {
    let own = profile(
        "\
extends = \"opencode\"

[[role]]
id = \"state\"
files = [\"**/tasks.json\"]
[[role.records]]
at = \"tasks[]\"
id = \"project_number\"
[[role.records]]
at = \"done[]\"
id = \"project_number\"
list = \"finished\"
",
    );
    let state = own.role_of("specs/tasks.json").map(|role| own.role(role)).expect("a role");
    assert_eq!((state.id.as_str(), state.rank), ("state", 20));
    let records: Vec<_> = state.records.iter().map(|r| r.at.clone()).collect();
    assert_eq!(records, ["tasks[]", "done[]"].map(RecordPath::parse));
    assert_eq!(own.role_of("specs/state.json"), None);
}

#[test]
fn a_new_role_takes_its_files_before_the_others() {
    let own = profile(
        "\
extends = \"opencode\"
[[role]]
id = \"mine\"
files = [\"mine/TODO.md\"]
[role.boxes]
kind = \"task\"
",
    );
    assert_eq!(own.role_of("mine/TODO.md").map(|role| own.role(role).id.as_str()), Some("mine"));
    assert_eq!(own.role_of("TODO.md").map(|role| own.role(role).id.as_str()), Some("ledger"));
}

#[test]
fn counters_pairs_and_files_to_make_may_be_changed_alone() {
    let own = profile(
        "\
extends = \"opencode\"
[[counter]]
role = \"ledger\"
front_matter = \"next\"
equals = \"next-id\"
",
    );
    assert_eq!(own.counters.len(), 1);
    assert_eq!(profile("extends = \"opencode\"\ncreate = []\n").creates.len(), 0);
}

#[test]
fn faults_in_a_profile_are_reported_where_they_stand() {
    let status = |rest: &str| format!("extends = \"opencode\"\n[[vocabulary.task]]\n{rest}");
    check_problem(
        &status("id = \"x\"\ncategory = \"don\"\n"),
        "\"don\"",
        "unknown value of `category`: `don`; did you mean `done`?",
    );
    check_problem(&status("category = \"done\"\n"), "[[vocabulary.task]]", "`id` is missing here");
    check_problem(&status("id = \"x\"\n"), "[[vocabulary.task]]", "`category` is missing here");
    check_problem(
        &status("id = \"completed\"\nnext = [\"blokced\"]\n"),
        "\"blokced\"",
        "unknown status `blokced`; did you mean `blocked`?",
    );
    check_problem(
        &status("id = \"completed\"\naliases = [3]\n"),
        "3",
        "`aliases` must hold strings, not an integer",
    );
    check_problem(
        &status("id = \"completed\"\nalias = [\"x\"]\n"),
        "alias",
        "unknown key `alias`; did you mean `aliases`?",
    );
    let role = |rest: &str| format!("extends = \"opencode\"\n[[role]]\nid = \"ledger\"\n{rest}");
    check_problem(&role("rank = -1\n"), "-1", "`rank` must be a number from 0 on, not -1");
    check_problem(
        &role("path = '(?<id>\\d+'\n"),
        "'(?<id>\\d+'",
        "`path` is not a regular expression: error: unclosed group",
    );
    check_problem(
        &role("files = [\"{a\"]\n"),
        "\"{a\"",
        "`{a` is not a glob: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)",
    );
    check_problem(
        &role("format = \"toml\"\n"),
        "\"toml\"",
        "unknown value of `format`: `toml`; known: markdown, json, yaml",
    );
    check_problem(
        "extends = \"opencode\"\n[agreement]\nplaned = [\"not_started\"]\n",
        "planed",
        "unknown status `planed`; did you mean `planned`?",
    );
    check_problem(
        "extends = \"opencode\"\n[pairs]\nledger = \"stat\"\n",
        "\"stat\"",
        "unknown role `stat`; did you mean `state`?",
    );
    check_problem(
        "extends = \"opencode\"\n[pairs]\nledger = 3\n",
        "3",
        "`ledger` must be a string, not an integer",
    );
}

#[test]
fn a_change_of_no_profile_in_particular_asks_for_one() {
    let text = "[fields]\nstatus = [\"State\"]\n";
    let found = problems(text);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, "fields");
    assert!(found[0].1.contains("add a line such as `extends = \"opencode\"`"), "{found:?}");
    assert!(config(text).profile.is_none(), "the files are still read as they were");
}

#[test]
fn a_profile_may_be_defined_from_nothing() {
    let own = profile(
        "\
id = \"mine\"
[[vocabulary.task]]
id = \"open\"
category = \"open\"
box = [\" \"]
[[role]]
id = \"ledger\"
files = [\"TASKS.md\"]
[role.boxes]
kind = \"task\"
",
    );
    assert_eq!(own.id, "mine");
    assert_eq!(status(&own, EntityKind::Task, "open").marker, "open");
    assert_eq!(status(&own, EntityKind::Item, "open").boxes, [" "], "one vocabulary serves all");
    assert!(own.role_of("TASKS.md").is_some() && own.role_of("docs/TASKS.md").is_none());
}

#[test]
fn an_archive_is_read_and_its_slips_are_told() {
    let text = |archive: &str| format!("extends = \"checklist\"\n[archive]\n{archive}\n");
    let archive = profile(&text("entries = \"archive/TODO.md\"")).archive.clone();
    let archive = archive.expect("the profile has an archive");
    assert_eq!(archive.entries.as_deref(), Some("archive/TODO.md"));
    assert!(archive.folders.is_none() && archive.records.is_empty());
    for (archive, at, message) in [
        ("entires = \"a.md\"", "entires", "unknown key `entires`; did you mean `entries`?"),
        (
            "folders = \"../../old\"",
            "\"../../old\"",
            "`folders` must be a path below the folder of the file, such as `archive`",
        ),
        ("entries = 3", "3", "`entries` must be a string, not an integer"),
        (
            "[[archive.records]]\nlist = \"done\"\nfiles = \"a.json\"",
            "files",
            "unknown key `files`; did you mean `file`?",
        ),
    ] {
        check_problem(&text(archive), at, message);
    }
    check_problem("[archiv]\n", "archiv", "unknown key `archiv`; did you mean `archive`?");
}

#[test]
fn a_status_may_need_artifacts() {
    let text = "\
extends = \"opencode\"
[[vocabulary.task]]
id = \"blocked\"
artifacts = [\"**/notes/*.md\"]
";
    let profile = profile(text);
    let of = |id| &status(&profile, EntityKind::Task, id).artifacts;
    assert!(of("blocked").is_match("specs/007_login/notes/why.md"));
    assert!(of("researched").is_match("reports/research-001.md") && of("blocked").len() == 1);
    let slip = text.replace("artifacts", "artefacts");
    check_problem(&slip, "artefacts", "unknown key `artefacts`; did you mean `artifacts`?");
}

#[test]
fn durability_is_full_unless_it_says_process() {
    assert!(!config("").unflushed);
    assert!(!config("durability = \"full\"\n").unflushed);
    let custom = "durability = \"full\"\ncommit = \"disk\"\nin-place = [\"a/*.md\"]\n";
    let custom = config(&format!("{custom}extends = \"opencode\"\n[ids]\n"));
    assert!(custom.problems.is_empty(), "{:?}", custom.problems);
    assert!(custom.in_place.is_match("a/b.md") && !custom.in_place.is_match("b.md"));
    assert!(config("durability = \"process\"\n").unflushed);
    assert!(config("durability = \"process\"\nextends = \"opencode\"\n[ids]\n").unflushed);
    check_problem(
        "durability = \"proces\"\n",
        "\"proces\"",
        "unknown value of `durability`: `proces`; did you mean `process`?",
    );
}

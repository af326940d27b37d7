//! Kinds of tasks and strategies: what may begin, what follows, and what is refused.

use super::{Code, Operation, Plan, Refused, Whose, Wish, plan};
use crate::index::readiness::Blocker;
use crate::testing::{AT, analysis};

const PROFILE: &str = "\
//- /lockstep.toml
  markers = { bare = true }
  fields = { status = [\"Status\"], parent = [\"Part of\"], dependencies = [\"After\"] }

  [[vocabulary.task]]
  id = \"open\"
  category = \"open\"
  next = [\"active\", \"waiting\", \"done\", \"dropped\"]

  [[vocabulary.task]]
  id = \"active\"
  category = \"active\"
  next = [\"done\", \"failed\", \"dropped\"]

  [[vocabulary.task]]
  id = \"waiting\"
  category = \"waiting\"
  next = [\"active\"]

  [[vocabulary.task]]
  id = \"done\"
  category = \"done\"

  [[vocabulary.task]]
  id = \"failed\"
  category = \"failed\"

  [[vocabulary.task]]
  id = \"dropped\"
  category = \"dropped\"

  [[relation]]
  by = \"field\"

  [[role]]
  id = \"tasks\"
  files = [\"TASKS.md\"]

  [[role.section]]
  kind = \"task\"
  heading = '^(?<id>[0-9]+)\\. (?<title>.+)$'
//- /TASKS.md
";

/// Tasks `id: field=value, …` in one file.
fn tasks(all: &[(u32, &str)]) -> String {
    let mut text = PROFILE.to_owned();
    for (id, fields) in all {
        text.push_str(&format!("  # {id}. Task {id}\n"));
        for field in fields.split(", ") {
            let (name, value) = field.split_once('=').expect("a field");
            text.push_str(&format!("  - **{name}**: {}\n", value.replace('+', ", ")));
        }
    }
    text
}

/// What keeps a task from beginning.
fn blocked(text: &str, id: &str) -> Vec<Blocker> {
    let (analysis, _) = analysis(text);
    let task = analysis.task(id).expect("a task");
    assert!(analysis.index.may_be_next(task), "{id} may be next");
    analysis.index.blockers(task)
}

fn is(kind: fn(crate::profile::id::TaskId) -> Blocker, id: &str) -> Vec<Blocker> {
    vec![kind(crate::profile::id::TaskId::new(id))]
}

#[test]
fn parts_of_a_composite_begin_one_after_the_other_in_the_order_in_which_they_stand() {
    let with = |first, second| {
        tasks(&[
            (7, "Type=Composite, Status=active"),
            (9, &format!("Part of=7, Status={first}")),
            (8, &format!("Part of=7, Status={second}")),
            (10, "Part of=7, Status=open"),
        ])
    };
    assert_eq!(blocked(&with("open", "open"), "9"), []);
    assert_eq!(blocked(&with("open", "open"), "8"), is(Blocker::Before, "9"));
    assert_eq!(blocked(&with("open", "open"), "10"), is(Blocker::Before, "8"));
    assert_eq!(blocked(&with("dropped", "open"), "8"), []);
    assert_eq!(blocked(&with("failed", "open"), "8"), is(Blocker::Before, "9"));
    assert_eq!(blocked(&with("open", "done"), "10"), []);
    let parallel = with("open", "open").replace("Composite", "parallel");
    assert_eq!(blocked(&parallel, "10"), []);
}

#[test]
fn nothing_begins_once_a_race_is_won_or_something_failed_fast() {
    let with = |strategy, first| {
        tasks(&[
            (7, &format!("Strategy={strategy}, Status=active")),
            (8, &format!("Part of=7, Status={first}")),
            (9, "Part of=7, Status=open"),
        ])
    };
    let decided = is(Blocker::Decided, "7");
    for (strategy, first, expected) in [
        ("race", "done", &decided[..]),
        ("race", "failed", &[]),
        ("fail-fast", "failed", &decided),
        ("fail-fast", "done", &[]),
        ("best effort", "done", &[]),
        ("wait_all", "failed", &[]),
        ("a race against time", "done", &[]),
    ] {
        assert_eq!(blocked(&with(strategy, first), "9"), expected, "{strategy}, {first}");
    }
    let router = |first| with("none", first).replace("**Strategy**: none", "**Type**: router");
    assert_eq!(blocked(&router("active"), "9"), decided);
    assert_eq!(blocked(&router("failed"), "9"), []);
}

#[test]
fn what_waits_can_begin_when_the_task_or_signal_is_done() {
    let with = |awaited, status| {
        tasks(&[
            (7, &format!("Type=wait, Waits for={awaited}, Status=waiting")),
            (8, &format!("Status={status}")),
            (9, &format!("Type=signal, Raises=approved, Status={status}")),
        ])
    };
    let signal = |name: &str| Blocker::Signal(name.to_owned());
    assert_eq!(blocked(&with("8", "active"), "7"), is(Blocker::Unfinished, "8"));
    assert_eq!(blocked(&with("8", "done"), "7"), []);
    assert_eq!(blocked(&with("Approved", "open"), "7"), [signal("Approved")]);
    assert_eq!(blocked(&with("approved", "dropped"), "7"), [signal("approved")]);
    assert_eq!(blocked(&with("8+approved", "done"), "7"), []);
    assert_eq!(blocked(&with("the lawyers", "done"), "7"), [signal("the lawyers")]);
    let (analysis, _) = analysis(&with("8", "done").replace("**Type**: wait", "**Type**: basic"));
    assert!(!analysis.index.may_be_next(analysis.task("7").expect("a task")));
}

fn set(text: &str, id: &str, status: &str, force: bool) -> Result<(String, Plan), Refused> {
    let (analysis, _) = analysis(text);
    let reason = force.then_some("so it is");
    let wish = Wish { status, force, reason, ..Wish::default() };
    let operation = Operation::Set { whose: vec![Whose::Task(id)], wish, atomic: false };
    let plan = plan(&analysis, &operation, AT)?;
    match plan.results[0].refusal() {
        Some(refused) => Err(refused),
        None => Ok((crate::testing::result(&plan.change), plan)),
    }
}

#[test]
fn an_aggregate_is_never_set_and_follows_its_parts() {
    let text = tasks(&[
        (7, "Type=aggregate, Status=open"),
        (8, "Part of=7, Status=open"),
        (9, "Part of=7, Status=open"),
    ]);
    let (read, _) = analysis(&text);
    let may_be_next = |id| read.index.may_be_next(read.task(id).expect("a task"));
    assert!(!may_be_next("7") && may_be_next("8"));
    for force in [false, true] {
        let refused = set(&text, "7", "active", force).expect_err("refused");
        assert_eq!(refused.code, Code::NotAllowed, "{refused}");
        assert!(refused.remedy.contains("8, 9"), "{refused}");
    }
    let (after, plan) = set(&text, "8", "active", false).expect("a change");
    assert_eq!(plan.change.files().len(), 1);
    let expected = text.replacen("**Status**: open", "**Status**: active", 2);
    assert_eq!(after, expected[expected.find("//- /TASKS.md").expect("the file")..]);
}

#[test]
fn whoever_decides_a_task_is_told_what_is_left() {
    let text = tasks(&[
        (7, "Strategy=race, Status=active"),
        (8, "Part of=7, Status=active"),
        (9, "Part of=7, Status=open"),
    ]);
    let (_, plan) = set(&text, "8", "done", false).expect("a change");
    let told = plan.results[0].reason.as_deref().unwrap_or_default();
    assert!(told.contains("7 is decided: 1 part is done, which is enough; left: 9"), "{told}");
    assert!(
        told.contains("7 is active; as its parts say, it should be done: `lockstep set 7 done`"),
        "{told}"
    );
    let (_, plan) = set(&text, "9", "active", false).expect("a change");
    assert_eq!(plan.results[0].reason, None);
}

#[test]
fn a_profile_says_it_for_the_tasks_of_a_relation() {
    let text = tasks(&[
        (7, "Status=active"),
        (8, "Part of=7, Status=done"),
        (9, "Part of=7, Status=open"),
        (10, "Part of=7, Status=open"),
    ]);
    let declared = "by = \"field\"\n  strategy = \"best_effort\"\n  threshold = \"50%\"\n";
    let text = text.replace("by = \"field\"\n", declared);
    let rules = |text: &str| -> Vec<&'static str> {
        let (analysis, _) = analysis(text);
        analysis.diagnostics().iter().map(|found| found.rule).collect()
    };
    assert!(rules(&text).is_empty(), "one of three is less than a half");
    let half = text.replacen("**Status**: open", "**Status**: done", 1);
    assert_eq!(rules(&half), ["stale-rollup", "unneeded-task"]);
    let own =
        half.replacen("**Status**: active", "**Strategy**: wait_all\n  - **Status**: active", 1);
    assert!(rules(&own).is_empty(), "what the task says is stronger");
}

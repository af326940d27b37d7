//! The documents that the project started from, understood as plans.

use lockstep::report::{self, Fixes};
use lockstep::workspace::local::LocalWorkspace;
use lockstep_analysis::profile::EntityKind;
use lockstep_analysis::profile::id::TaskId;
use lockstep_analysis::profile::vocabulary::{Category, StatusIdx};

use crate::cli::support::lockstep;
use crate::support::repository::corpora;

/// The seed whose name begins with `number`, put at `path` of an otherwise empty workspace.
fn seed_at(number: &str, path: &str) -> Option<(tempfile::TempDir, LocalWorkspace)> {
    let folder = corpora()?.join("seeds");
    let names = std::fs::read_dir(folder).expect("seeds").flatten();
    let seed = names
        .map(|e| e.path())
        .find(|p| p.file_name().is_some_and(|name| name.to_string_lossy().starts_with(number)))?;
    let sandbox = tempfile::tempdir().expect("a folder");
    let target = sandbox.path().join(path);
    std::fs::create_dir_all(target.parent()?).expect("a folder");
    std::fs::copy(seed, target).expect("a copy");
    let workspace = LocalWorkspace::open(sandbox.path()).expect("it opens");
    Some((sandbox, workspace))
}

#[test]
fn a_plan_with_phases_is_understood_under_any_fitting_name() {
    for path in [
        "specs/221_fix_status_updates/plans/implementation-001.md",
        ".opencode/specs/221_fix_status_updates/plans/implementation-002.md",
        "PLAN.md",
        "docs/implementation-plan.md",
        "plans/implementation-001.md",
    ] {
        let Some((_sandbox, workspace)) = seed_at("002_", path) else { return };
        let tasks =
            report::list(workspace.analysis(), &Default::default()).expect("no filter").tasks;
        assert_eq!(tasks.len(), 1, "{path}: {tasks:?}");
        let phases = &tasks[0].phases;
        assert_eq!(phases.len(), 7, "{path}");
        let done =
            |status: &Option<String>| matches!(status.as_deref(), Some("completed" | "done"));
        assert!(phases.iter().all(|phase| done(&phase.status)), "{path}: {phases:?}");
        let rules: Vec<String> =
            workspace.check(Fixes::Offered).diagnostics.into_iter().map(|d| d.rule).collect();
        assert!(rules.contains(&"stale-rollup".to_owned()), "{path}: {rules:?}");
        assert!(!rules.contains(&"unknown-status".to_owned()), "{path}: {rules:?}");
    }
}

#[test]
fn a_plan_with_a_free_form_status_is_understood() {
    for path in ["PLAN.md", "task-status-sync-step-phase-2.md", "docs/sync-plan.md"] {
        let Some((_sandbox, workspace)) = seed_at("000_", path) else { return };
        let tasks =
            report::list(workspace.analysis(), &Default::default()).expect("no filter").tasks;
        assert_eq!(tasks.len(), 1, "{path}: {tasks:?}");
        assert_eq!(tasks[0].status.as_deref(), Some("done"), "{path}");
        let docs = workspace.analysis().index.docs.iter();
        let boxes = docs.flat_map(|document| document.facts.occurrences.iter());
        assert_eq!(boxes.filter(|it| it.carrier.id == "box").count(), 16, "{path}");
        let found = workspace.check(Fixes::Offered).diagnostics;
        assert!(found.is_empty(), "{path}: {found:?}");
    }
}

#[test]
fn a_phase_in_a_folder_of_a_road_map_is_a_phase_of_its_task() {
    let path = "docs/completed/2025-q3/automation/sync/task-status-sync-step-phase-2.md";
    let Some((sandbox, _)) = seed_at("000_", path) else { return };
    let index = path.replace("phase-2", "index");
    std::fs::write(sandbox.path().join(index), "# Sync\n- **Status**: Completed\n").expect("it");
    let workspace = LocalWorkspace::open(sandbox.path()).expect("it opens");
    let index = &workspace.analysis().index;
    let task = |id: &str| index.tasks.get(&TaskId::new(id)).expect("a task");
    let phases = index.children(task("task-status-sync-step"));
    let ids: Vec<&str> = phases.map(|phase| phase.id.as_str()).collect();
    assert_eq!(ids, ["task-status-sync-step-phase-2"]);
    assert!(workspace.check(Fixes::Offered).diagnostics.is_empty());
}

#[test]
fn each_status_of_the_seeds_is_set_and_undone_byte_for_byte() {
    let mut set = 0;
    for (number, path) in [
        ("000_", "PLAN.md"),
        ("001_", "process/tasks/157-enhance.md"),
        ("002_", "specs/221_fix_status_updates/plans/implementation-001.md"),
        ("003_", "PLAN.md"),
        ("004_", "TODO.md"),
    ] {
        let Some((sandbox, workspace)) = seed_at(number, path) else { return };
        let file = sandbox.path().join(path);
        let mut mode = std::fs::metadata(&file).expect("the seed").permissions();
        #[expect(clippy::permissions_set_readonly_false, reason = "a copy in a folder of its own")]
        mode.set_readonly(false);
        std::fs::set_permissions(&file, mode).expect("it may be written");
        let before = std::fs::read(&file).expect("the seed");
        // Some of many, here and there.
        for task in listed(&workspace).into_iter().step_by(4) {
            let vocabulary = workspace.analysis().task(&task.id).expect("a task");
            let vocabulary = workspace.analysis().index.vocabulary_of(vocabulary);
            let now = task.status.as_deref().and_then(|status| vocabulary.lookup(status));
            let next = now.map(|now| &vocabulary.get(now).next);
            let is_done = |to: &&StatusIdx| vocabulary.get(**to).category == Category::Done;
            let next = next.and_then(|all| all.iter().find(is_done).or(all.last()).copied());
            let Some(next) = next.map(|next| vocabulary.get(next).id.clone()) else { continue };
            let run = |arguments: &[&str]| {
                let output = lockstep(sandbox.path()).args(arguments).output().expect("it runs");
                output.status.success()
            };
            if run(&["set", &task.id, &next, "--tick", "--reason", "why", "--stay"]) {
                set += 1;
                assert!(run(&["undo"]), "{number} {}", task.id);
            }
            let is_so = std::fs::read(&file).expect("the seed") == before;
            assert!(is_so, "{number} {} was {next}", task.id);
        }
    }
    assert!(set >= 10, "{set} statuses were set");
}

fn listed(workspace: &LocalWorkspace) -> Vec<report::TaskReport> {
    report::list(workspace.analysis(), &Default::default()).expect("no filter").tasks
}

#[test]
fn a_task_with_a_section_for_its_status_is_understood() {
    for path in ["process/tasks/157-enhance.md", "TASK.md", "docs/task-157.md"] {
        let Some((_sandbox, workspace)) = seed_at("001_", path) else { return };
        let tasks = listed(&workspace);
        let told: Vec<(&str, Option<&str>)> =
            tasks.iter().map(|task| (task.id.as_str(), task.status.as_deref())).collect();
        assert_eq!(told, [("157", Some("todo"))], "{path}");
        assert_eq!(tasks[0].occurrences[0].text, "NEW", "{path}");
        assert!(workspace.check(Fixes::Offered).diagnostics.is_empty(), "{path}");
    }
}

#[test]
fn numbered_tasks_without_a_status_have_that_of_their_boxes() {
    for path in ["PLAN.md", "docs/implementation-tasks.md"] {
        let Some((_sandbox, workspace)) = seed_at("003_", path) else { return };
        let tasks = listed(&workspace);
        assert_eq!(tasks.len(), 20, "{path}");
        assert!(tasks.iter().all(|task| task.status.as_deref() == Some("todo")), "{path}");
        let depend: Vec<usize> = tasks.iter().map(|task| task.depends.len()).collect();
        assert_eq!(depend, [0, 1, 2, 3, 4, 5, 4, 4, 1, 4, 1, 4, 4, 0, 1, 2, 0, 0, 1, 0], "{path}");
        let index = &workspace.analysis().index;
        let deliverables = index.docs.iter().flat_map(|document| {
            let entities = &document.facts.entities;
            entities.iter().filter(|it| {
                let around = it.parent.map(|parent| entities[parent].kind);
                it.kind == EntityKind::Item && around == Some(EntityKind::Task)
            })
        });
        assert_eq!(deliverables.count(), 99, "{path}");
        assert!(workspace.check(Fixes::Offered).diagnostics.is_empty(), "{path}");
    }
}

#[test]
fn signs_stand_before_items_in_their_emphasis_and_behind_them() {
    for path in ["TODO.md", "docs/handover.md"] {
        let Some((_sandbox, workspace)) = seed_at("004_", path) else { return };
        let tasks = listed(&workspace);
        let failed = tasks.iter().filter(|task| task.status.as_deref() == Some("failed"));
        assert_eq!((tasks.len(), failed.count()), (28, 3), "{path}");
        assert!(workspace.check(Fixes::Offered).diagnostics.is_empty(), "{path}");
    }
}

//! Somebody who knows what `prime` says, and what the answers say, carries tasks of real repositories
//! through their states: not one edit is wrong, and all of it can be taken back.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cli::support::{answer, lockstep};
use crate::support::repository::corpora;

/// Repositories of several conventions, and how many tasks of each.
const REPOSITORIES: &[(&str, usize)] = &[
    ("opencode", 1),
    ("specs", 1),
    ("conventions/backlog-md/ANUcybernetics+panic", 2),
    ("conventions/bmad/AdamMomen+etch", 1),
    ("conventions/conductor/AngelMunoz+Kipo", 1),
    ("conventions/gsd/EngramTools+memcp", 1),
    ("conventions/kiro/gotalab+cc-sdd", 1),
    ("conventions/minsky/edobry+minsky", 1),
    ("conventions/task-master/0xfauzi+testcraft", 1),
];

/// So many statuses of one task are enough.
const STEPS: usize = 8;

/// Rules that tell how the work stands, and not that files disagree.
const OF_WORK: &[&str] =
    &["unmet-dependency", "stale-rollup", "unchecked-work", "finished-unmarked", "wip-limit"];

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("the folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else if path.is_file() {
            std::fs::write(to, std::fs::read(&path).expect("a file")).expect("the copy");
        }
    }
}

/// Every file but those of the store.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut tree = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            match path.is_dir() {
                true if entry.file_name() != ".lockstep" => folders.push(path),
                true => {}
                false => drop(tree.insert(path.clone(), std::fs::read(&path).expect("a file"))),
            }
        }
    }
    tree
}

struct Stranger<'a> {
    root: &'a Path,
    /// How many transactions there are to take back.
    made: usize,
}

impl Stranger<'_> {
    fn told(&self, arguments: &[&str]) -> Value {
        let answer = answer(lockstep(self.root).args(arguments));
        serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
    }

    /// How often files disagree, by rule.
    fn faults(&self) -> BTreeMap<String, usize> {
        let found = self.told(&["check", "--format", "json"]);
        let mut faults = BTreeMap::new();
        for one in found["diagnostics"].as_array().expect("a list") {
            let rule = one["rule"].as_str().expect("a rule");
            if one["severity"] != "info" && !OF_WORK.contains(&rule) {
                *faults.entry(rule.to_owned()).or_default() += 1;
            }
        }
        faults
    }

    /// Carries one task on, as far as the answers say that it goes. Returns its statuses.
    fn carry(&mut self, task: &str, token: &str) -> Vec<String> {
        let mut seen: Vec<String> = Vec::new();
        while seen.len() < STEPS {
            let shown = self.told(&["show", task, "--fields", "status,rev,next"]);
            let rev = shown["rev"].as_str().expect("a rev").to_owned();
            seen.extend(shown["status"].as_str().map(str::to_owned));
            let next = shown["next"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let next: Vec<String> =
                next.filter(|it| !seen.iter().any(|was| was == it)).map(str::to_owned).collect();
            if !next.iter().any(|to| self.set(task, to, &rev, token)) {
                break;
            }
        }
        seen
    }

    /// Whether a task gets a status; what an answer asks for is given.
    fn set(&mut self, task: &str, to: &str, rev: &str, token: &str) -> bool {
        let set = ["set", task, to, "--expect", rev, "--claim", token, "--format", "json"];
        let first = self.told(&set);
        let result = &first["results"][0];
        let result = match result["code"].as_str() {
            Some("needs-reason") => {
                let remedy = result["remedy"].as_str().expect("a remedy");
                assert!(remedy.contains("--reason"), "{remedy}");
                self.told(&[&set[..], &["--reason", "it is so"]].concat())["results"][0].clone()
            }
            _ => result.clone(),
        };
        if result["outcome"] != "applied" {
            let remedy = result["remedy"].as_str().unwrap_or_default();
            assert!(!remedy.is_empty(), "a refusal says what to do: {task} -> {to}: {result:#}");
            return false;
        }
        self.made += 1;
        let now = self.told(&["show", task, "--fields", "status,rev,agreed"]);
        assert_eq!(now["status"], to, "{task}: {now:#}");
        assert_eq!(now["rev"], result["rev"], "{task}: {now:#}");
        true
    }
}

#[test]
fn a_stranger_carries_tasks_of_real_repositories_without_one_wrong_edit() {
    let Some(corpora) = corpora() else { return };
    let mut carried = 0;
    for (name, n) in REPOSITORIES {
        let dir = tempfile::tempdir().expect("a folder");
        let root = dir.path().canonicalize().expect("the folder").join("repository");
        copy(&corpora.join(name), &root);
        let before = tree(&root);
        let mut stranger = Stranger { root: &root, made: 0 };
        let known = stranger.faults();
        for _ in 0..*n {
            let claimed = stranger.told(&["claim", "--next", "--format", "json"]);
            let Some(token) = claimed["token"].as_str() else {
                assert_eq!(claimed["error"]["code"], "nothing-ready", "{name}: {claimed:#}");
                break;
            };
            let task = claimed["task"].as_str().expect("a task");
            let seen = stranger.carry(task, token);
            carried += usize::from(seen.len() > 1);
            println!("{name}: {task}: {}", seen.join(" -> "));
            for (rule, n) in stranger.faults() {
                let was = known.get(&rule).copied().unwrap_or_default();
                assert!(n <= was, "{name}: {task}: {n} of {rule}, {was} before: {seen:?}");
            }
            answer(lockstep(&root).args(["release", token]));
        }
        for _ in 0..stranger.made {
            let undone = answer(lockstep(&root).arg("undo"));
            assert_eq!(undone.exit, 0, "{name}: {undone:?}");
        }
        let after = tree(&root);
        let other: Vec<_> =
            after.iter().filter(|(path, text)| before.get(*path) != Some(text)).collect();
        assert!(other.is_empty() && before.len() == after.len(), "{name}: {other:?}");
    }
    assert!(carried >= 10, "{carried} tasks");
}

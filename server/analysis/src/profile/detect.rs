//! Which profiles a workspace has, and at which folders, by its files.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::profile::instances::Instances;
use crate::profile::{Detect, DetectRoot, Profile, builtin};

/// What is below folders of these names is somebody else's, of the past, or of a test.
const NOT_OWN: &[&str] = &[
    "node_modules",
    "vendor",
    "third_party",
    "archive",
    "archived",
    "_archive",
    "_archived",
    "backup",
    "backups",
    "fixtures",
    "__fixtures__",
    "testdata",
];

/// Whether what is below a folder of this name is not the repository's own work of today: copies are
/// called `backup-2026-01-02` or `docs_backup`.
fn is_not_own(folder: &str) -> bool {
    // In capitals it is no name of a package.
    let is_loud = !folder.contains(char::is_lowercase);
    let lower = if is_loud { folder.to_lowercase() } else { folder.to_owned() };
    let is_copy = ["backup", "bak", "old"].iter().any(|word| {
        let behind = lower.strip_suffix(word).is_some_and(|it| it.ends_with(['-', '_', '.']));
        let before = lower.strip_prefix(word).is_some_and(|it| it.starts_with(['-', '_', '.']));
        behind || (before && *word == "backup")
    });
    let hidden = lower.strip_prefix(".old");
    let is_hidden = hidden.is_some_and(|it| it.is_empty() || it.starts_with(['-', '_', '.']));
    is_copy || is_hidden || folder.starts_with("BMAD-METHOD") || NOT_OWN.contains(&&*lower)
}

/// Folders in which a tool keeps copies and records of its own, but for the work in one of them.
const OF_TOOLS: &[(&str, &str)] = &[(".specify", "specs"), (".compozy", "tasks")];

/// Whether a folder is one of a tool's own.
fn is_of_tool(folder: &str) -> bool {
    let parts: Vec<&str> = folder.split('/').collect();
    parts
        .windows(2)
        .any(|pair| OF_TOOLS.iter().any(|(tool, work)| pair[0] == *tool && pair[1] != *work))
}

/// The built-in profiles that recognise the files, each at every folder where it does. `read` gives a
/// file's text where a profile wants to look into one. The last profile takes what lies below none of
/// these folders.
pub fn detect(paths: &[&str], read: &dyn Fn(&str) -> Option<Arc<str>>) -> Instances {
    let Some(last) = builtin::SOURCES.len().checked_sub(1) else {
        return Instances::new(Vec::new(), None);
    };
    let mut sorted = paths.to_vec();
    sorted.sort_unstable();
    let mut chosen: Vec<Arc<Profile>> = Vec::new();
    for at in 0..last {
        let mut roots = recognised(builtin::detection(at), &sorted, read);
        // A profile is read only where it is needed, which takes longer than all the rest.
        if roots.is_empty() {
            continue;
        }
        let Some(profile) = builtin::nth(at) else { continue };
        without_torn(&mut roots, &profile, &sorted, read);
        let placed = |root: String| match root.is_empty() {
            true => profile.clone(),
            false => Arc::new(profile.at(&root)),
        };
        let new = roots.into_iter().map(placed).filter(|new| takes_some(new, &chosen, &sorted));
        let new: Vec<Arc<Profile>> = new.collect();
        chosen.extend(new);
    }
    let takes_all = chosen.iter().any(|profile| profile.root.is_empty() && !profile.shares_folder);
    let fallback = if takes_all { None } else { builtin::fallback() };
    Instances::new(chosen, fallback)
}

/// A profile at every folder where it recognises the files.
pub(super) fn placed(
    profile: &Arc<Profile>,
    paths: &[&str],
    read: &dyn Fn(&str) -> Option<Arc<str>>,
) -> Vec<Arc<Profile>> {
    let mut sorted = paths.to_vec();
    sorted.sort_unstable();
    let mut roots = recognised(&profile.detect, &sorted, read);
    without_torn(&mut roots, profile, &sorted, read);
    roots.into_iter().map(|root| Arc::new(profile.at(&root))).collect()
}

/// Takes out a folder within another whose profile reads files of it too, with what tells of them beside
/// it: at a folder of its own they would be torn from that. One that holds such a file itself stays, but
/// where it is the only file that tells of the other, or a copy of one that does: two of them with other
/// keys number what they list apart.
fn without_torn(
    roots: &mut BTreeSet<String>,
    profile: &Profile,
    paths: &[&str],
    read: &dyn Fn(&str) -> Option<Arc<str>>,
) {
    let tells = |root: &str| -> BTreeSet<String> {
        let held = profile.detect.iter().filter_map(|rule| match &rule.root {
            Some(DetectRoot::Holding(file)) if root.is_empty() => Some(file.clone()),
            Some(DetectRoot::Holding(file)) => Some(format!("{root}/{file}")),
            _ => None,
        });
        held.filter(|path| paths.binary_search(&path.as_str()).is_ok()).collect()
    };
    let reads = |outer: &str, inner: &str| {
        let outer = profile.at(outer);
        let below = paths.iter().filter(|path| within(inner, path).is_some());
        below.into_iter().any(|path| outer.role_of(path).is_some())
    };
    let torn = |inner: &&String| {
        let own = tells(inner);
        let around = roots.iter().filter(|it| it != inner && within(it, inner).is_some());
        let is_told = |outer: &&String| {
            let told = tells(outer);
            let is_copy = || told.is_superset(&own) && lists_the_same(&own, &told, read);
            !told.is_empty() && (own.is_empty() || told == own || is_copy())
        };
        around.filter(is_told).any(|outer| reads(outer, inner))
    };
    let torn: Vec<String> = roots.iter().filter(torn).cloned().collect();
    roots.retain(|root| !torn.contains(root));
}

/// Whether some of the files that are told of list mostly what the others do.
fn lists_the_same(
    own: &BTreeSet<String>,
    told: &BTreeSet<String>,
    read: &dyn Fn(&str) -> Option<Arc<str>>,
) -> bool {
    let keys = |paths: &mut dyn Iterator<Item = &String>| -> BTreeSet<String> {
        let texts: Vec<Arc<str>> = paths.filter_map(|path| read(path)).collect();
        texts.iter().flat_map(|text| text.lines()).filter_map(listed_key).collect()
    };
    let (inner, others) = (keys(&mut own.iter()), keys(&mut told.difference(own)));
    let shared = inner.intersection(&others).count();
    shared > 0 && shared * 2 >= inner.len()
}

/// The key of a line of YAML that is called by words behind a number. Epics and what looks back at them
/// are called alike in any list.
fn listed_key(line: &str) -> Option<String> {
    let key = line.split_once(':')?.0.trim().trim_matches(['"', '\'']);
    let is_own = key.matches('-').count() >= 2 && !key.starts_with("epic-");
    (is_own && !key.contains([' ', '#'])).then(|| key.to_owned())
}

/// Whether those that were found at the same folder before leave a file to a profile.
fn takes_some(new: &Profile, before: &[Arc<Profile>], paths: &[&str]) -> bool {
    let here: Vec<&Arc<Profile>> = before.iter().filter(|it| it.root == new.root).collect();
    let is_left = |path: &&str| !here.iter().any(|it| it.role_of(path).is_some());
    here.is_empty() || paths.iter().any(|path| new.role_of(path).is_some() && is_left(path))
}

/// The folders at which one of the rules recognises a profile. The paths are sorted.
fn recognised(
    rules: &[Detect],
    paths: &[&str],
    read: &dyn Fn(&str) -> Option<Arc<str>>,
) -> BTreeSet<String> {
    let of_rule = |rule: &Detect| -> Vec<String> {
        let is_excepted = |folder: &str| rule.except.contains(&folder.to_lowercase());
        let is_none = |root: &String| !rule.except.is_empty() && root.split('/').any(is_excepted);
        let all = roots_of(rule, paths).into_iter().filter(|root| !is_none(root));
        let mut all: Vec<String> = all.filter(|root| recognises(rule, root, paths, read)).collect();
        if let Some(DetectRoot::Named(name)) = &rule.root
            && name.ends_with("/*/*")
        {
            // What lies below one is a part of it.
            let is_one = |root: &str| recognises(rule, root, paths, read);
            let is_inner = |root: &String| {
                let (outer, own) = root.rsplit_once('/').unwrap_or_default();
                let above = outer.rsplit_once('/').map_or("", |(above, _)| above);
                own.starts_with('.') || is_one(outer) || name.ends_with("/*/*/*") && is_one(above)
            };
            all.retain(|root| !is_inner(root));
        }
        if rule.several {
            let around =
                |root: &str| root.rsplit_once('/').map_or("", |(around, _)| around).to_owned();
            let beside: Vec<String> = all.iter().map(|root| around(root)).collect();
            let name = |root: &String| root.rsplit('/').next().unwrap_or_default().to_owned();
            let names: Vec<String> = all.iter().map(name).collect();
            // A table beside the folders that leads into them counts them as one.
            let is_apart = |outer: &str| {
                let is_beside = |path: &&&str| {
                    let name = path.strip_prefix(outer).and_then(|it| it.strip_prefix('/'));
                    name.is_some_and(|it| {
                        let is_list = !it.starts_with(|c: char| c.is_ascii_digit());
                        is_list && !it.contains('/') && it.ends_with(".md")
                    })
                };
                let is_inner = |target: &str| {
                    let target = target.trim_start_matches("./");
                    let mut inner = names.iter().filter(|name| target.starts_with(name.as_str()));
                    inner.any(|name| target[name.len()..].starts_with('/'))
                };
                let leads_in =
                    |line: &str| line.starts_with('|') && line.split("](").skip(1).any(is_inner);
                let mut beside = paths.iter().filter(is_beside).filter_map(|path| read(path));
                !beside.any(|text| text.lines().any(leads_in))
            };
            all.retain(|root| {
                let outer = around(root);
                beside.iter().filter(|it| **it == outer).count() > 1 && is_apart(&outer)
            });
        }
        all
    };
    rules.iter().flat_map(of_rule).collect()
}

/// The folders that a profile may be at.
fn roots_of(rule: &Detect, paths: &[&str]) -> BTreeSet<String> {
    let found = |path: &&str| -> Option<String> {
        match rule.root.as_ref()? {
            DetectRoot::Named(name) => root_named(path, name),
            DetectRoot::Around(names) => {
                let mut parts = path.split('/');
                parts.next_back();
                let at = parts.position(|part| names.iter().any(|name| name == part))?;
                Some(path.split('/').take(at).collect::<Vec<_>>().join("/"))
            }
            DetectRoot::Holding(file) => {
                let folder = path.strip_suffix(file.as_str())?;
                (folder.is_empty() || folder.ends_with('/'))
                    .then(|| folder.trim_end_matches('/').to_owned())
            }
        }
    };
    let is_own = |root: &String| !root.split('/').any(is_not_own) && !is_of_tool(root);
    match rule.root {
        None => BTreeSet::from([String::new()]),
        Some(_) => paths.iter().filter_map(found).filter(is_own).collect(),
    }
}

/// The folder of this name that a path is in, the outermost of several; with `/*` behind it, the folder
/// in that one.
fn root_named(path: &str, name: &str) -> Option<String> {
    if let Some(around) = name.strip_suffix("/*") {
        let around = root_named(path, around)?;
        let inner = path.get(around.len() + 1..)?.find('/')?;
        return Some(path[..around.len() + 1 + inner].to_owned());
    }
    let mut at = 0;
    while let Some(found) = path.get(at..)?.find(name) {
        let (start, end) = (at + found, at + found + name.len());
        let begins = start == 0 || path.as_bytes()[start - 1] == b'/';
        if begins && path.as_bytes().get(end) == Some(&b'/') {
            return Some(path[..end].to_owned());
        }
        at = end;
    }
    None
}

fn recognises(
    rule: &Detect,
    root: &str,
    paths: &[&str],
    read: &dyn Fn(&str) -> Option<Arc<str>>,
) -> bool {
    let below = if root.is_empty() { String::new() } else { format!("{root}/") };
    let first = paths.partition_point(|path| **path < *below);
    let below = paths[first..].iter().take_while(|path| path.starts_with(&below));
    let own = below.filter_map(|path| Some((*path, within(root, path)?)));
    let present = rule.files.iter().all(|glob| own.clone().any(|(_, inner)| glob.is_match(inner)));
    let Some((glob, regex)) = &rule.contains else { return present };
    // The others of the profile's files in the same folder: they tell what an empty file is to hold.
    let beside = |path: &str| {
        let folder = path.rfind('/').map_or("", |at| &path[..=at]);
        let is_here = |path: &str| path.rfind('/').map_or("", |at| &path[..=at]) == folder;
        rule.files
            .iter()
            .all(|glob| own.clone().any(|(path, inner)| is_here(path) && glob.is_match(inner)))
    };
    let matches = |path: &str| match read(path) {
        Some(text) if regex.is_match(&text) => true,
        Some(text) if !is_void(&text) => false,
        _ => is_telling(glob) && beside(path),
    };
    present && own.clone().any(|(path, inner)| glob.is_match(inner) && matches(path))
}

/// Whether a file by this name holds data of a profile, whatever it holds right now: an editor empties a
/// file before it writes it, and what cannot be read is not absent. A new page of Markdown is empty, too.
fn is_telling(glob: &globset::GlobMatcher) -> bool {
    let name = glob.glob().glob().rsplit('/').next().unwrap_or_default();
    !name.contains(['*', '?', '[', '{']) && !name.ends_with(".md")
}

/// Whether a text says nothing: it is empty, or not the text that was written.
fn is_void(text: &str) -> bool {
    let said = text.trim();
    said.is_empty() || said == "null" || text.contains(['\0', char::REPLACEMENT_CHARACTER])
}

/// A path within a folder; `None` for what lies elsewhere.
pub(super) fn within<'p>(root: &str, path: &'p str) -> Option<&'p str> {
    match root {
        "" => Some(path),
        root => path.strip_prefix(root)?.strip_prefix('/'),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{detect, is_not_own, recognised};
    use crate::profile::decode::Decoder;
    use crate::profile::node;

    fn roots(rule: &str, paths: &[&str]) -> Vec<String> {
        let node = node::parse(&format!("[[detect]]\n{rule}"), true).expect("TOML");
        let mut decoder = Decoder::default();
        let rules = decoder.detection(&node);
        assert_eq!(decoder.problems, []);
        let mut paths = paths.to_vec();
        paths.sort_unstable();
        recognised(&rules, &paths, &|path| Some(path.into())).into_iter().collect()
    }

    #[test]
    fn a_profile_is_at_each_folder_of_its_name_in_which_its_files_are() {
        let rule = "root = \".planning\"\nfiles = [\"ROADMAP.md\"]";
        let paths = [
            ".planning/ROADMAP.md",
            ".planning/old/.planning/ROADMAP.md",
            "apps/web/.planning/ROADMAP.md",
            "apps/web/.planning/phases/1.md",
            "empty/.planning/STATE.md",
            "node_modules/x/.planning/ROADMAP.md",
            "docs_backup/.planning/ROADMAP.md",
            "backup-2026-01-02/.planning/ROADMAP.md",
            "ARCHIVED/.planning/ROADMAP.md",
            ".old_docs/.planning/ROADMAP.md",
            "tests/fixtures/.planning/ROADMAP.md",
            "my.planning/ROADMAP.md",
            ".planning2/ROADMAP.md",
        ];
        assert_eq!(roots(rule, &paths), [".planning", "apps/web/.planning"]);
        assert!(
            is_not_own("x-old")
                && !is_not_own("old-town")
                && !is_not_own("fold")
                && !is_not_own(".older")
        );
        let held = "root_holds = \"tasks.md\"\nfile = \"tasks.md\"";
        let paths = [
            ".specify/bridge-snapshots/2026-ready/tasks.md",
            ".compozy/tasks_done/tea/tasks.md",
            ".specify/specs/001-tea/tasks.md",
            "BMAD-METHOD-6.0.0/tea/tasks.md",
            "specs/001-tea/tasks.md",
        ];
        assert_eq!(roots(held, &paths), [".specify/specs/001-tea", "specs/001-tea"]);
        let deep = "root = \"a/b\"\nfiles = [\"x.md\"]";
        assert_eq!(roots(deep, &["a/b/x.md", "c/a/b/x.md", "a/c/b/x.md"]), ["a/b", "c/a/b"]);
        let each = "root = \"a/*\"\nfiles = [\"x.md\"]";
        assert_eq!(
            roots(each, &["a/x.md", "a/b/x.md", "d/a/c/x.md", "a/e/f/x.md"]),
            ["a/b", "d/a/c"]
        );
    }

    #[test]
    fn what_was_put_away_is_of_the_past_however_its_folder_is_written() {
        let is_past = |id: &str, path: &str| {
            let profile = crate::profile::builtin::profile(id).expect("a profile");
            profile.is_history(path)
        };
        for folder in ["archived", "ARCHIVED", ".old_claude", "_old", "docs.old"] {
            for id in ["opencode", "checklist"] {
                assert!(is_past(id, &format!("{folder}/specs/007_x/plans/1.md")), "{id} {folder}");
            }
        }
        for folder in ["historical", "history", "Done", "_old"] {
            assert!(is_past("checklist", &format!("docs/plans/{folder}/tea.md")), "{folder}");
        }
        for path in ["docs/plans/old-town/tea.md", "docs/history/plan.md", ".older/plan.md"] {
            assert!(!is_past("checklist", path), "{path}");
        }
    }

    #[test]
    fn a_profile_that_another_leaves_no_file_is_not_there() {
        let found = |last: &str| -> Vec<String> {
            let paths = ["backlog/tasks/task-1 - Log-in.md", last];
            let all = detect(&paths, &|_| None);
            all.iter().map(|it| format!("{} in {}", it.id, it.root)).collect()
        };
        let task = "backlog/completed/task-2 - Plan-its-implementation.md";
        assert_eq!(found(task), ["backlog in backlog", "checklist in "]);
        let own = "backlog/completed/2025-q1/login-implementation.md";
        assert_eq!(found(own), ["backlog in backlog", "roadmap in backlog", "checklist in "]);
    }

    #[test]
    fn stories_beside_a_list_of_them_are_not_torn_from_it() {
        let found = |paths: &[&str]| -> Vec<String> {
            let read = |path: &str| {
                let tracker = path.ends_with(".yaml");
                Some(if tracker { "development_status:\n".into() } else { "## Status\n".into() })
            };
            let all = detect(paths, &read);
            all.iter().filter(|it| it.id == "bmad").map(|it| it.root.clone()).collect()
        };
        let (old, new) = ("docs/stories/1.2.log-in.md", "docs/stories/1-3-log-out.md");
        assert_eq!(found(&[old, new]), ["docs/stories"]);
        assert_eq!(found(&[old, new, "docs/sprint-status.yaml"]), ["docs"]);
        let two = [old, "docs/stories/sprint-status.yaml", "docs/sprint-status.yaml"];
        assert_eq!(found(&two), ["docs/stories", "docs"]);
        let apart = [new, "docs/sprint-artifacts/sprint-status.yaml"];
        assert_eq!(found(&apart), ["docs"]);
        let beside = [new, "docs/sprint-artifacts/sprint-status.yaml", "docs/sprint-status.yaml"];
        assert_eq!(found(&beside), ["docs/sprint-artifacts", "docs"], "each has its own stories");
        let read = |path: &str| -> Option<Arc<str>> {
            let is_tracker = path.ends_with(".yaml");
            Some(if is_tracker { "development_status:\n  1-3-log-out: done\n" } else { "" }.into())
        };
        let all = detect(&beside, &read);
        let roots: Vec<&str> =
            all.iter().filter(|it| it.id == "bmad").map(|it| &*it.root).collect();
        assert_eq!(roots, ["docs"], "one is a copy");
        let of_old = [old, "docs/sprint-artifacts/sprint-status.yaml"];
        assert_eq!(found(&of_old), ["docs/sprint-artifacts", "docs/stories"]);
    }

    #[test]
    fn a_day_is_no_number_of_a_story() {
        let found = |title: &str| {
            let text: Arc<str> = format!("# {title}\n\nStatus: Done\n").into();
            let all = detect(&["stories/2026-01-02-launch.md"], &|_| Some(text.clone()));
            all.iter().any(|it| it.id == "bmad")
        };
        assert!(!found("We are there") && found("Story 1.1: Log in"));
    }

    #[test]
    fn a_profile_is_at_each_folder_that_holds_its_file() {
        let rule = "root_holds = \"_tasks.md\"\nfiles = [\"task_*.md\"]";
        let paths = ["_tasks.md", "a/_tasks.md", "a/task_1.md", "b/_tasks.md", "c/my_tasks.md"];
        assert_eq!(roots(rule, &paths), ["a"]);
    }

    #[test]
    fn folders_that_begin_to_count_again_are_told_apart_where_there_are_several() {
        let rule = "root = \"a/*\"\nfile = \"01-*.md\"\ncontains = \".\"\nseveral = true\nexcept = [\"done\"]";
        let paths =
            ["a/x/01-b.md", "a/y/01-c.md", "a/z/02-d.md", "a/Done/01-e.md", "q/a/x/01-f.md"];
        assert_eq!(roots(rule, &paths), ["a/x", "a/y"]);
        assert!(roots(rule, &["a/x/01-b.md", "a/done/01-c.md"]).is_empty());
    }

    #[test]
    fn folders_into_which_a_table_beside_them_leads_are_counted_as_one() {
        let told = |index: &str| {
            let fixture = format!(
                "//- /tickets/x/01-b.md\n  # B\n\n  **Status:** open\n//- /tickets/y/01-c.md\n  # C\n\n  **Status:** open\n//- /tickets/INDEX.md\n  {index}\n"
            );
            let (now, _) = crate::testing::analysis(&fixture);
            now.index.tasks.keys().map(|id| id.to_string()).collect::<Vec<_>>()
        };
        let table = "| ID | Title | Status |\n  |---|---|---|\n  | [01](x/01-b.md) | B | open |";
        assert_eq!(told("# Tickets"), ["x/1", "y/1"]);
        assert_eq!(told(table), ["1"]);
    }

    #[test]
    fn a_profile_is_around_folders_of_these_names() {
        let rule = "root_around = [\"open\", \"done\"]\nfiles = [\"{open,done}/**/*.md\"]";
        let paths = ["a/open/b/done/1.md", "a/done/2.md", "done/3.txt", "c/open.md"];
        assert_eq!(roots(rule, &paths), ["a"]);
    }

    #[test]
    fn a_text_tells_files_of_one_name_apart() {
        let rule = "root = \"x\"\nfile = \"*.json\"\ncontains = \"^b/\"";
        assert_eq!(
            roots(rule, &["a/x/1.json", "b/x/1.json"]),
            ["b/x"],
            "the text is the path here"
        );
    }
}

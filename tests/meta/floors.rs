//! The layers: which crate may depend on what, and which module may see which.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::sources::{Module, graph};
use crate::support::repository::{read, root, rust_files};

/// What a crate's manifest must not name: crate, forbidden dependencies, why.
const FORBIDDEN: &[(&str, &[&str], &str)] = &[
    (
        "analysis",
        &[
            "clap",
            "lockstep",
            "lockstep-store",
            "lsp-types",
            "notify",
            "serde",
            "serde_json",
            "tokio",
            "tower-lsp",
            "tracing",
        ],
        "analysis is pure: text in; facts, diagnostics and planned edits out",
    ),
    (
        "store",
        &["clap", "lockstep", "lockstep-analysis", "lsp-types", "pulldown-cmark", "tower-lsp"],
        "the store moves bytes and never hears of tasks",
    ),
    ("fixture", &["lockstep", "lockstep-analysis", "lockstep-store"], "fixtures need std only"),
];

/// Text that must not stand in a crate's sources: folder, text, why.
const UNSEEN: &[(&str, &[&str], &str)] = &[
    (
        "server/analysis/src",
        &[
            "std::fs",
            "std::env",
            "std::net",
            "std::process",
            "std::thread",
            "SystemTime",
            "Instant::now",
        ],
        "analysis touches no world",
    ),
    (
        "server/store/src",
        &["lockstep_analysis", "ls_types"],
        "the store knows neither tasks nor protocol",
    ),
];

/// Floors from the lowest up. A module sees only floors below its own.
const FLOORS: &[(&str, &[&[&str]])] = &[
    (
        "server/analysis/src",
        &[
            &["text"],
            &["syntax"],
            &["profile"],
            &["model"],
            &["index"],
            &["snapshot"],
            &["change"],
            &["rules"],
            &["analysis"],
            &["task_view"],
            &["mentions"],
            &["features"],
            &["operation"],
            &["actions", "completion"],
        ],
    ),
    (
        "server/store/src",
        &[
            &["vfs", "stamp", "patch", "id", "holder", "bounded", "parallel", "seen", "init"],
            &["path", "worktrees"],
            &["error", "layout", "loader"],
            &["store", "watcher"],
            &["own", "git"],
            &["lock", "history", "retained", "register"],
            &["journal", "doctor"],
            &["roll_forward"],
            &["recovery"],
            &["transaction"],
            &["probe"],
        ],
    ),
    (
        "server/lockstep/src",
        &[&["metrics", "report"], &["workspace"], &["hub"], &["daemon"], &["lsp", "mcp", "cli"]],
    ),
    (
        "server/lockstep/src/lsp",
        &[
            &["methods", "outstanding", "own_capabilities"],
            &[
                "applied",
                "apply_edit",
                "chosen_action",
                "delivery",
                "echo",
                "encoding",
                "error",
                "parent",
                "publication",
                "settings",
                "uri",
            ],
            &["client", "connection"],
            &["to_proto"],
            &["lined_json"],
            &["from_proto", "lenses", "outlines", "publish", "refresh", "rows", "workspace_edit"],
            &["session"],
            &["asked", "moves"],
            &["commands"],
            &["requests"],
            &["server"],
            &["hosted"],
            &["forwarder"],
        ],
    ),
];

/// Modules on one floor that see each other all the same, with the reason.
const SIBLINGS: &[(&str, &str, &str)] = &[
    ("cli", "lsp", "the subcommands that serve editors start the server"),
    ("cli", "mcp", "the subcommand that serves agents starts the server"),
];

#[test]
fn manifests_keep_the_layers() {
    for (krate, forbidden, why) in FORBIDDEN {
        let manifest = read(&root().join("server").join(krate).join("Cargo.toml"));
        let own = manifest.split("[dependencies]").nth(1).unwrap_or_default();
        for line in own.split("\n[").next().unwrap_or_default().lines() {
            let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
            assert!(!forbidden.contains(&name), "server/{krate} depends on `{name}`: {why}");
        }
    }
}

#[test]
fn sources_keep_the_layers() {
    for (folder, texts, why) in UNSEEN {
        for file in rust_files(&root().join(folder)) {
            let source = read(&file);
            for text in *texts {
                assert!(!source.contains(text), "{}: `{text}`: {why}", file.display());
            }
        }
    }
}

#[test]
fn protocol_types_stand_under_lsp_only() {
    let sources = root().join("server/lockstep/src");
    for file in rust_files(&sources) {
        let inside = file
            .strip_prefix(&sources)
            .is_ok_and(|path| path.starts_with("lsp") || path == Path::new("lsp.rs"));
        let source = read(&file);
        let speaks =
            ["tower_lsp", "ls_types", "lsp_types"].iter().find(|name| source.contains(**name));
        assert!(
            inside || speaks.is_none(),
            "{}: `{}` outside lsp/",
            file.display(),
            speaks.unwrap_or(&"")
        );
    }
}

#[test]
fn modules_see_only_the_floors_below_them() {
    let mut faults = Vec::new();
    for (folder, floors) in FLOORS {
        let floor_of = |module: &str| floors.iter().position(|floor| floor.contains(&module));
        for (module, seen) in inside(folder) {
            let Some(top) = module.first() else { continue };
            let Some(own) = floor_of(top) else {
                let known = ["lib", "main", "testing"].contains(&top.as_str());
                assert!(known, "{folder}: `{top}` stands on no floor");
                continue;
            };
            for other in seen.iter().filter(|seen| seen.first().is_some_and(|it| it != top)) {
                let sibling = SIBLINGS.iter().any(|(a, b, _)| *a == top && *b == other[0]);
                let lower = floor_of(&other[0]).is_none_or(|other| other < own);
                if !lower && !sibling {
                    faults.push(format!("{folder}: {} sees {}", module.join("/"), other.join("/")));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_architecture_page_tells_the_floors_as_they_are_kept() {
    let page = read(&root().join("server/ARCHITECTURE.md"));
    for (folder, floors) in FLOORS {
        let name = folder.trim_end_matches("/src").rsplit('/').next().unwrap_or_default();
        let floor = |modules: &&[&str]| {
            modules.iter().map(|module| format!("`{module}`")).collect::<Vec<_>>().join(", ")
        };
        let told = floors.iter().map(floor).collect::<Vec<_>>().join(" < ");
        let line = format!("- `{name}`: {told}");
        assert!(page.lines().any(|l| l == line), "ARCHITECTURE.md lacks the line: {line}");
    }
}

#[test]
fn modules_of_a_crate_say_on_which_floor_they_stand() {
    let mut faults = Vec::new();
    for (folder, floors) in FLOORS.iter().filter(|(folder, _)| folder.ends_with("/src")) {
        let name = folder.split('/').nth(1).unwrap_or_default();
        for (number, module) in
            floors.iter().enumerate().flat_map(|(at, floor)| floor.iter().map(move |it| (at, it)))
        {
            let source = read(&root().join(folder).join(format!("{module}.rs")));
            let first = source.lines().next().unwrap_or_default();
            let told = first.strip_prefix("//! Floor ").and_then(|rest| rest.split_once(": "));
            if told.map(|(told, _)| told) != Some(&number.to_string()) {
                faults.push(format!("{name}: `{module}` stands on floor {number}: {first}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn features_rules_actions_and_commands_do_not_see_each_other() {
    let mut faults = Vec::new();
    for (krate, kind, has_pages) in [
        ("analysis", "rules", true),
        ("analysis", "actions", true),
        ("analysis", "features", false),
        ("lockstep", "cli", true),
    ] {
        let folder = root().join("server").join(krate).join("src");
        let is_one =
            |name: &str| !has_pages || folder.join(kind).join(name).with_extension("md").is_file();
        let of_kind = |module: &Module| {
            let name = module.get(1).filter(|_| module[0] == kind)?;
            is_one(name).then(|| name.clone())
        };
        let graph = graph(&folder);
        assert!(graph.keys().any(|module| of_kind(module).is_some()), "{kind}");
        for (module, seen) in &graph {
            let Some(own) = of_kind(module) else { continue };
            let others = seen.iter().filter_map(of_kind).filter(|other| *other != own);
            faults.extend(others.map(|other| format!("{kind}: {own} sees {other}")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What modules below a folder see of each other, by their paths from there.
fn inside(folder: &str) -> BTreeMap<Module, BTreeSet<Module>> {
    let (krate, room) = folder.split_once("/src").expect("a folder of sources");
    let room: Module = room.split('/').skip(1).map(str::to_owned).collect();
    let within = |module: &Module| Some(module.strip_prefix(&*room)?.to_vec());
    let graph = graph(&root().join(krate).join("src")).into_iter();
    let graph = graph.filter_map(|(module, seen)| {
        Some((within(&module)?, seen.iter().filter_map(within).collect()))
    });
    graph.collect()
}

//! One program for all targets: `LOCKSTEP_FUZZ` names the one that is run, and what follows on the
//! command line is libFuzzer's. `run` beside this crate builds it and runs all of them in turn.
//!
//! A target takes bytes and panics where something does not hold that must hold for all input. It is
//! one file and one line in the registry below.

#![no_main]

mod bounds;
mod change;
mod config;
mod features;
#[cfg(feature = "server")]
mod frames;
mod history;
mod ids;
mod incremental;
mod journal;
mod json;
mod links;
mod markdown;
mod merge;
mod seeds;
mod workspace;
mod yaml;

use std::fs;
use std::path::Path;
use std::process::exit;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;

/// What is done with each input.
type Check = fn(&[u8]);

/// What is fuzzed.
struct Target {
    name: &'static str,
    check: Check,
    /// What it begins with.
    seeds: fn() -> Vec<Vec<u8>>,
}

const TARGETS: &[Target] = &[
    Target { name: "markdown", check: markdown::check, seeds: seeds::texts },
    Target { name: "json", check: json::check, seeds: seeds::texts },
    Target { name: "yaml", check: yaml::check, seeds: seeds::texts },
    Target { name: "config", check: config::check, seeds: seeds::configurations },
    Target { name: "features", check: features::check, seeds: seeds::workspaces },
    Target { name: "incremental", check: incremental::check, seeds: incremental::seeds },
    Target { name: "change", check: change::check, seeds: seeds::workspaces },
    Target { name: "links", check: links::check, seeds: links::seeds },
    Target { name: "ids", check: ids::check, seeds: ids::seeds },
    Target { name: "merge", check: merge::check, seeds: merge::seeds },
    #[cfg(feature = "server")]
    Target { name: "frames", check: frames::check, seeds: frames::seeds },
    Target { name: "journal", check: journal::check, seeds: journal::seeds },
    Target { name: "history", check: history::check, seeds: history::seeds },
];

static CHOSEN: OnceLock<Check> = OnceLock::new();

/// Takes the target that is named, or writes its seeds to the folder that is named, and ends.
fn choose() {
    let name = std::env::var("LOCKSTEP_FUZZ").unwrap_or_default();
    let Some(target) = TARGETS.iter().find(|target| target.name == name) else {
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        eprintln!("LOCKSTEP_FUZZ names no target; set it to one of: {}", names.join(" "));
        exit(2);
    };
    if let Ok(folder) = std::env::var("LOCKSTEP_FUZZ_SEEDS") {
        for (number, seed) in (target.seeds)().iter().enumerate() {
            let path = Path::new(&folder).join(format!("seed-{number:04}"));
            fs::write(path, seed).expect("the folder for the seeds can be written to");
        }
        exit(0);
    }
    CHOSEN.get_or_init(|| target.check);
}

fuzz_target!(init: choose(), |data: &[u8]| {
    if let Some(check) = CHOSEN.get() {
        check(data);
    }
});

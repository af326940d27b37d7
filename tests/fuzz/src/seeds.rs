//! What targets begin with: the examples of the project's own pages, and the built-in profiles.

use std::fs;
use std::path::{Path, PathBuf};

use lockstep_analysis::profile::builtin;
use lockstep_fixture::Fixture;

/// The workspaces of all examples, in the form that `workspace` reads.
pub fn workspaces() -> Vec<Vec<u8>> {
    let mut out: Vec<Vec<u8>> = Vec::new();
    for (profile, fixture) in fixtures() {
        let mut text = format!("{profile}\n");
        for file in fixture.on_disk().filter(|file| !file.deleted && file.symlink.is_none()) {
            text.push_str(&format!("=== {}\n{}", file.path, file.text));
            if !file.text.ends_with('\n') {
                text.push('\n');
            }
        }
        out.push(text.into_bytes());
    }
    out
}

/// The texts of all examples.
pub fn texts() -> Vec<Vec<u8>> {
    let mut out: Vec<Vec<u8>> = Vec::new();
    for (_, fixture) in fixtures() {
        out.extend(fixture.files.into_iter().map(|file| file.text.into_bytes()));
    }
    out.sort();
    out.dedup();
    out
}

/// The built-in profiles as they are written, and the configurations of all examples.
pub fn configurations() -> Vec<Vec<u8>> {
    let profiles = builtin::SOURCES.iter().map(|source| source.toml.as_bytes().to_vec());
    let fixtures = fixtures().into_iter().flat_map(|(_, fixture)| fixture.files);
    let own = fixtures.filter(|file| file.path == "lockstep.toml");
    profiles.chain(own.map(|file| file.text.into_bytes())).collect()
}

/// The examples of pages, each with the profile that its page is of, or `-`.
fn fixtures() -> Vec<(String, Fixture)> {
    let server = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../server");
    let folders = ["profiles", "analysis/src/rules", "analysis/src/actions"];
    let mut pages: Vec<PathBuf> = folders.iter().flat_map(|it| listed(&server.join(it))).collect();
    pages.sort();
    let mut out = Vec::new();
    for page in pages {
        let name = page.file_stem().map(|it| it.to_string_lossy().into_owned());
        let profile = name.filter(|it| builtin::source(it).is_some()).unwrap_or("-".to_owned());
        let text = fs::read_to_string(&page).expect("a page is text");
        let fences = text.split("```fixture\n").skip(1);
        let fences = fences.filter_map(|rest| rest.split("\n```").next());
        out.extend(fences.filter_map(|it| Some((profile.clone(), Fixture::parse(it).ok()?))));
    }
    out
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the pages stand beside what they are about");
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths.filter(|path| path.extension().is_some_and(|it| it == "md")).collect()
}

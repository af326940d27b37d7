//! No test file is forgotten.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The files below `folder` that end in `.rs`.
fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder of the tests") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|it| it == "rs") {
            out.push(path);
        }
    }
}

#[test]
fn every_file_of_tests_is_listed_as_a_module() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
    let mut files = Vec::new();
    sources(&root, &mut files);
    // A crate of its own: what its compiler is not told of, it reports itself.
    files.retain(|file| !file.starts_with(root.join("fuzz")));
    let mut listed = BTreeSet::from([root.join("main.rs")]);
    for file in &files {
        let text = std::fs::read_to_string(file).expect("a source");
        let folder = match file.file_name().is_some_and(|name| name == "main.rs") {
            true => root.clone(),
            false => file.with_extension(""),
        };
        for line in text.lines() {
            let line = line.strip_prefix("pub ").unwrap_or(line);
            if let Some(name) = line.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) {
                let name = name.trim_start_matches("r#");
                listed.insert(folder.join(name).with_extension("rs"));
            }
        }
    }
    let forgotten: Vec<_> = files.iter().filter(|file| !listed.contains(*file)).collect();
    assert!(forgotten.is_empty(), "no `mod` line for {forgotten:#?}");
}

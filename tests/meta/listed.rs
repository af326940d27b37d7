//! No test is forgotten.

use std::collections::BTreeSet;

use crate::support::repository::{read, root, rust_files};

#[test]
fn every_file_of_tests_is_listed_as_a_module() {
    let folder = root().join("tests");
    let files = rust_files(&folder);
    let mut listed = BTreeSet::from([folder.join("main.rs")]);
    for file in &files {
        let below = match *file == folder.join("main.rs") {
            true => folder.clone(),
            false => file.with_extension(""),
        };
        for line in read(file).lines() {
            let line = line.strip_prefix("pub ").unwrap_or(line);
            if let Some(name) = line.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) {
                listed.insert(below.join(name).with_extension("rs"));
            }
        }
    }
    let forgotten: Vec<_> = files.iter().filter(|file| !listed.contains(*file)).collect();
    assert!(forgotten.is_empty(), "no `mod` line for {forgotten:#?}");
}

//! Sizes and forms of the sources.

use crate::support::repository::{read, root, rust_files, tracked};

/// Lines that a file may have.
const FILE: usize = 600;

/// Lines that a function may have.
const FUNCTION: usize = 80;

#[test]
fn files_are_short() {
    let long: Vec<String> = tracked()
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "rs" || e == "lua" || e == "ts"))
        .filter_map(|path| {
            let lines = read(&path).lines().count();
            (lines > FILE).then(|| format!("{}: {lines} lines", path.display()))
        })
        .collect();
    assert!(long.is_empty(), "split these:\n{}", long.join("\n"));
}

#[test]
fn functions_are_short() {
    let mut long = Vec::new();
    for file in rust_files(&root()) {
        let source = read(&file);
        let mut open: Option<(usize, usize, String)> = None;
        for (number, line) in source.lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let body = line.trim_start();
            let starts = [
                "fn ",
                "pub fn ",
                "pub(crate) fn ",
                "pub(super) fn ",
                "async fn ",
                "pub async fn ",
            ]
            .iter()
            .any(|head| body.starts_with(head));
            if starts && open.is_none() && !line.trim_end().ends_with(';') {
                open = Some((number, indent, body.to_owned()));
            } else if let Some((start, level, name)) = &open
                && indent == *level
                && body.starts_with('}')
            {
                if number - start + 1 > FUNCTION {
                    let lines = number - start + 1;
                    long.push(format!("{}:{}: {lines} lines: {name}", file.display(), start + 1));
                }
                open = None;
            }
        }
    }
    assert!(long.is_empty(), "split these:\n{}", long.join("\n"));
}

#[test]
fn every_source_says_first_what_is_in_it() {
    let silent: Vec<String> = rust_files(&root())
        .into_iter()
        .filter(|file| !read(file).starts_with("//! "))
        .map(|file| file.display().to_string())
        .collect();
    assert!(silent.is_empty(), "no `//!` line at the top of:\n{}", silent.join("\n"));
}

#[test]
fn no_module_hides_in_a_mod_rs() {
    let hidden: Vec<_> =
        rust_files(&root()).into_iter().filter(|f| f.ends_with("mod.rs")).collect();
    assert!(hidden.is_empty(), "{hidden:?}");
}

#[test]
fn no_test_is_ignored_and_none_sleeps() {
    // Written in two parts so that this file does not find itself.
    let banned = [
        concat!("#[ig", "nore"),
        concat!("thread::sl", "eep"),
        concat!("time::sl", "eep"),
        concat!("to", "do!("),
        concat!("unimple", "mented!("),
    ];
    let mut faults = Vec::new();
    for file in rust_files(&root()) {
        for (number, line) in read(&file).lines().enumerate() {
            for text in banned.iter().filter(|text| line.contains(**text)) {
                faults.push(format!("{}:{}: {text}", file.display(), number + 1));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_top_level_holds_what_it_should() {
    let allowed = [
        "Cargo.toml",
        "Cargo.lock",
        "README.md",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "server",
        "editors",
        "tests",
    ];
    let mut others: Vec<String> = tracked()
        .iter()
        .filter_map(|path| {
            let first = path.strip_prefix(root()).ok()?.components().next()?;
            Some(first.as_os_str().to_string_lossy().into_owned())
        })
        .filter(|name| !name.starts_with('.') && !allowed.contains(&name.as_str()))
        .collect();
    others.dedup();
    assert!(others.is_empty(), "{others:?} stand at the top level");
}

//! Links between the pages of the repository lead somewhere.

use std::path::{Path, PathBuf};

use crate::support::repository::root;

/// Every page that stands in the repository.
fn pages(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir()
            && !matches!(name.to_str(), Some("target" | ".git" | "corpora" | "node_modules"))
        {
            pages(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            into.push(path);
        }
    }
}

/// The text without code, in which `](` is no link.
fn prose(text: &str) -> String {
    let mut fence = false;
    let lines = text.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        fence ^= is_fence;
        !fence && !is_fence
    });
    let without_code = |line: &str| line.split('`').step_by(2).collect::<Vec<_>>().join("_");
    lines.map(without_code).collect::<Vec<_>>().join("\n")
}

/// The anchor of a heading, as hosts of repositories make it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn links_lead_to_files_and_headings_that_are_there() {
    let mut all = Vec::new();
    pages(&root(), &mut all);
    let mut lost = Vec::new();
    for page in &all {
        let text = prose(&std::fs::read_to_string(page).expect("a page"));
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        for (target, _) in targets.filter(|(target, _)| !target.contains("://")) {
            let (path, heading) = target.split_once('#').unwrap_or((target, ""));
            let folder = page.parent().expect("a folder");
            let file = if path.is_empty() { page.clone() } else { folder.join(path) };
            let is_there = || {
                let text = std::fs::read_to_string(&file).unwrap_or_default();
                let headings = text.lines().filter(|line| line.starts_with('#'));
                heading.is_empty() || headings.map(anchor).any(|it| it == heading)
            };
            if !file.exists() || !is_there() {
                lost.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert_eq!(lost, Vec::<String>::new());
}

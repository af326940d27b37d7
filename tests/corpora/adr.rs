//! A convention that no profile knows, told by TOML alone: decisions in files of their own, and an index
//! with a table of them.

use std::path::Path;

use lockstep::report::{self, Fixes};
use lockstep::workspace::local::LocalWorkspace;

use crate::support::repository::{corpora, read};

const DECISIONS: &str = r#"
id = "decisions"

[ids]
prefixes = ["ADR-"]
number = true

[markers]
style = "{}"
case = "any"

[fields]
status = ["Status"]

[[vocabulary.task]]
id = "proposed"
marker = "Proposed"
category = "open"
next = ["accepted"]

[[vocabulary.task]]
id = "accepted"
marker = "Accepted"
category = "active"
next = ["shipped"]

[[vocabulary.task]]
id = "shipped"
marker = "Accepted · Shipped"
category = "done"

[[role]]
id = "index"
files = ["docs/adr/INDEX.md"]
rank = 20
table = [{ kind = "task", id = ["ADR"], title = ["Decision"], status = ["Status"] }]

[[role]]
id = "record"
files = ["docs/adr/ADR-[0-9]*.md"]
path = '(?:^|/)ADR-0*(?<id>[0-9]+)-[^/]*\.md$'
rank = 10
document = { kind = "task" }
"#;

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("the corpus").flatten() {
        std::fs::write(to.join(entry.file_name()), read(&entry.path())).expect("a copy");
    }
}

/// The number of each decision, and whether its row and its file say the same, by a reader of lines.
fn crude(folder: &Path) -> Vec<(u32, bool)> {
    let words = ["Accepted · Shipped", "Accepted", "Proposed"];
    let index = read(&folder.join("INDEX.md"));
    let of_row = |row: &str| {
        let number: u32 = row.get(..4)?.parse().ok()?;
        let in_row = words.iter().find(|word| row.contains(&format!("| {word} |")))?;
        let name = format!("ADR-{number:04}-");
        let mut files = std::fs::read_dir(folder).expect("the corpus").flatten();
        let own = files.find(|it| it.file_name().to_string_lossy().starts_with(&name))?;
        let text = read(&own.path());
        let status = text.lines().find(|line| line.contains("**Status:**"))?;
        let in_file = words.iter().find(|word| status.contains(*word))?;
        Some((number, in_row == in_file))
    };
    index.lines().filter_map(|line| line.strip_prefix("| [ADR-")).filter_map(of_row).collect()
}

#[test]
fn an_invented_convention_needs_toml_only() {
    let Some(corpora) = corpora() else { return };
    let source = corpora.join("conventions/adr/0xTanzim+nextRush/docs/adr");
    let sandbox = tempfile::tempdir().expect("a folder");
    copy(&source, &sandbox.path().join("docs/adr"));
    std::fs::write(sandbox.path().join("lockstep.toml"), DECISIONS).expect("a file");
    let workspace = LocalWorkspace::open(sandbox.path()).expect("it opens");
    let crude = crude(&source);
    let tasks = report::list(workspace.analysis(), &Default::default()).expect("no filter").tasks;
    // One file states no status.
    assert_eq!((tasks.len(), crude.len()), (24, 23));
    let differ = crude.iter().filter(|(_, is_same)| !is_same);
    let mut expected: Vec<(String, String)> =
        differ.map(|(number, _)| ("drift".to_owned(), number.to_string())).collect();
    let found = workspace.check(Fixes::Offered).diagnostics.into_iter();
    let mut found: Vec<(String, String)> =
        found.map(|it| (it.rule, it.task.unwrap_or_default())).collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
    assert_eq!(found.len(), 4);
}

//! Texts for agents that are put into files of a repository: between markers, where the file is somebody
//! else's too. They are written as any change is, in one transaction that can be undone.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use lockstep_analysis::model::FilePath;
use lockstep_analysis::snapshot::editing::{EditedFile, EditorChange};

use crate::cli::UserError;
use crate::workspace::clock;
use crate::workspace::commit::{self, Terms, user};
use crate::workspace::local::LocalWorkspace;

/// Before the text.
const BEGIN: &str = "<!-- lockstep:begin -->";
/// After the text.
const END: &str = "<!-- lockstep:end -->";

/// What a file is to be.
#[derive(Clone, Debug)]
pub(super) struct Guidance {
    /// The file, relative to the root.
    pub(super) path: String,
    /// What it holds; none where it is not there.
    pub(super) before: Option<String>,
    /// What it shall hold.
    pub(super) after: String,
}

impl Guidance {
    /// A file below `root` that is to hold `text`, whatever it holds.
    pub(super) fn whole(root: &Path, file: &Path, text: &str) -> Result<Guidance, UserError> {
        let path = below(root, file)?;
        let before = read(&root.join(&path))?;
        Ok(Guidance { path, before, after: text.to_owned() })
    }

    /// A file below `root` that is to hold `text` between markers: where they are, else at its end.
    pub(super) fn between_markers(
        root: &Path,
        file: &Path,
        text: &str,
    ) -> Result<Guidance, UserError> {
        let path = below(root, file)?;
        let before = read(&root.join(&path))?;
        let after = marked(before.as_deref().unwrap_or_default(), text).map_err(|why| {
            UserError::usage(format!("{path} {why}"))
                .hint("correct the markers, or remove them; nothing was changed")
        })?;
        Ok(Guidance { path, before, after })
    }

    /// Whether the file is so already.
    pub(super) fn is_there(&self) -> bool {
        self.before.as_ref() == Some(&self.after)
    }
}

/// Writes those files that are not so yet, in one transaction; whether there were any.
pub(super) fn write(
    workspace: &mut LocalWorkspace,
    all: &[Guidance],
    label: &str,
) -> Result<bool, UserError> {
    let missing = all.iter().filter(|it| !it.is_there());
    let files: BTreeMap<FilePath, EditedFile> = missing
        .map(|it| {
            let before = it.before.as_deref().map(Arc::from);
            let after = Arc::from(it.after.as_str());
            (FilePath::new(&it.path), EditedFile { before, after, seen: true })
        })
        .collect();
    if files.is_empty() {
        return Ok(false);
    }
    let (id, label) = (String::new(), label.to_owned());
    let change = EditorChange { id, label, files, below: Vec::new() };
    let saved = commit::save(workspace, &change, &clock::now(), &Terms::of(user()))?;
    Ok(saved.transaction.is_some())
}

/// A path as the workspace names it.
fn below(root: &Path, file: &Path) -> Result<String, UserError> {
    let outside = || {
        UserError::usage(format!("{} is not below {}", file.display(), root.display()))
            .hint("name a file of the repository")
    };
    let relative = file.strip_prefix(root).unwrap_or(file);
    let mut path = PathBuf::new();
    for part in relative.components() {
        match part {
            Component::CurDir => {}
            Component::Normal(name) => path.push(name),
            _ => return Err(outside()),
        }
    }
    let path = path.to_str().filter(|path| !path.is_empty()).ok_or_else(outside)?;
    Ok(path.replace('\\', "/"))
}

fn read(path: &Path) -> Result<Option<String>, UserError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let hint = "write to another file, or make this one a text in UTF-8";
            let what = format!("{} cannot be read", path.display());
            Err(UserError::usage(what).why(error.to_string()).hint(hint))
        }
    }
}

/// A text with another between its markers. The error says what is wrong with them, as a clause.
fn marked(before: &str, text: &str) -> Result<String, String> {
    let end_of_line = if before.contains("\r\n") { "\r\n" } else { "\n" };
    let block = format!("{BEGIN}\n{}\n{END}", text.trim_end()).replace('\n', end_of_line);
    let places = |marker: &str| marker_lines(before, marker);
    let line = |at: usize| before[..at].matches('\n').count() + 1;
    match (places(BEGIN).as_slice(), places(END).as_slice()) {
        ([], []) => {
            let gap = match before {
                "" => "",
                text if text.ends_with(&format!("{end_of_line}{end_of_line}")) => "",
                text if text.ends_with(end_of_line) => end_of_line,
                _ => &format!("{end_of_line}{end_of_line}"),
            };
            Ok(format!("{before}{gap}{block}{end_of_line}"))
        }
        ([begin], [end]) if begin < end => {
            Ok(format!("{}{block}{}", &before[..*begin], &before[end + END.len()..]))
        }
        ([begin, ..], []) => {
            Err(format!("has `{BEGIN}` in line {} and no end of it", line(*begin)))
        }
        ([], [end, ..]) => Err(format!("has `{END}` in line {} and no begin of it", line(*end))),
        ([begin, ..], [..]) => {
            Err(format!("has markers that are not one pair, first in line {}", line(*begin)))
        }
    }
}

/// Where a marker is a line of its own, outside of fences: elsewhere a text only speaks of it.
fn marker_lines(text: &str, marker: &str) -> Vec<usize> {
    let (mut at, mut fence, mut found) = (0, None, Vec::new());
    for line in text.split_inclusive('\n') {
        let said = line.trim();
        let mark = said.chars().next().filter(|first| matches!(first, '`' | '~'));
        let run = said.chars().take_while(|c| Some(*c) == mark).count();
        match fence {
            None if run >= 3 && !(mark == Some('`') && said[run..].contains('`')) => {
                fence = mark.map(|mark| (mark, run));
            }
            Some((open, long)) if mark == Some(open) && run >= long && run == said.len() => {
                fence = None;
            }
            None if said == marker => found.push(at + line.len() - line.trim_start().len()),
            _ => {}
        }
        at += line.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_stands_between_its_markers_and_the_rest_as_it_was() {
        let first = marked("# Mine\n", "one\n").expect("marked");
        assert_eq!(first, format!("# Mine\n\n{BEGIN}\none\n{END}\n"));
        assert_eq!(marked(&first, "one\n").as_ref(), Ok(&first), "twice is as once");
        let inline = marked("```a``` is used\n", "one\n").expect("marked");
        assert_eq!(marked(&inline, "one\n").as_ref(), Ok(&inline), "no fence is open");
        let around = format!("a\r\n{BEGIN}\r\nold\r\n{END}\r\nb\r\n");
        let expected = format!("a\r\n{BEGIN}\r\nnew\r\n2\r\n{END}\r\nb\r\n");
        assert_eq!(marked(&around, "new\n2\n"), Ok(expected));
        assert_eq!(marked("", "x"), Ok(format!("{BEGIN}\nx\n{END}\n")));
        assert_eq!(marked("no end", "x"), Ok(format!("no end\n\n{BEGIN}\nx\n{END}\n")));
    }

    #[test]
    fn a_text_that_speaks_of_the_markers_has_none() {
        let spoken = format!("Between `{BEGIN}` and `{END}`.\n\n```md\n{BEGIN}\n{END}\n```\n");
        assert_eq!(marked(&spoken, "x"), Ok(format!("{spoken}\n{BEGIN}\nx\n{END}\n")));
    }

    #[test]
    fn markers_that_are_no_pair_are_told() {
        for text in [
            format!("\n{BEGIN}\n"),
            format!("\n{END}\n"),
            format!("\n{END}\n{BEGIN}\n"),
            format!("\n{BEGIN}\n{BEGIN}\n{END}\n"),
        ] {
            let why = marked(&text, "x").expect_err("it is told");
            assert!(why.contains("line 2") || why.contains("line 3"), "{why}");
        }
    }
}

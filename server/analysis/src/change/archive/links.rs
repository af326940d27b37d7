//! Links to files that move with a folder, and links of such files to what stays.

use std::collections::BTreeMap;

use crate::change::archive::{is_inside, moved};
use crate::index::DocIdx;
use crate::model::{Document, FilePath, link_path};
use crate::profile::Format;
use crate::snapshot::{Resolved, Snapshot, join, link_candidates};
use crate::syntax::markdown::Markdown;
use crate::text::TextRange;
use crate::text::text_edit::{TextEdit, TextEdits};

/// The edits that let links lead to where folders have gone, by document. History is left alone,
/// unless it moves.
pub(super) fn mend(
    analysis: &Snapshot,
    folders: &BTreeMap<&str, &str>,
) -> BTreeMap<DocIdx, Vec<TextEdit>> {
    let mut edits: BTreeMap<DocIdx, Vec<TextEdit>> = BTreeMap::new();
    if folders.is_empty() {
        return edits;
    }
    for (doc, document) in analysis.index.docs.iter().enumerate() {
        let moves = moved(document.path.as_str(), folders).is_some();
        if document.facts.history && !moves {
            continue;
        }
        let links = document.facts.links.iter();
        let mut mended: Vec<TextEdit> = links
            .filter_map(|link| match analysis.resolve(document, &link.target) {
                Resolved::Present(goal) | Resolved::Empty(goal) => {
                    let way = Way { from: &document.path, target: &link.target, goal: &goal };
                    way.mended(&document.text, link.range, folders)
                }
                Resolved::Absent | Resolved::Unknown => None,
            })
            .collect();
        if moves && document.role().format == Format::Markdown {
            mended.extend(images(document, folders));
        }
        if !mended.is_empty() {
            edits.insert(doc, mended);
        }
    }
    edits
}

/// The edits for pictures that stay where they are: they are no links of tasks.
fn images(document: &Document, folders: &BTreeMap<&str, &str>) -> Vec<TextEdit> {
    let markdown = Markdown::parse(&document.text);
    let images = markdown.links.iter().filter(|link| link.image);
    let mended = images.filter_map(|link| {
        let target = link_path(link.target.of(&document.text))?;
        let goal = join(document.path.folder(), &target)?;
        let way = Way { from: &document.path, target: &target, goal: &goal };
        way.mended(&document.text, link.target, folders)
    });
    mended.collect()
}

/// The text of a Markdown file without a role at `path`, with its links mended where `folders` move,
/// from where to where, and with them `files`; `None` where nothing is to be mended. What is not
/// among `files` is taken to be where a link says by the letter.
pub fn mend_text(
    path: &FilePath,
    text: &str,
    folders: &BTreeMap<String, String>,
    files: &BTreeMap<FilePath, FilePath>,
) -> Option<String> {
    let folders: BTreeMap<&str, &str> = folders.iter().map(|(from, to)| (&**from, &**to)).collect();
    let goes = |goal: &str| folders.keys().any(|from| goal == *from || is_inside(goal, from));
    let is_there = |goal: &str| {
        files.keys().any(|file| file.as_str() == goal || is_inside(file.as_str(), goal))
    };
    let markdown = Markdown::parse(text);
    let edits = markdown.links.iter().filter_map(|link| {
        let target = link_path(link.target.of(text))?;
        let goal = link_candidates(path, &target).find(|it| goes(it) && is_there(it));
        let literal = || join(path.folder(), &target).filter(|goal| !goes(goal));
        let goal = goal.or_else(literal)?;
        Way { from: path, target: &target, goal: &goal }.mended(text, link.target, &folders)
    });
    let edits = TextEdits::new(edits.collect()).ok()?;
    (!edits.is_empty()).then(|| edits.apply(text))
}

/// A link of a file, and the file that it means.
struct Way<'a> {
    from: &'a FilePath,
    target: &'a str,
    goal: &'a str,
}

impl Way<'_> {
    /// The edit of the target at `range` by which it leads there still.
    fn mended(
        &self,
        text: &str,
        range: TextRange,
        folders: &BTreeMap<&str, &str>,
    ) -> Option<TextEdit> {
        let (raw, start) = (range.of(text), range.start as usize);
        let is_literal = join(self.from.folder(), self.target).as_deref() == Some(self.goal);
        let to = folders.iter().find(|(from, _)| self.goal == **from || is_inside(self.goal, from));
        match (moved(self.from.as_str(), folders), to) {
            // What goes along is found as before.
            (Some(_), Some(_)) if is_literal => None,
            // What stays is so many folders further up.
            (Some(new), None) if is_literal => {
                let depth = |path: &FilePath| path.as_str().matches('/').count();
                let up = depth(&new).checked_sub(depth(self.from))?;
                let here = raw.len() - raw.trim_start_matches("./").len();
                Some(TextEdit::insert(start + here, "../".repeat(up)))
            }
            (_, Some((from, to))) => {
                let name = from.rsplit('/').next().unwrap_or(from);
                let above = from.len() - name.len();
                let added = &to[above..to.len() - name.len()];
                Some(TextEdit::insert(start + component(raw, name)?, added.to_owned()))
            }
            (_, None) => None,
        }
    }
}

/// Where the last part of a path that is `name` begins.
fn component(path: &str, name: &str) -> Option<usize> {
    let ends = |at: usize| {
        let rest = &path[at + name.len()..];
        rest.is_empty() || rest.starts_with(['/', '#', '?'])
    };
    let begins = |at: usize| at == 0 || path[..at].ends_with('/');
    path.rmatch_indices(name).map(|(at, _)| at).find(|at| begins(*at) && ends(*at))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOVES: [(&str, &str); 2] = [
        ("specs/007_login", "specs/archive/007_login"),
        ("specs/008_out", "specs/archive/008_out"),
    ];
    const FILES: [&str; 3] = ["007_login/plans/a.md", "007_login/reports/r.md", "008_out/x.md"];

    #[track_caller]
    fn check(path: &str, text: &str, expected: Option<&str>) {
        let folders = MOVES.map(|(from, to)| (from.to_owned(), to.to_owned())).into();
        let file = |name: &&str| {
            let place = |folder: &str| FilePath::new(&format!("{folder}/{name}"));
            (place("specs"), place("specs/archive"))
        };
        let files = FILES.iter().map(file).collect();
        let mended = mend_text(&FilePath::new(path), text, &folders, &files);
        assert_eq!(mended.as_deref(), expected);
    }

    #[test]
    fn a_link_to_what_moves_follows_it_by_the_letter_or_from_a_folder_above() {
        for (link, mended) in [
            ("../../007_login/plans/a.md", "../../archive/007_login/plans/a.md"),
            ("../../007_login/plans/a.md#two", "../../archive/007_login/plans/a.md#two"),
            ("../../007_login/", "../../archive/007_login/"),
            ("../../007_login", "../../archive/007_login"),
            ("007_login/plans/a.md", "archive/007_login/plans/a.md"),
            ("specs/008_out/x.md", "specs/archive/008_out/x.md"),
        ] {
            let text = |link: &str| format!("# Report\r\n\r\nSee [it]({link} \"title\") there.");
            check("specs/009_docs/reports/r.md", &text(link), Some(&text(mended)));
        }
    }

    #[test]
    fn a_link_of_what_moves_leads_to_what_stays_and_goes_along_with_the_rest() {
        for (link, mended) in [
            ("../../TODO.md", Some("../../../TODO.md")),
            ("./../../009_docs/p.md", Some("./../../../009_docs/p.md")),
            ("<../../a b.md>", Some("<../../../a b.md>")),
            ("../../008_out/x.md", None),
            ("../plans/a.md", None),
            ("other.md", None),
            ("specs/007_login/plans/a.md", Some("specs/archive/007_login/plans/a.md")),
            ("https://example.org/../../x", None),
            ("#two", None),
        ] {
            let text = |link: &str| format!("[it]({link}) ![a picture]({link})\n");
            let mended = mended.map(text);
            check("specs/007_login/reports/r.md", &text(link), mended.as_deref());
        }
    }

    #[test]
    fn what_is_no_link_to_what_moves_stays() {
        for text in [
            "```md\n[it](../../007_login/plans/a.md)\n```\n",
            "`[it](../../007_login/plans/a.md)` and ../../007_login/plans/a.md\n",
            "[no such file](../../007_login/plans/b.md)\n",
            "[another](../../1007_login/plans/a.md) [one](007_login_2/plans/a.md)\n",
        ] {
            check("specs/009_docs/reports/r.md", text, None);
        }
    }
}

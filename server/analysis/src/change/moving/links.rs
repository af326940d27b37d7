//! Links to files that move, and links of such files to what stays.

use std::collections::BTreeMap;

use crate::change::moving::{IsThere, Ways, moved};
use crate::index::DocIdx;
use crate::model::{Document, FilePath, join, link_path};
use crate::profile::Format;
use crate::snapshot::{Existence, Snapshot, link_candidates};
use crate::syntax::markdown::Markdown;
use crate::syntax::markdown::targets::{may_name_targets, named_targets};
use crate::text::TextRange;
use crate::text::text_edit::{TextEdit, TextEdits};

/// The edits that let links lead to where folders have gone, by document. History is left alone,
/// unless it moves.
pub(crate) fn mend(analysis: &Snapshot, ways: &Ways<'_>) -> BTreeMap<DocIdx, Vec<TextEdit>> {
    let mut edits: BTreeMap<DocIdx, Vec<TextEdit>> = BTreeMap::new();
    if ways.is_empty() {
        return edits;
    }
    let is_there = |path: &str| analysis.existence(path).map(|it| it != Existence::Absent);
    for (doc, document) in analysis.index.docs.iter().enumerate() {
        let moves = moved(document.path.as_str(), ways).is_some();
        if document.facts.history && !moves {
            continue;
        }
        let links = document.facts.links.iter();
        let mut mended: Vec<TextEdit> = links
            .filter_map(|link| {
                let goal = goal(&document.path, &link.target, ways, &is_there)?;
                let way = Way { from: &document.path, target: &link.target, goal: &goal };
                way.mended(&document.text, link.range, ways)
            })
            .collect();
        if document.role().format == Format::Markdown {
            mended.extend(others(document, moves, ways, &is_there));
        }
        if !mended.is_empty() {
            edits.insert(doc, mended);
        }
    }
    edits
}

/// The edits for what is no link of tasks: definitions, targets in HTML, pictures, and links that begin
/// at the root.
fn others(
    document: &Document,
    moves: bool,
    ways: &Ways<'_>,
    is_there: &IsThere<'_>,
) -> Vec<TextEdit> {
    let text = document.text.whole();
    let has_rooted = text.contains("](/") || text.contains("](</");
    if !moves && !may_name_targets(text) && !text.contains("![") && !has_rooted {
        return Vec::new();
    }
    let markdown = Markdown::parse(text);
    let (images, links): (Vec<_>, Vec<_>) = markdown.links.iter().partition(|link| link.image);
    let links = links.into_iter().filter_map(|it| rooted(text, it.target, ways, is_there));
    let named = images.into_iter().map(|it| it.target).chain(named_targets(text));
    links.chain(named.filter_map(|it| mended(&document.path, text, it, ways, is_there))).collect()
}

/// The edit of a target in a file by which it leads where it did.
fn mended(
    path: &FilePath,
    text: &str,
    range: TextRange,
    ways: &Ways<'_>,
    is_there: &IsThere<'_>,
) -> Option<TextEdit> {
    let Some(target) = link_path(range.of(text)) else {
        return rooted(text, range, ways, is_there);
    };
    let goal = goal(path, &target, ways, is_there)?;
    Way { from: path, target: &target, goal: &goal }.mended(text, range, ways)
}

/// The edit of a target that begins at the root, as `/specs/a.md` does, where what is there moves. Such
/// a target may be an address on a site: where nobody knows of a file, it stays.
fn rooted(
    text: &str,
    range: TextRange,
    ways: &Ways<'_>,
    is_there: &IsThere<'_>,
) -> Option<TextEdit> {
    let raw = range.of(text).trim().trim_start_matches('<');
    let goal = join("", &link_path(raw.strip_prefix('/')?)?)?;
    let to = moved(&goal, ways)?;
    let is_known = ways.contains_key(&*goal) || is_there(&goal) == Some(true);
    is_known.then(|| respelled(text, range, &format!("/{to}")))?
}

/// The text of a Markdown file without a role at `path`, with its links mended where `folders` and
/// files of their own move, from where to where; `None` where nothing is to be mended.
pub fn mend_text(
    path: &FilePath,
    text: &str,
    folders: &BTreeMap<String, String>,
    is_there: &IsThere<'_>,
) -> Option<String> {
    let ways: Ways<'_> = folders.iter().map(|(from, to)| (&**from, &**to)).collect();
    let markdown = Markdown::parse(text);
    let links = markdown.links.iter().map(|link| link.target);
    let targets = links.chain(named_targets(text));
    let edits = targets.filter_map(|range| mended(path, text, range, &ways, is_there));
    let edits = TextEdits::new(edits.collect()).ok()?;
    (!edits.is_empty()).then(|| edits.apply(text))
}

/// What a link of a file means: the path by the letter, unless nothing is there, and only then one from a
/// folder above. Where nobody knows whether something is there, none further up is taken to be meant.
/// What leads nowhere is as before, unless it would lead to what moves.
fn goal(from: &FilePath, target: &str, ways: &Ways<'_>, is_there: &IsThere<'_>) -> Option<String> {
    let by_letter = join(from.folder(), target);
    // The root itself is no candidate, and is there.
    if by_letter.as_deref() == Some("") {
        return by_letter;
    }
    for candidate in link_candidates(from, target) {
        let is_literal = by_letter.as_deref() == Some(&*candidate);
        // What somebody moves is there.
        let known = ways.contains_key(&*candidate).then_some(true);
        match known.or_else(|| is_there(&candidate)) {
            Some(true) => return Some(candidate),
            None => return Some(candidate).filter(|_| is_literal),
            Some(false) => {}
        }
    }
    by_letter.filter(|path| moved(path, ways).is_none())
}

/// A link of a file, and the file that it means.
struct Way<'a> {
    from: &'a FilePath,
    target: &'a str,
    goal: &'a str,
}

impl Way<'_> {
    /// The edit of the target at `range` by which it leads there still.
    fn mended(&self, text: &str, range: TextRange, ways: &Ways<'_>) -> Option<TextEdit> {
        let new_goal = moved(self.goal, ways);
        let goal = new_goal.as_ref().map_or(self.goal, FilePath::as_str);
        let new_from = moved(self.from.as_str(), ways);
        let from = new_from.as_ref().unwrap_or(self.from);
        let folder = self.from.folder();
        if join(folder, self.target).as_deref() == Some(self.goal) {
            let by_letter = join(from.folder(), self.target).as_deref() == Some(goal);
            return (!by_letter).then(|| respelled(text, range, &relative(from.folder(), goal)))?;
        }
        // It begins at a folder above the file, and so it does where both have one above them.
        let above = self.goal.strip_suffix(self.target)?;
        match goal.strip_prefix(above).filter(|_| from.as_str().starts_with(above)) {
            Some(target) if target == self.target => None,
            Some(target) => respelled(text, range, target),
            None => respelled(text, range, &relative(from.folder(), goal)),
        }
    }
}

/// The way from a folder to a file.
pub(crate) fn relative(folder: &str, goal: &str) -> String {
    let parts = |path: &str| -> Vec<String> {
        path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let (from, to) = (parts(folder), parts(goal));
    let same = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    // What is linked may be a folder above.
    let up = std::iter::repeat_n("..".to_owned(), from.len() - same);
    let way = up.chain(to.into_iter().skip(same)).collect::<Vec<_>>().join("/");
    if way.is_empty() { ".".to_owned() } else { way }
}

/// The edit by which a link leads along `path`: as many of its last parts as say the same are left as
/// they are written.
fn respelled(text: &str, range: TextRange, path: &str) -> Option<TextEdit> {
    let raw = range.of(text);
    let end = raw.find(['#', '?', '>']).unwrap_or(raw.len());
    let mut start = raw.len() - raw.trim_start_matches(['<', ' ']).len();
    while raw.get(start..end)?.starts_with("./") {
        start += 2;
    }
    let old: Vec<&str> = raw.get(start..end)?.trim_end_matches(['/', ' ']).split('/').collect();
    let new: Vec<&str> = path.split('/').collect();
    let same = |(old, new): &(&&str, &&str)| link_path(old).as_deref() == Some(**new);
    let kept = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    let (old, new) = (&old[..old.len() - kept], &new[..new.len() - kept]);
    let is_plain = raw.starts_with('<') || raw.contains(' ');
    let parts: Vec<String> = new.iter().map(|part| escaped(part, is_plain)).collect();
    let slash = usize::from(kept > 0);
    // With the slash behind each part of which another follows.
    let length = old.iter().map(|part| part.len() + 1).sum::<usize>().saturating_sub(1 - slash);
    let insert = parts.iter().map(|part| format!("{part}/")).collect::<String>();
    let insert = if slash == 1 { &*insert } else { insert.trim_end_matches('/') };
    let start = range.start as usize + start;
    Some(TextEdit { range: TextRange::new(start, start + length), insert: insert.to_owned() })
}

/// A part of a path as a link has it.
pub(crate) fn escaped(part: &str, is_plain: bool) -> String {
    let mut out = String::new();
    for c in part.chars() {
        match c {
            ' ' if is_plain => out.push(c),
            ' ' | '(' | ')' | '<' | '>' | '%' | '#' | '?' | '"' | '\\' => {
                out.push_str(&format!("%{:02X}", u32::from(c)));
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::moving::{followed, goes};
    use crate::testing::analysis;

    const MOVES: [(&str, &str); 2] = [
        ("specs/007_login", "specs/archive/007_login"),
        ("specs/008_out", "specs/archive/008_out"),
    ];
    const FILES: [&str; 4] =
        ["007_login/plans/a.md", "007_login/reports/r.md", "008_out/x.md", "1/specs/008_out/x.md"];

    #[track_caller]
    fn check(path: &str, text: &str, expected: Option<&str>) {
        let folders = MOVES.map(|(from, to)| (from.to_owned(), to.to_owned())).into();
        let is_there = |path: &str| {
            let mut files = FILES.iter().map(|file| format!("specs/{file}"));
            Some(files.any(|file| goes(&file, path)))
        };
        let mended = mend_text(&FilePath::new(path), text, &folders, &is_there);
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
    fn of_tasks_pictures_follow_as_links_do_and_what_is_there_by_the_letter_stays() {
        let text = |image: &str, link: &str| {
            format!(
                "### 7. Log in\n- **Status**: [PLANNED]\n\n![i]({image}) <img src='{image}'> \
                 [all]({link}) <a href=\"{link}\">all</a> [a folder](docs/)\n"
            )
        };
        let before = text("img/i.png", "README.md");
        let indented: String = before.lines().map(|line| format!("  {line}\n")).collect();
        let (analysis, _) =
            analysis(&format!("//- /specs/TODO.md\n{indented}//- /specs/README.md\n  All.\n"));
        let after = |from: &str, to: &str| {
            let change = followed(&analysis, &[(from.to_owned(), to.to_owned())].into());
            let text = change.after().into_values().next().flatten();
            text.map(|text| text.to_string())
        };
        let moved = text("img/j.png", "README.md");
        assert_eq!(after("specs/img/i.png", "specs/img/j.png"), Some(moved));
        assert_eq!(after("README.md", "OLD.md"), None);
        let moved = before.replace("docs/", "guide/");
        assert_eq!(after("specs/docs", "specs/guide"), Some(moved));
    }

    #[test]
    fn a_link_from_the_root_follows_what_moves_there_and_nothing_else() {
        let from = ["specs/009_docs/reports/r.md", "specs/007_login/reports/r.md"];
        for (link, mended) in [
            ("/specs/007_login/plans/a.md", Some("/specs/archive/007_login/plans/a.md")),
            ("/specs/007_login/plans/a.md#two", Some("/specs/archive/007_login/plans/a.md#two")),
            ("</specs/007_login/>", Some("</specs/archive/007_login/>")),
            ("/specs/007_login", Some("/specs/archive/007_login")),
            ("/specs/007_login/no-such-file", None),
            ("/007_login/plans/a.md", None),
            ("//specs/007_login/plans/a.md", None),
            ("/", None),
        ] {
            let text = |link: &str| format!("[it]({link}) ![a picture]({link})\n\n[it]: {link}\n");
            for from in from {
                check(from, &text(link), mended.map(text).as_deref());
            }
        }
        let (analysis, _) = analysis(
            "//- /specs/TODO.md\n  ### 7. Log in\n  - **Status**: [PLANNED]\n\n  See [all](/specs/README.md).\n//- /specs/README.md\n  All.\n",
        );
        let ways = [("specs/README.md".to_owned(), "specs/ALL.md".to_owned())].into();
        let after = followed(&analysis, &ways).after().into_values().next().flatten();
        assert!(after.is_some_and(|text| text.to_string().contains("[all](/specs/ALL.md)")));
    }

    #[test]
    fn what_goes_by_itself_goes_there_and_not_with_its_folder() {
        let ways = [("docs", "d2"), ("docs/a.md", "d2/z.md"), ("docs-x", "x")];
        let folders = ways.map(|(from, to)| (from.to_owned(), to.to_owned())).into();
        let text = "[a](docs/a.md) [b](docs/b.md) [x](docs-x/a.md) [root](.) [up](..)\n";
        let after = "[a](d2/z.md) [b](d2/b.md) [x](x/a.md) [root](.) [up](..)\n";
        let mended = mend_text(&FilePath::new("README.md"), text, &folders, &|_| Some(true));
        assert_eq!(mended.as_deref(), Some(after));
        let folders = [("a".to_owned(), "b/c".to_owned())].into();
        let mended = mend_text(&FilePath::new("a/x.md"), "[root](..)\n", &folders, &|_| Some(true));
        assert_eq!(mended.as_deref(), Some("[root](../..)\n"));
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
        // By the letter that is another file, which stays.
        check("specs/1/r.md", "[x](specs/008_out/x.md) <img src=\"specs/008_out/x.md\">\n", None);
    }
}

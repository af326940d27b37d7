//! Links of a text that moves, or to what moves: what is mended leads where it led before, everything
//! else in the text stays, and mended once more nothing changes.
//!
//! ```text
//! specs/009_docs/r.md                      the file
//! + specs/007_login specs/archive/007      a folder that moves
//! - specs/007_login/plans/a.md             a file in it
//!
//! The text.
//! ```

use std::collections::BTreeMap;

use lockstep_analysis::change::moving::{goes, mend_text};
use lockstep_analysis::model::FilePath;
use lockstep_analysis::syntax::markdown::Markdown;

type Ways = BTreeMap<String, String>;

pub fn check(data: &[u8]) {
    let Ok(input) = std::str::from_utf8(data) else { return };
    let Some((head, text)) = input.split_once("\n\n") else { return };
    let mut lines = head.lines();
    let Some(path) = lines.next().filter(|path| is_path(path)) else { return };
    let (mut ways, mut inside) = (Ways::new(), Vec::new());
    for line in lines {
        if let Some((from, to)) = line.strip_prefix("+ ").and_then(|it| it.split_once(' ')) {
            if is_path(from) && is_path(to) {
                ways.insert(from.to_owned(), to.to_owned());
            }
        } else if let Some(file) = line.strip_prefix("- ").filter(|file| is_path(file)) {
            inside.push(file.to_owned());
        }
    }
    let ends: Vec<&String> = ways.keys().chain(ways.values()).collect();
    let apart = |(at, end): (usize, &&String)| {
        let others = ends.iter().enumerate().filter(|(other, _)| *other != at);
        others.into_iter().all(|(_, other)| !goes(end, other))
    };
    if !ends.iter().enumerate().all(apart) {
        return;
    }
    // Of the other files nothing is known.
    let is_there = |path: &str| inside.iter().any(|it| it == path).then_some(true);
    let Some(mended) = mend_text(&FilePath::new(path), text, &ways, &is_there) else { return };
    assert_ne!(mended, text, "what is left as it is counts as mended");
    same_structure(text, &mended);
    let new_path = moved(path, &ways).unwrap_or_else(|| FilePath::new(path));
    lead_on(path, text, new_path.as_str(), &mended, &ways);
    let moved: Vec<FilePath> = inside.iter().filter_map(|it| moved(it, &ways)).collect();
    let is_there = |path: &str| moved.iter().any(|it| it.as_str() == path).then_some(true);
    let again = mend_text(&new_path, &mended, &ways, &is_there);
    assert_eq!(again.as_deref(), None, "mended once more: {mended:?}");
}

fn is_path(path: &str) -> bool {
    path.split('/').all(|part| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.chars().all(|c| c.is_alphanumeric() || "_-. ".contains(c))
    })
}

fn moved(path: &str, ways: &Ways) -> Option<FilePath> {
    let (from, to) = ways.iter().find(|(from, _)| goes(path, from))?;
    Some(FilePath::new(&format!("{to}{}", &path[from.len()..])))
}

fn same_structure(before: &str, after: &str) {
    let (one, two) = (Markdown::parse(before), Markdown::parse(after));
    assert_eq!(one.links.len(), two.links.len(), "{after:?}");
    assert_eq!(one.headings.len(), two.headings.len(), "{after:?}");
    assert_eq!(one.items.len(), two.items.len(), "{after:?}");
    for (link, now) in one.links.iter().zip(&two.links) {
        // The words of a picture may hold links, also such of HTML, which are mended too.
        let holds_another = one.links.iter().any(|it| link.text.contains_range(it.target))
            || link.text.of(before).contains("href=");
        assert!(holds_another || link.text.of(before) == now.text.of(after), "{after:?}");
    }
}

/// A link that was changed leads by the letter to what it led to by the letter, where that has gone.
fn lead_on(path: &str, before: &str, new_path: &str, after: &str, ways: &Ways) {
    let (one, two) = (Markdown::parse(before), Markdown::parse(after));
    for (one, two) in one.links.iter().zip(&two.links) {
        let (one, two) = (one.target.of(before), two.target.of(after));
        let plain = |target: &str| {
            let mut chars = target.chars();
            chars.all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c)) && !target.contains("//")
        };
        if one == two || !plain(one) {
            continue;
        }
        let Some(goal) = join(path, one) else { continue };
        let Some(now) = join(new_path, two) else { continue };
        let expected = moved(&goal, ways).map_or(goal.clone(), |it| it.as_str().to_owned());
        let by_letter = now == expected;
        // What begins at a folder above goes on to do so.
        let from_above = !one.starts_with('.')
            && moved(one, ways).is_some_and(|to| to.as_str() == two || now == to.as_str());
        let above = ways.iter().any(|(from, to)| {
            from.ends_with(one)
                || to.ends_with(two)
                || one.contains(from.rsplit('/').next().unwrap_or(from))
        });
        assert!(by_letter || from_above || above, "{one} led to {goal}; {two} leads to {now}");
    }
}

/// Where a target leads from a file, by the letter.
fn join(path: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in target.trim_end_matches('/').split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

pub fn seeds() -> Vec<Vec<u8>> {
    let head = "+ specs/007_login specs/archive/007_login\n+ specs/008_out specs/archive/008_out\n\
        - specs/007_login/plans/a.md\n- specs/008_out/x.md\n- specs/007_login/reports/r.md\n";
    let text = "# A\n\n[a](../../007_login/plans/a.md#two \"title\") [b](<../../a b.md>) ![c](../x.png)\n\
        [d]: ../../008_out/x.md\n<a href=\"../../007_login/plans/a.md\">e</a> `[f](../x.md)` [g](specs/008_out/x.md)\n\
        [h](./../007_login/) [i](../../TODO.md) [j](https://example.org/../x) [k](a%20b.md?x=1)\n";
    ["specs/009_docs/reports/r.md", "specs/007_login/reports/r.md", "TODO.md", "specs/TODO.md"]
        .map(|path| format!("{path}\n{head}\n{text}").into_bytes())
        .to_vec()
}

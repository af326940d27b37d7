//! Links to files that move with a folder.

use std::collections::BTreeMap;

use crate::analysis::{Analysis, Resolved, join};
use crate::change::archive::{is_inside, moved};
use crate::index::DocIdx;
use crate::model::{Document, Link};
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// The edits that let links lead to where folders have gone, by document. History is left alone.
pub(super) fn mend(
    analysis: &Analysis,
    folders: &BTreeMap<&str, &str>,
) -> BTreeMap<DocIdx, Vec<TextEdit>> {
    let mut edits: BTreeMap<DocIdx, Vec<TextEdit>> = BTreeMap::new();
    if folders.is_empty() {
        return edits;
    }
    for (doc, document) in analysis.index.docs.iter().enumerate() {
        if document.facts.history {
            continue;
        }
        let links = document.facts.links.iter();
        let mended: Vec<TextEdit> =
            links.filter_map(|link| mended(analysis, document, link, folders)).collect();
        if !mended.is_empty() {
            edits.insert(doc, mended);
        }
    }
    edits
}

fn mended(
    analysis: &Analysis,
    document: &Document,
    link: &Link,
    folders: &BTreeMap<&str, &str>,
) -> Option<TextEdit> {
    let Resolved::Present(path) = analysis.resolve(document, &link.target) else { return None };
    let raw = link.range.of(&document.text);
    let start = link.range.start as usize;
    let from_here = join(document.path.folder(), &link.target).as_deref() == Some(&path);
    let to = folders.iter().find(|(from, _)| path == **from || is_inside(&path, from));
    if let Some(new) = moved(document.path.as_str(), folders)
        && from_here
    {
        // What goes along is found as before; what stays is so many folders further up.
        let up = new.as_str().matches('/').count() - document.path.as_str().matches('/').count();
        let along = to.is_some() || !raw.starts_with("../");
        return (!along).then(|| TextEdit::insert(start, "../".repeat(up)));
    }
    let (from, to) = to?;
    let name = from.rsplit('/').next().unwrap_or(from);
    let above = from.len() - name.len();
    let added = &to[above..to.len() - name.len()];
    let at = component(raw, name)?;
    Some(TextEdit { range: TextRange::empty(start + at), insert: added.to_owned() })
}

/// Where the last part of a path that is `name` begins.
fn component(path: &str, name: &str) -> Option<usize> {
    let ends =
        |at: usize| path[at + name.len()..].is_empty() || path[at + name.len()..].starts_with('/');
    let begins = |at: usize| at == 0 || path[..at].ends_with('/');
    path.rmatch_indices(name).map(|(at, _)| at).find(|at| begins(*at) && ends(*at))
}

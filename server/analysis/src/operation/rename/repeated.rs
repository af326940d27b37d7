//! Places that repeat the title of a task behind other words: `**Task**: 7 - Add login`, and the heading of
//! its plan, `# Implementation Plan: Add login`.

use crate::analysis::Analysis;
use crate::index::Place;
use crate::mentions::ids::told_of_document;
use crate::model::Document;
use crate::operation::rename::Edits;
use crate::operation::rename::subject::RenameSubject;
use crate::operation::rename::titles::{NewTitles, title_edit, title_of};
use crate::profile::{EntityKind, Format};
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// Adds the edits of what repeats the old title to the letter in files that are of the task as a whole. What
/// says it in other words is left.
pub(super) fn edits(
    state: &Analysis,
    subject: &RenameSubject<'_>,
    title: &str,
    edits: &mut Edits,
    titles: &mut NewTitles,
) {
    let index = &state.index;
    let kind = subject.at.map(|at| index.entity(at).kind);
    if matches!(kind, Some(EntityKind::Phase | EntityKind::Item)) {
        return;
    }
    let old = title_of(index, subject);
    if old.is_empty() {
        return;
    }
    for place in &subject.places {
        let document = &index.docs[place.doc];
        let is_read = document.role().format == Format::Markdown && !document.facts.history;
        if !is_read || !index.is_document(*place) {
            continue;
        }
        let own = edits.entry(place.doc).or_default();
        let mut found: Vec<TextEdit> = Vec::new();
        if let Some((edit, new)) = heading(document, *place, old, title)
            && !titles.contains_key(place)
        {
            titles.insert(*place, new);
            found.push(edit);
        }
        let behind = told_of_document(document, &subject.id).into_iter();
        let behind = behind.filter_map(|id| words_behind(document, id, old));
        found.extend(behind.map(|range| TextEdit { range, insert: title.to_owned() }));
        for edit in found {
            if !own.iter().any(|it| it.range.intersects(edit.range)) {
                own.push(edit);
            }
        }
    }
    edits.retain(|_, edits| !edits.is_empty());
}

/// The edit of a plan's heading that ends in the title of its task, and what the plan is called then.
fn heading(
    document: &Document,
    place: Place,
    old: &str,
    title: &str,
) -> Option<(TextEdit, String)> {
    let entity = &document.facts.entities[place.entity];
    let before = entity.title.strip_suffix(old)?;
    let is_part =
        before.ends_with(": ") || [" - ", " – ", " — "].iter().any(|it| before.ends_with(it));
    if entity.kind != EntityKind::Plan || !is_part {
        return None;
    }
    let new = format!("{before}{title}");
    Some((title_edit(document, place, &new)?, new))
}

/// The words behind an id to the end of its line, where they are the title.
fn words_behind(document: &Document, id: TextRange, old: &str) -> Option<TextRange> {
    let line = document.lines.line_range(document.lines.line_col(id.end as usize).line);
    let text = document.text.copy(id.end as usize..line.end as usize);
    let words = text.trim_start_matches([' ', '-', '–', '—', ':', '.']);
    let is_apart = words.len() < text.len();
    let start = id.end as usize + text.len() - words.len();
    (is_apart && words.trim_end() == old).then(|| TextRange::new(start, start + old.len()))
}

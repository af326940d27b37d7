//! Counters that were right stay right when tasks are added, or get other ids.

use std::collections::BTreeMap;

use crate::analysis::Analysis;
use crate::index::counters;
use crate::model::FilePath;
use crate::snapshot::Texts;
use crate::text::text_edit::{TextEdit, TextEdits};

/// The texts of files of which a counter was right and follows. `moves` says where files have come from.
pub(super) fn counted(
    state: &Analysis,
    after: &Analysis,
    moves: &BTreeMap<FilePath, FilePath>,
) -> Texts {
    let none = BTreeMap::new();
    let mut texts = BTreeMap::new();
    for (doc, document) in after.index.counting() {
        let came_from = moves.iter().find(|(_, to)| **to == document.path);
        let was = came_from.map_or(&document.path, |(from, _)| from);
        let Some((old, before)) = state.index.document(was.as_str()) else { continue };
        let pairs = before.facts.counters.iter().zip(&document.facts.counters);
        let follow = pairs.filter_map(|(was, is)| {
            let counter = &document.profile.counters[is.counter];
            let right = counters::expected(&state.index, old, counter, &none);
            let wanted = counters::expected(&after.index, doc, counter, &none)?;
            let moves = right.is_some() && right == was.value && is.value != Some(wanted);
            moves.then(|| TextEdit { range: is.range, insert: wanted.to_string() })
        });
        if let Ok(edits) = TextEdits::new(follow.collect())
            && !edits.is_empty()
        {
            texts.insert(document.path.clone(), Some(edits.apply_shared(&document.text)));
        }
    }
    texts
}

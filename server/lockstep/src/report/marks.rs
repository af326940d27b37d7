//! The statuses of one document, for marks beside its text.

use lockstep_analysis::Analysis;
use lockstep_analysis::index::Place;
use lockstep_analysis::profile::EntityKind;
use serde::{Deserialize, Serialize};

use super::range;

/// A status that stands in a document: one entry of `lockstep/marks`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusMark {
    /// Where it stands.
    pub line: u32,
    /// Where it stands in the line.
    pub column: u32,
    /// `task`, `plan` or `phase`.
    pub kind: String,
    /// The id of the status.
    pub status: String,
    /// What that means.
    pub category: String,
}

/// What stands in a document; nothing where no task does.
pub fn marks(analysis: &Analysis, path: &str) -> Vec<StatusMark> {
    let index = &analysis.index;
    let Some((doc, document)) = index.document(path) else { return Vec::new() };
    let entities = document.facts.entities.iter().enumerate();
    let own = entities.filter(|(_, entity)| entity.kind != EntityKind::Item);
    let spots = own.flat_map(|(entity, _)| index.spots(Place { doc, entity }));
    let mut found: Vec<StatusMark> = spots
        .filter_map(|spot| {
            let status = spot.vocabulary().get(spot.status()?);
            let at = range(analysis, &document.path, spot.occurrence.reading.range);
            Some(StatusMark {
                line: at.line,
                column: at.column,
                kind: spot.entity.kind.name().to_owned(),
                status: status.id.clone(),
                category: status.category.name().to_owned(),
            })
        })
        .collect();
    found.sort_by_key(|mark| (mark.line, mark.column));
    found
}

//! Entities and occurrences before more is known of them.

use crate::model::carrier::Carrier;
use crate::model::{Entity, EntityIdx, Occurrence, RecordList};
use crate::profile::EntityType;
use crate::profile::reading::Reading;
use crate::text::TextRange;

impl Entity {
    /// An entity of which is known where it stands, and how far that is trusted.
    pub(super) fn new(what: EntityType, name: TextRange, range: TextRange, rank: u32) -> Entity {
        Entity {
            kind: what.kind,
            task_type: what.task_type,
            id: None,
            derived_id: false,
            number: None,
            title: "".into(),
            name,
            range,
            parent: None,
            section: None,
            derived: false,
            fixed: None,
            optional: false,
            coarse: false,
            mention: false,
            by_key: false,
            list: RecordList::Active,
            rank,
            depends: Vec::new(),
        }
    }
}

impl Occurrence {
    /// A status that stands beside its entity, and that somebody wrote.
    pub(super) fn new(
        entity: EntityIdx,
        carrier: &'static Carrier,
        reading: Reading,
        line: TextRange,
    ) -> Occurrence {
        Occurrence { entity, carrier, reading, line, untouched: false, section: None }
    }
}

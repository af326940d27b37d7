//! Files that hold nothing, though what their partner holds must stand in them too.

use crate::index::DocIdx;
use crate::model::Entity;
use crate::profile::{EntityKind, RecordList, RoleIdx};
use crate::snapshot::Snapshot;
use crate::syntax::SyntaxError;
use crate::text::TextRange;

impl Snapshot {
    /// The documents that are no history and in which something may stand that cannot be read.
    pub(crate) fn incomplete(&self) -> &[DocIdx] {
        self.incomplete.get_or_init(|| {
            let docs = self.index.docs.iter().enumerate();
            let live = docs.filter(|(_, document)| !document.facts.history);
            let incomplete = live.filter(|(doc, document)| {
                document.facts.broken.is_some() || self.emptied(*doc).is_some()
            });
            incomplete.map(|(doc, _)| doc).collect()
        })
    }

    /// The problem of a file that is empty, though a partner holds tasks that must stand in both.
    pub(crate) fn emptied(&self, doc: DocIdx) -> Option<SyntaxError> {
        let document = &self.index.docs[doc];
        if !document.text.is_blank()
            || document.facts.history
            || !document.facts.problems.is_empty()
        {
            return None;
        }
        let role = document.facts.role;
        let partner = |(one, two): &(RoleIdx, RoleIdx)| match role {
            _ if role == *one => Some(*two),
            _ if role == *two => Some(*one),
            _ => None,
        };
        let partners = document.profile.pairs.iter().filter_map(partner);
        let mut partners = partners.flat_map(|role| self.index.live(&document.profile, role));
        let holds = |doc: &DocIdx| self.index.docs[*doc].facts.entities.iter().any(is_record);
        let path = &self.index.docs[partners.find(holds)?].path;
        let message = format!(
            "the file is empty, but tasks of {path} must stand in it too; restore it, or remove it"
        );
        Some(SyntaxError { range: TextRange::empty(0), message })
    }
}

/// Whether an entity is a task that stands here, and is not only named or put away.
pub(super) fn is_record(entity: &Entity) -> bool {
    entity.kind == EntityKind::Task && !entity.mention && entity.list == RecordList::Active
}

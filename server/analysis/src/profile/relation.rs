//! Tasks that are part of others: how a task names the one it is part of, and how the two agree.

use regex::Regex;

use crate::profile::TypeIdx;
use crate::profile::id::TaskId;
use crate::profile::vocabulary::StatusIdx;

/// What the parts say of their whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RollUp {
    /// Every part is finished or dropped, and one at least is finished.
    Done,
    /// Work goes on, or some parts are finished and some are not.
    Active,
    /// No part has been begun, and each says so.
    Open,
    /// The parts do not say.
    Silent,
}

impl RollUp {
    /// All that can be named in configuration.
    pub const ALL: [(RollUp, &'static str); 3] =
        [(RollUp::Open, "open"), (RollUp::Active, "active"), (RollUp::Done, "done")];
}

/// What becomes of a task when its children change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RollUpMode {
    /// A contradiction is found, and its fix offered.
    Propose,
    /// A change of a child changes the parent with it.
    Apply,
    /// Nothing is compared.
    Off,
}

/// Tasks of one type that are part of tasks of another.
#[derive(Clone, Debug)]
pub struct Relation {
    /// The type of the whole.
    pub parent: TypeIdx,
    /// The type of the parts.
    pub child: TypeIdx,
    /// How a part names its whole.
    pub by: PartOf,
    /// For each status of a parent that has a say, what its children may say then; empty where that
    /// follows from categories.
    pub agreement: Vec<(StatusIdx, Vec<RollUp>)>,
    /// What becomes of the parent.
    pub roll_up: RollUpMode,
}

/// How a task names the one that it is part of.
#[derive(Clone, Debug)]
pub enum PartOf {
    /// By its own id: the groups of the expression make the id of the parent.
    Id {
        /// Matches the id of the child.
        pattern: Regex,
        /// The id of the parent, with `{group}` for each group.
        parent: String,
    },
    /// By the group `parent` of its role's `path`.
    Path,
    /// By a field.
    Field,
    /// By standing in it.
    Nesting,
}

impl PartOf {
    /// The id of the parent that the child's id names.
    pub fn parent_of(&self, child: &TaskId) -> Option<String> {
        let PartOf::Id { pattern, parent } = self else { return None };
        let found = pattern.captures(child.as_str())?;
        let mut id = parent.clone();
        for name in pattern.capture_names().flatten() {
            let group = found.name(name).map_or("", |group| group.as_str());
            id = id.replace(&format!("{{{name}}}"), group);
        }
        Some(id)
    }
}

//! Tasks that are part of others: how a task names the one it is part of, and how the two agree.

use regex::Regex;

use crate::profile::TypeIdx;
use crate::profile::flow::DeclaredFlow;
use crate::profile::id::TaskId;
use crate::profile::role::filled;
use crate::profile::roll_up::RollUp;
use crate::profile::vocabulary::StatusIdx;

/// What becomes of a task when its children change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RollUpMode {
    /// A contradiction is found, and its fix offered.
    Propose,
    /// A change of a child changes the parent with it.
    Apply,
    /// Only a whole that is finished before its parts are is found: it does not follow from them, and
    /// no figure counts them.
    Tell,
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
    /// How the work of a parent is put together that does not say so itself.
    pub flow: DeclaredFlow,
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
    Field {
        /// Finds the id in the value, as the group `id`; without it the whole value is one.
        pattern: Option<Regex>,
    },
    /// By standing in it.
    Nesting,
}

impl PartOf {
    /// The id of the parent that the child's id names.
    pub fn parent_of(&self, child: &TaskId) -> Option<String> {
        let PartOf::Id { pattern, parent } = self else { return None };
        let found = pattern.captures(child.as_str())?;
        let group = |name: &str| found.name(name).map(|group| group.as_str().to_owned());
        Some(filled(parent, pattern.capture_names().flatten(), group))
    }
}

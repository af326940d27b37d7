//! `[add]`: how a new task is written.

use crate::profile::RoleIdx;

/// How a new task is written: `[add]` of a profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adding {
    /// `[[add.place]]`: where a task stands. The first must be there; the others are written where they
    /// are.
    pub places: Vec<AddPlace>,
    /// `command = "backlog task create"`: what does it instead.
    pub command: Option<String>,
}

/// A place of a new task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddPlace {
    /// The role of its files.
    pub role: RoleIdx,
    /// `list = "active_projects"`: the member of the root object that holds the records of JSON.
    pub list: Option<String>,
    /// What is written where no task shows the form.
    pub text: String,
}

impl Adding {
    /// Whether a task has an id of its own, and not one that is made from its title.
    pub fn has_ids(&self) -> bool {
        self.places.iter().any(|place| place.text.contains("{id}"))
    }
}

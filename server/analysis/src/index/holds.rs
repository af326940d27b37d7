//! What a file says that a task still waits for.

use crate::index::{Index, Task};
use crate::model::FilePath;

/// A file that says that a task waits.
#[derive(Clone, Copy, Debug)]
pub struct HeldBy<'a> {
    /// The file.
    pub path: &'a FilePath,
    /// What it says, as written.
    pub said: &'a str,
}

impl Index {
    /// What says that a task is not finished by its parts alone.
    pub fn held<'a>(&'a self, task: &Task) -> Option<HeldBy<'a>> {
        let profile = self.profile_of(task);
        if profile.roles.iter().all(|role| role.hold.is_none()) {
            return None;
        }
        self.docs.iter().enumerate().find_map(|(doc, document)| {
            let own = document.facts.hold.as_ref().filter(|_| !document.facts.history)?;
            let is_own = std::ptr::eq(&*document.profile, profile)
                && document.role().hold.as_ref()?.task_type == task.task_type
                && self.id_in(doc, &profile.ids.parse(&own.id)?) == task.id;
            is_own.then_some(HeldBy { path: &document.path, said: &own.said })
        })
    }
}

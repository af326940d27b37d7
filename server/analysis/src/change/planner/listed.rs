//! Places in lists by status: a status without a section leaves them where they are.

use crate::change::planner::PlanDraft;
use crate::change::{Refusal, RefusalKind, refuse};
use crate::index::{Place, Task};
use crate::profile::vocabulary::StatusIdx;

impl PlanDraft<'_> {
    /// Whether a place stays as it is because its list has no section for a status. That is told.
    pub(super) fn stays_listed(&mut self, task: &Task, place: Place, to: StatusIdx) -> bool {
        let index = &self.analysis.index;
        let Some(spot) = index.spots(place).find(|spot| spot.may_stay(to)) else { return false };
        let (path, shown) = (&spot.document.path, spot.shown());
        let (name, id) = (self.analysis.name_of(&task.id), &spot.vocabulary().get(to).id);
        let note = format!("{path} lists {name} below {shown}, and has no section for {id}");
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
        true
    }

    /// Refuses where only a list would say the status: a file is called by the id of the task, or the list
    /// has no section for it.
    pub(super) fn only_listed(&self, task: &Task) -> Result<(), Refusal> {
        let index = &self.analysis.index;
        let mut spots = index.statuses(task).peekable();
        if spots.peek().is_none() || spots.any(|spot| spot.occurrence.section.is_none()) {
            return Ok(());
        }
        let name = self.analysis.name_of(&task.id);
        let profile = index.profile_of(task);
        let mut own = index.docs.iter().filter(|it| std::ptr::eq(&*it.profile, profile));
        let is_called = |id: &str| profile.ids.parse(id).as_ref() == Some(&task.id);
        let file = own.find(|it| it.facts.captures.id.as_deref().is_some_and(is_called));
        if let Some(file) = file {
            let message = format!("{} is called by task {name}, and states no status", file.path);
            let remedy = "give it a status that is known; a list alone cannot hold it";
            return Err(refuse(RefusalKind::NotAllowed, message, remedy));
        }
        let to = self.tasks.get(&task.id).copied();
        let lacking = index.statuses(task).find(|spot| to.is_some_and(|to| spot.lacks(to)));
        let Some((spot, to)) = lacking.zip(to) else { return Ok(()) };
        let def = spot.vocabulary().get(to);
        let message = format!("{} has no section for {}", spot.document.path, def.id);
        let remedy = format!("add one called {}, or give the task a file of its own", def.marker);
        Err(refuse(RefusalKind::NoSpelling, message, &remedy))
    }
}

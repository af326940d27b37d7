//! What a file says that a task still waits for: `[role.hold]` of a profile.

use crate::profile::{Hold, HoldAt, Role};
use crate::syntax::front_matter;

/// That a task waits for something, so that its parts alone do not finish it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldFact {
    /// The id of the task, as written.
    pub id: Box<str>,
    /// What says so, as written.
    pub said: Box<str>,
}

/// What the file at `path` says.
pub(super) fn of(role: &Role, path: &str, text: &str) -> Option<HoldFact> {
    let Hold { at, .. } = role.hold.as_ref()?;
    let (id, said) = match at {
        HoldAt::FrontMatter { path: form, key, unless } => {
            let id = form.captures(path)?.name("id")?.as_str();
            let front = front_matter::of(text)?;
            let entry = front.entries.iter().find(|entry| entry.path == *key)?;
            let said = entry.text.trim();
            let is_free = unless.iter().any(|free| free.eq_ignore_ascii_case(said));
            (id, (!is_free && !said.is_empty()).then(|| said.to_owned())?)
        }
        HoldAt::Text(form) => {
            let found = form.captures(text)?;
            (found.name("id")?.as_str(), found.name("says")?.as_str().trim().to_owned())
        }
    };
    Some(HoldFact { id: id.into(), said: said.into() })
}

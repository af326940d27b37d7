//! The profiles of a workspace, each at its root folder.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::profile::Profile;

/// The profiles of a workspace. A file belongs to the one with the deepest root that gives it a role,
/// and of several with one root to the first. What lies below no root is left to a fallback.
#[derive(Clone, Debug)]
pub struct Instances {
    /// The deepest root first.
    chosen: Arc<[Arc<Profile>]>,
    fallback: Option<Arc<Profile>>,
    main: Arc<Profile>,
}

impl Instances {
    /// These profiles, in the order in which they are tried, and one for what lies elsewhere.
    pub fn new(mut chosen: Vec<Arc<Profile>>, fallback: Option<Arc<Profile>>) -> Instances {
        let main = chosen.first().or(fallback.as_ref()).cloned();
        let main = main.unwrap_or_else(|| Arc::new(Profile::empty()));
        let depth = |root: &str| root.split('/').filter(|part| !part.is_empty()).count();
        chosen.sort_by_key(|profile| Reverse(depth(&profile.root)));
        Instances { chosen: chosen.into(), fallback, main }
    }

    /// The one that speaks where no file is meant.
    pub fn main(&self) -> &Arc<Profile> {
        &self.main
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Profile>> {
        self.chosen.iter().chain(&self.fallback)
    }

    /// Whether a word is a status of some task.
    pub fn know_status(&self, word: &str) -> bool {
        let mut all = self.iter().flat_map(|profile| profile.task_vocabularies());
        all.any(|vocabulary| vocabulary.lookup(word).is_some())
    }

    /// Whether there is more than one.
    pub fn are_several(&self) -> bool {
        self.chosen.len() + usize::from(self.fallback.is_some()) > 1
    }

    /// The one that a file belongs to.
    pub fn of(&self, path: &str) -> Option<&Arc<Profile>> {
        let takes = |profile: &&Arc<Profile>| profile.role_of(path).is_some();
        let is_below = |profile: &Arc<Profile>| profile.relative(path).is_some();
        let rest = || self.fallback.as_ref().filter(|_| !self.chosen.iter().any(is_below));
        self.chosen.iter().find(takes).or_else(|| rest().filter(takes))
    }

    /// Whether a file belongs to one of them.
    pub fn has_role(&self, path: &str) -> bool {
        self.of(path).is_some()
    }

    /// Whether the other holds the very same profiles.
    pub fn is_same(&self, other: &Instances) -> bool {
        self.iter().count() == other.iter().count()
            && self.iter().zip(other.iter()).all(|(one, two)| Arc::ptr_eq(one, two))
    }
}

/// One profile for the whole workspace.
impl From<Arc<Profile>> for Instances {
    fn from(profile: Arc<Profile>) -> Instances {
        Instances::new(vec![profile], None)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Instances;
    use crate::profile::builtin;

    #[test]
    fn a_file_belongs_to_the_deepest_root_and_what_is_left_to_the_fallback() {
        let at = |id: &str, root: &str| Arc::new(builtin::profile(id).expect("a profile").at(root));
        let chosen = vec![at("opencode", "apps"), at("checklist", "apps/web"), at("opencode", "b")];
        let instances = Instances::new(chosen, Some(at("checklist", "")));
        let of = |path: &str| {
            let found = instances.of(path)?;
            Some(format!("{} in {}", found.id, found.root))
        };
        assert_eq!(of("apps/specs/TODO.md").as_deref(), Some("opencode in apps"));
        assert_eq!(of("apps/web/TODO.md").as_deref(), Some("checklist in apps/web"));
        assert_eq!(of("apps/web/state.json").as_deref(), Some("opencode in apps"));
        assert_eq!(of("TODO.md").as_deref(), Some("checklist in "));
        assert_eq!(of("appsx/TODO.md").as_deref(), Some("checklist in "));
        assert_eq!(of("b/PLAN.md"), None, "nothing below another's root is left to the fallback");
        assert_eq!(of("main.rs"), None);
        assert_eq!(instances.main().root, "apps");
    }
}

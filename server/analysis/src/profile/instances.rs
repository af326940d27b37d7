//! The profiles of a workspace, each at its root folder.

use std::cmp::Reverse;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::profile::Profile;

/// The profiles of a workspace. A file belongs to the one with the deepest root that gives it a role,
/// and of several with one root to the first. What lies below no root is left to a fallback.
#[derive(Clone, Debug)]
pub struct Instances {
    /// The deepest root first.
    chosen: Arc<[Arc<Profile>]>,
    /// Those at each root, in order.
    by_root: Arc<FxHashMap<String, Vec<Arc<Profile>>>>,
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
        let mut by_root: FxHashMap<String, Vec<Arc<Profile>>> = FxHashMap::default();
        for profile in &chosen {
            by_root.entry(profile.root.clone()).or_default().push(profile.clone());
        }
        Instances { chosen: chosen.into(), by_root: Arc::new(by_root), fallback, main }
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

    /// Whether a file lists the statuses of tasks.
    pub fn list_statuses(&self, path: &str) -> bool {
        self.iter().any(|profile| profile.lists_statuses(path))
    }

    /// Whether there is more than one.
    pub fn are_several(&self) -> bool {
        self.chosen.len() + usize::from(self.fallback.is_some()) > 1
    }

    /// The one that a file belongs to.
    pub fn of(&self, path: &str) -> Option<&Arc<Profile>> {
        let takes = |profile: &&Arc<Profile>| profile.role_of(path).is_some();
        let (mut folder, mut is_left) = (path, true);
        while !folder.is_empty() {
            folder = folder.rsplit_once('/').map_or("", |(folder, _)| folder);
            let Some(here) = self.by_root.get(folder) else { continue };
            if let Some(found) = here.iter().find(takes) {
                return Some(found);
            }
            is_left &= here.iter().all(|profile| profile.shares_folder);
        }
        self.fallback.as_ref().filter(|_| is_left).filter(takes)
    }

    /// Whether a file belongs to one of them.
    pub fn has_role(&self, path: &str) -> bool {
        self.of(path).is_some()
    }

    /// These, and of the others those at folders that none of these is at: what is known of a folder
    /// holds as long as it is looked at.
    pub fn and(&self, others: &Instances) -> Instances {
        let is_new = |other: &&Arc<Profile>| !self.by_root.contains_key(&other.root);
        let mut chosen: Vec<Arc<Profile>> = self.chosen.to_vec();
        chosen.extend(others.chosen.iter().filter(is_new).cloned());
        Instances { main: self.main.clone(), ..Instances::new(chosen, self.fallback.clone()) }
    }

    /// The same, with others in the place of some of the profiles.
    pub fn with(&self, other: &dyn Fn(&Arc<Profile>) -> Option<Arc<Profile>>) -> Instances {
        let now = |profile: &Arc<Profile>| other(profile).unwrap_or_else(|| profile.clone());
        let chosen = self.chosen.iter().map(now).collect();
        let all = Instances::new(chosen, self.fallback.as_ref().map(now));
        let main = self.iter().position(|it| Arc::ptr_eq(it, &self.main));
        let main = main.and_then(|at| all.iter().nth(at).cloned());
        Instances { main: main.unwrap_or_else(|| self.main.clone()), ..all }
    }

    /// Whether the other names the same profiles at the same folders.
    pub fn names_the_same(&self, other: &Instances) -> bool {
        let names = |all: &Instances| -> Vec<(String, String)> {
            all.iter().map(|it| (it.id.clone(), it.root.clone())).collect()
        };
        names(self) == names(other)
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
        let beside = Instances::new(vec![at("ralph", "b")], Some(at("checklist", "")));
        let of_beside = |path: &str| beside.of(path).map(|found| found.id.clone());
        assert_eq!(of_beside("b/prd.json").as_deref(), Some("ralph"));
        assert_eq!(of_beside("b/TODO.md").as_deref(), Some("checklist"), "it shares its folder");
        assert_eq!(instances.main().root, "apps");
        let named =
            Instances::new(vec![at("taskmaster", ".taskmaster")], Some(at("checklist", "")));
        let of_named = |path: &str| named.of(path).map(|it| it.id.clone());
        assert_eq!(of_named(".taskmaster/tasks/task_019.md"), None, "the folder is called by it");
        assert_eq!(of_named("tasks/TODO.md").as_deref(), Some("checklist"));

        let more = Instances::new(vec![at("opencode", "c"), at("checklist", "b")], None);
        let both = instances.and(&more);
        let names: Vec<&str> = both.iter().map(|it| it.root.as_str()).collect();
        assert_eq!(names, ["apps/web", "apps", "b", "c", ""], "what is known of a folder stays");
        assert!(both.names_the_same(&both.and(&more)) && !both.names_the_same(&instances));
        assert!(std::sync::Arc::ptr_eq(both.main(), instances.main()));
    }
}

//! Which of the files that there are count.

use std::collections::BTreeSet;
use std::sync::Arc;

use lockstep_analysis::model::FilePath;
use lockstep_analysis::{Change, snapshot};
use lockstep_store::loader::finder::Found;
use lockstep_store::loader::{self, Entry};

use crate::workspace::local::{CONFIG, LocalWorkspace, Taking, is_below};

impl LocalWorkspace {
    pub(super) fn find_and_apply(&mut self, taking: Taking) -> Vec<String> {
        let found = match taking {
            Taking::Written => self.reading.find(),
            Taking::Everything | Taking::Whole => Arc::new(Found::below(&self.root)),
        };
        self.apply_found(found, taking)
    }

    pub(super) fn apply_found(&mut self, found: Arc<Found>, taking: Taking) -> Vec<String> {
        // Where a link leads may be another file though nothing else is.
        let has_links = found.files.iter().any(|(_, entry)| *entry == Entry::Link);
        let is_listed = self.listed.as_ref().is_some_and(|listed| Arc::ptr_eq(listed, &found));
        if has_links || !is_listed {
            self.take_in(&found);
            self.listed = Some(found.clone());
        }
        self.found = found;
        self.measure();
        let known = self.analysis.index.docs.iter().map(|doc| doc.path.as_str());
        let gone = known.filter(|path| !self.files.contains(*path)).map(ToOwned::to_owned);
        let all: Vec<String> =
            self.files.iter().cloned().chain(gone).chain(self.overlays.paths().cloned()).collect();
        self.apply(all.iter().map(String::as_str), taking)
    }

    /// Of the files that were found takes those with a role, and of each that has several names the
    /// one that counts.
    fn take_in(&mut self, found: &Found) {
        let profile = self.analysis.profile.clone();
        let later = found.unread.iter().filter(|it| !self.unread_at_setup.contains(it));
        let unread = self.unread_at_setup.iter().chain(later).map(|it| {
            let path = if it.path.is_empty() { CONFIG } else { &it.path };
            snapshot::Unread { path: FilePath::new(path), reason: it.reason.clone() }
        });
        let unread = Some(unread.collect());
        self.host.apply_change(Change { unread, ..Change::default() });
        self.analysis = self.host.analysis();
        let (mut files, mut links) = (BTreeSet::new(), BTreeSet::new());
        for (path, entry) in &found.files {
            if profile.role_of(path).is_some() && !is_below(path, &self.nested) {
                match entry {
                    Entry::Link => links.insert(path.clone()),
                    _ => files.insert(path.clone()),
                };
            }
        }
        self.files = Arc::new(files);
        self.aliases = Arc::default();
        for link in links {
            self.add_link(link);
        }
    }

    /// Takes in a link, unless the file that it leads to has a name already.
    pub(super) fn add_link(&mut self, link: String) {
        let Ok(target) = loader::target(&self.root, &self.root.join(&link)) else {
            Arc::make_mut(&mut self.files).insert(link);
            return;
        };
        let own_name = loader::relative(&self.root, &target);
        let is_named = own_name.is_some_and(|name| self.files.contains(&name))
            || self.aliases.contains_key(&target);
        if !is_named {
            Arc::make_mut(&mut self.aliases).insert(target, link.clone());
            Arc::make_mut(&mut self.files).insert(link);
        }
    }
}

//! Which of the files that there are count.

use std::collections::BTreeSet;
use std::sync::Arc;

use lockstep_analysis::model::FilePath;
use lockstep_analysis::{Change, snapshot};
use lockstep_store::loader::finder::Found;
use lockstep_store::loader::{self, Entry};

use crate::workspace::local::{CONFIG, LocalWorkspace, Taking, is_below};

impl LocalWorkspace {
    /// As [`LocalWorkspace::rescan`], but does not read again what nobody has written to since. Reads
    /// the configuration too. Files that may say something of these tasks are looked at whatever is
    /// told of them; all files where none are named.
    pub fn rescan_written(&mut self, tasks: &BTreeSet<String>) {
        self.overlays.look(None, Taking::Everything);
        self.settle_config(Taking::Everything);
        self.settle_profile();
        let found = self.reading.find();
        let basis = self.reading.now();
        match self.in_question(&found, tasks) {
            Some(paths) => {
                (self.basis, self.left_out) = (Some(basis), BTreeSet::new());
                self.apply(paths.iter().map(String::as_str), Taking::Written);
            }
            None => drop(self.apply_found(found, Taking::Written)),
        }
        self.tell_editing();
    }

    pub(super) fn find_and_apply(&mut self, taking: Taking) -> Vec<String> {
        let found = match taking {
            Taking::Written => self.reading.find(),
            Taking::Everything | Taking::Whole => self.reading.find_again(),
        };
        self.apply_found(found, taking)
    }

    pub(super) fn apply_found(&mut self, found: Arc<Found>, taking: Taking) -> Vec<String> {
        // What is told from here on may be told of a file that is read below.
        let basis = self.reading.now();
        let is_listed = self.listed.as_ref().is_some_and(|listed| Arc::ptr_eq(listed, &found));
        if self.has_links || !is_listed {
            self.take_in(&found);
            self.listed = Some(found.clone());
        }
        self.found = found;
        self.measure();
        let known = self.analysis.index.docs.iter().map(|doc| doc.path.as_str());
        let gone = known.filter(|path| !self.files.contains(*path)).map(ToOwned::to_owned);
        let all: Vec<String> =
            self.files.iter().cloned().chain(gone).chain(self.overlays.paths().cloned()).collect();
        self.basis = Some(basis);
        let left_out = self.apply(all.iter().map(String::as_str), taking);
        self.left_out = left_out.iter().cloned().collect();
        left_out
    }

    /// Of the files that were found takes those with a role, and of each that has several names the
    /// one that counts.
    fn take_in(&mut self, found: &Found) {
        let instances = self.analysis.instances.clone();
        let later = found.unread.iter().filter(|it| !self.unread_at_setup.contains(it));
        let unread = self.unread_at_setup.iter().chain(later).map(|it| {
            let path = if it.path.is_empty() { CONFIG } else { &it.path };
            snapshot::Unread { path: FilePath::new(path), reason: it.reason.clone() }
        });
        let unread: Vec<_> = unread.collect();
        if unread != *self.analysis.unread {
            self.host.apply_change(Change { unread: Some(unread), ..Change::default() });
            self.analysis = self.host.analysis();
        }
        let (mut files, mut links) = (BTreeSet::new(), BTreeSet::new());
        for (path, entry) in &found.files {
            if instances.has_role(path) && !is_below(path, &self.nested) {
                match entry {
                    Entry::Link => links.insert(path.clone()),
                    _ => files.insert(path.clone()),
                };
            }
        }
        *self.files_mut() = files;
        self.aliases = Arc::default();
        // Where one leads may be another file though nothing else is.
        self.has_links = !links.is_empty();
        for link in links {
            self.add_link(link);
        }
    }

    /// Takes in a link, unless the file that it leads to has a name already.
    pub(super) fn add_link(&mut self, link: String) {
        let Ok(target) = loader::target(&self.root, &self.root.join(&link)) else {
            self.files_mut().insert(link);
            return;
        };
        let own_name = loader::relative(&self.root, &target);
        let is_named = own_name.is_some_and(|name| self.files.contains(&name))
            || self.aliases.contains_key(&target);
        if !is_named {
            Arc::make_mut(&mut self.aliases).insert(target, link.clone());
            self.files_mut().insert(link);
        }
    }
}

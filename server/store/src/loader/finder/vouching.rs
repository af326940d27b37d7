//! What a witness has told since when.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::loader;
use crate::loader::finder::LookMoment;
use crate::loader::witness::{Witness, WitnessEvent};

/// A witness, and what it has told.
#[derive(Debug)]
pub(super) struct Vouching {
    pub(super) witness: Witness,
    /// Since when.
    pub(super) since: LookMoment,
    /// Folders in which these names may have come or gone; any, where none are named.
    pub(super) doubted: BTreeMap<PathBuf, Option<BTreeSet<OsString>>>,
    /// Which files may have become others, and when that was told last.
    pub(super) touched: BTreeMap<String, LookMoment>,
}

impl Vouching {
    /// From `now` on; `None` where the system does not.
    pub(super) fn new(root: &Path, now: LookMoment) -> Option<Vouching> {
        let (doubted, touched) = (BTreeMap::new(), BTreeMap::new());
        Some(Vouching { witness: Witness::new(root)?, since: now, doubted, touched })
    }

    /// Takes in what has happened. Returns whether it vouches still.
    pub(super) fn hear(&mut self, root: &Path, now: LookMoment) -> bool {
        let Some(events) = self.witness.ask() else { return false };
        for event in events {
            match event {
                WitnessEvent::Folder(folder, None) => drop(self.doubted.insert(folder, None)),
                WitnessEvent::Folder(folder, Some(name)) => {
                    let names = self.doubted.entry(folder).or_insert_with(|| Some(BTreeSet::new()));
                    names.iter_mut().for_each(|names| names.extend([name.clone()]));
                }
                WitnessEvent::File(file) => {
                    // What has another name than text has no role.
                    self.touched.extend(loader::relative(root, &file).map(|file| (file, now)));
                }
            }
        }
        true
    }
}

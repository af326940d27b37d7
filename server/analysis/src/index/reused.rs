//! Entries that give the id of a task to another one: ids are given by hand, and one may be given twice.

use crate::index::likeness::words;
use crate::index::{Index, Place, Task};
use crate::profile::EntityKind;
use crate::profile::vocabulary::normalise;

/// A title of fewer words tells too little to be compared.
const FEWEST: usize = 2;

/// So many letters that two words begin with make them one.
const STEM: usize = 4;

impl Index {
    /// Whether it is certain which thing the id of a task means.
    pub fn is_certain(&self, task: &Task) -> bool {
        self.twin_files(task).is_empty()
            && !self.twin_entries(task).iter().any(|it| it.differ)
            && self.otherwise_called(task).is_empty()
    }

    /// The entries in lists by status that share no word with what the task is called in its files, or in
    /// its first entry: each may be another task.
    pub fn otherwise_called(&self, task: &Task) -> Vec<Place> {
        let is_entry =
            |place: &Place| self.spots(*place).any(|spot| spot.occurrence.section.is_some());
        let entries: Vec<Place> = task.places.iter().copied().filter(is_entry).collect();
        if entries.is_empty() {
            return Vec::new();
        }
        let is_file = |place: &Place| {
            self.entity(*place).kind == EntityKind::Task && self.is_document(*place)
        };
        let files: Vec<Place> = task.places.iter().copied().filter(is_file).collect();
        let own = if files.is_empty() { entries[..1].to_vec() } else { files };
        let path = |place: &Place| &self.docs[place.doc].path;
        let stems = own.iter().filter(|place| is_file(place)).map(|place| path(place).name());
        let stems = stems.map(|name| normalise(name.strip_suffix(".md").unwrap_or(name)));
        let titles = own.iter().map(|place| normalise(&self.entity(*place).title));
        let names: Vec<String> = titles.chain(stems).collect();
        let is_other = |place: &Place| {
            let links = &self.docs[place.doc].facts;
            let is_link =
                |file: &Place, target: &str| is_file(file) && target.ends_with(path(file).name());
            let is_linked = links
                .links_of(place.entity)
                .any(|link| own.iter().any(|file| is_link(file, &link.target)));
            !own.contains(place)
                && !is_linked
                && is_unlike(&normalise(&self.entity(*place).title), &names)
        };
        entries.into_iter().filter(is_other).collect()
    }
}

/// Whether a title has no word of a name, where both can be compared: letters of one kind, and words
/// enough.
fn is_unlike(title: &str, names: &[String]) -> bool {
    let is_latin = |text: &str| text.chars().all(|c| !c.is_alphabetic() || c < '\u{250}');
    let own = words(title);
    is_latin(title)
        && own.len() >= FEWEST
        && names.iter().any(|name| words(name).len() >= FEWEST)
        && names.iter().all(|name| {
            let words = words(name);
            is_latin(name) && !own.iter().any(|a| words.iter().any(|b| is_one_word(a, b)))
        })
}

/// Whether two words are one, perhaps in two forms.
pub(super) fn is_one_word(a: &str, b: &str) -> bool {
    let (one, two) = (a.chars().take(STEM), b.chars().take(STEM));
    a == b || (a.chars().nth(STEM - 1).is_some() && one.eq(two))
}

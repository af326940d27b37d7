//! Entries that give the id of a task to another one: ids are given by hand, and one may be given twice.

use crate::index::likeness::words;
use crate::index::{Index, Place, Task};
use crate::profile::EntityKind;
use crate::profile::vocabulary::normalise;

/// A title of fewer words tells too little to be compared.
const FEWEST: usize = 2;

/// How words begin that titles of any work may share.
const OF_ANY_WORK: &[&str] = &[
    "implement",
    "integrat",
    "improv",
    "enhanc",
    "creat",
    "updat",
    "support",
    "develop",
    "refactor",
    "system",
    "sistem",
    "feature",
    "project",
    "application",
    "functionality",
    "criar",
    "criação",
    "adicion",
    "atualiz",
];

/// Such words as a whole.
const OF_ANY_TEXT: &[&str] = &[
    "add", "all", "and", "build", "change", "com", "das", "del", "dos", "fix", "for", "from",
    "into", "los", "new", "para", "por", "setup", "task", "tasks", "the", "use", "with",
];

/// So many letters that two words begin with make them one.
const STEM: usize = 4;

impl Index {
    /// Whether it is certain which thing the id of a task means.
    pub fn is_certain(&self, task: &Task) -> bool {
        self.twin_files(task).is_empty()
            && !self.twin_entries(task).iter().any(|it| it.differ)
            && self.otherwise_called(task).is_empty()
    }

    /// The entries in lists by status that share no word that tells with what the task is called in its
    /// files, or in its first entry: each may be another task.
    pub fn otherwise_called(&self, task: &Task) -> Vec<Place> {
        let is_entry = |place: &Place| self.is_listed(*place);
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

/// Whether a title has no word of a name but such as any work has, where both can be compared: letters of
/// one kind, and words enough.
fn is_unlike(title: &str, names: &[String]) -> bool {
    let all_of = words(title);
    let (telling, all) = (telling(&all_of), &all_of);
    is_latin(title)
        && all.len() >= FEWEST
        && names.iter().any(|name| words(name).len() >= FEWEST)
        && names.iter().all(|name| {
            let words = words(name);
            let of_name = self::telling(&words);
            // Of those that have no other words, these tell.
            let (own, words) = match telling.is_empty() || of_name.is_empty() {
                true => (all, &words),
                false => (&telling, &of_name),
            };
            is_latin(name) && !own.iter().any(|a| words.iter().any(|b| is_one_word(a, b)))
        })
}

/// Those of some words that not any work has.
fn telling<'t>(words: &[&'t str]) -> Vec<&'t str> {
    let is_of_any = |word: &str| {
        OF_ANY_TEXT.contains(&word) || OF_ANY_WORK.iter().any(|own| word.starts_with(own))
    };
    words.iter().copied().filter(|word| !is_of_any(word)).collect()
}

/// Whether a text has letters of the Latin script alone.
pub(super) fn is_latin(text: &str) -> bool {
    text.chars().all(|c| !c.is_alphabetic() || c < '\u{250}')
}

/// Whether two words are one, perhaps in two forms.
pub(super) fn is_one_word(a: &str, b: &str) -> bool {
    let (one, two) = (a.chars().take(STEM), b.chars().take(STEM));
    a == b || (a.chars().nth(STEM - 1).is_some() && one.eq(two))
}

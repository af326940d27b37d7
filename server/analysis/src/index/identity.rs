//! Which places belong to one task: trees with numbers of their own, folders that kept the number
//! of an earlier task, versions of a plan.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::index::{Place, Task};
use crate::model::Document;
use crate::profile::id::TaskId;
use crate::profile::vocabulary::normalise;
use crate::profile::{Profile, RecordList};

/// Trees of files that number their tasks independently: each folder that holds a complete pair of
/// ledger and records, where there is more than one.
#[derive(Debug)]
pub(super) struct Scopes {
    roots: Vec<String>,
}

impl Scopes {
    pub(super) fn new(profile: &Profile, docs: &[Arc<Document>]) -> Scopes {
        let folders = |role| -> BTreeSet<&str> {
            docs.iter()
                .filter(|doc| doc.facts.role == role && !doc.facts.history)
                .map(|doc| doc.path.folder())
                .collect()
        };
        let mut roots: Vec<String> = Vec::new();
        for (one, two) in &profile.pairs {
            let with_two = folders(*two);
            roots.extend(folders(*one).intersection(&with_two).map(|f| (*f).to_owned()));
        }
        roots.sort_by_key(|root| (root.matches('/').count(), root.clone()));
        roots.dedup();
        Scopes { roots }
    }

    /// The id within the whole workspace: the first tree's ids are plain.
    pub(super) fn id(&self, document: &Document, id: &TaskId) -> TaskId {
        if self.roots.len() < 2 {
            return id.clone();
        }
        let path = document.path.as_str();
        let inside = |root: &String| {
            root.is_empty() || path.strip_prefix(root.as_str()).is_some_and(|p| p.starts_with('/'))
        };
        let root = self.roots.iter().enumerate().filter(|(_, root)| inside(root));
        match root.max_by_key(|(_, root)| root.len()) {
            Some((at, root)) if at > 0 => TaskId::new(&format!("{root}:{id}")),
            _ => id.clone(),
        }
    }
}

/// Puts what is history aside and sorts the rest by authority.
pub(super) fn settle(profile: &Profile, docs: &[Arc<Document>], task: &mut Task) {
    let facts = |place: &Place| &docs[place.doc].facts;
    let entity = |place: &Place| &facts(place).entities[place.entity];
    let archived =
        |place: &Place| facts(place).history || entity(place).list == RecordList::Archived;
    let names = Names::of(docs, task, &archived);
    let past = |place: &Place| archived(place) || !names.owns(&docs[place.doc]);
    let (past_places, places): (Vec<Place>, Vec<Place>) = task.places.iter().partition(|p| past(p));
    let (past_plans, mut plans): (Vec<Place>, Vec<Place>) = task.plans.iter().partition(|p| past(p));
    task.places = places;
    task.past = past_places;
    task.places.sort_by_key(|p| (entity(p).rank, entity(p).list, *p));
    plans.sort_by_key(|p| Reverse((version(&docs[p.doc]), *p)));
    task.past.extend(past_plans);
    let latest = |p: &Place| profile.role(facts(p).role).latest;
    if let Some(first) = plans.first()
        && latest(first)
    {
        let speaks = *first;
        plans.retain(|p| *p == speaks || !docs[p.doc].facts.history);
    }
    task.plans = plans;
}

/// What is known of a task's name and of the folders it links to.
struct Names {
    /// Words of each title that an entry or record gives.
    titles: Vec<BTreeSet<String>>,
    /// Last parts of folders that the task's entries and records link to.
    linked: BTreeSet<String>,
    /// How many live folders carry the number.
    folders: usize,
}

impl Names {
    fn of(docs: &[Arc<Document>], task: &Task, archived: &dyn Fn(&Place) -> bool) -> Names {
        let mut names =
            Names { titles: Vec::new(), linked: BTreeSet::new(), folders: 0 };
        let mut folders = BTreeSet::new();
        for place in task.places.iter().chain(&task.plans).filter(|place| !archived(place)) {
            let document = &docs[place.doc];
            let facts = &document.facts;
            if let Some(folder) = &facts.captures.folder {
                folders.insert(folder.as_str());
                continue;
            }
            let entity = &facts.entities[place.entity];
            if !entity.title.is_empty() && !entity.mention {
                names.titles.push(words(&entity.title));
            }
            let links = facts.links.iter().filter(|link| link.entity == Some(place.entity));
            for link in links {
                names.linked.extend(link.target.split('/').map(str::to_owned));
            }
        }
        names.folders = folders.len();
        names
    }

    /// Whether the document's folder is this task's. Numbers are used again after the last one, so
    /// a folder with another name may belong to an earlier task.
    fn owns(&self, document: &Document) -> bool {
        let captures = &document.facts.captures;
        let (Some(folder), Some(slug)) = (&captures.folder, &captures.slug) else { return true };
        if self.titles.is_empty() {
            return self.folders <= 1;
        }
        let name = folder.rsplit('/').next().unwrap_or(folder);
        if self.linked.contains(name) {
            return true;
        }
        let slug = words(slug);
        self.titles.iter().any(|title| alike(title, &slug))
    }
}

fn words(text: &str) -> BTreeSet<String> {
    normalise(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() > 2)
        .map(str::to_owned)
        .collect()
}

/// Whether half of the shorter name's words stand in the longer one.
fn alike(a: &BTreeSet<String>, b: &BTreeSet<String>) -> bool {
    let shorter = a.len().min(b.len());
    shorter == 0 || a.intersection(b).count() * 2 >= shorter
}

/// A plan's version: the numbers in its file name, the later ones first, so that
/// `implementation-002` follows `implementation-001` and `18_plan` follows `9_plan_v4`.
fn version(document: &Document) -> (Vec<u64>, String) {
    let name = document.path.name();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let numbers = stem
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect();
    (numbers, stem.to_owned())
}

//! Which places belong to one task: trees with numbers of their own, folders that kept the number
//! of an earlier task, versions of a plan.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::index::likeness::{likeness, words};
use crate::index::{Docs, Place, Task, own_file};
use crate::model::Document;
use crate::profile::id::TaskId;
use crate::profile::vocabulary::normalise;
use crate::profile::{EntityKind, Profile, RecordList, TypeIdx};

/// Trees of files that number their tasks independently: each folder that a profile is at, and in it
/// each folder that holds a complete pair of ledger and records, where there is more than one.
#[derive(Clone, Debug, Default)]
pub(super) struct Scopes {
    all: Vec<Scope>,
}

/// One tree of files with numbers of its own.
#[derive(Clone, Debug)]
struct Scope {
    root: String,
    profile: Arc<Profile>,
    /// What is put in front of its ids where they may be taken for those of another.
    prefix: String,
}

impl Scope {
    fn holds(&self, document: &Document) -> bool {
        let is_below =
            |path: &str| path.strip_prefix(&self.root).is_some_and(|p| p.starts_with('/'));
        Arc::ptr_eq(&self.profile, &document.profile)
            && (self.root.is_empty() || is_below(document.path.as_str()))
    }
}

impl Scopes {
    pub(super) fn new(docs: &Docs) -> Scopes {
        let mut profiles: Vec<&Arc<Profile>> = Vec::new();
        for document in docs.iter() {
            if !profiles.iter().any(|profile| Arc::ptr_eq(profile, &document.profile)) {
                profiles.push(&document.profile);
            }
        }
        let mut all: Vec<Scope> = Vec::new();
        for profile in profiles {
            let trees = trees(profile, docs);
            let roots = match trees.len() {
                0 | 1 => vec![profile.root.clone()],
                _ => trees,
            };
            let scope = |root| Scope { root, profile: profile.clone(), prefix: String::new() };
            all.extend(roots.into_iter().map(scope));
        }
        all.sort_by_key(|it| {
            (it.root.matches('/').count(), it.root.clone(), it.profile.id.clone())
        });
        let prefixes: Vec<String> = (0..all.len()).map(|at| prefix(&all, at)).collect();
        all.iter_mut().zip(prefixes).for_each(|(scope, prefix)| scope.prefix = prefix);
        Scopes { all }
    }

    /// The id within the whole workspace: those of the first tree are plain.
    pub(super) fn id(&self, document: &Document, id: &TaskId) -> TaskId {
        match self.of(document) {
            0 => id.clone(),
            at => TaskId::new(&format!("{}{id}", self.all[at].prefix)),
        }
    }

    /// Which tree a document is in; 0 for the first one and for what is in none.
    pub(super) fn of(&self, document: &Document) -> usize {
        if self.all.len() < 2 {
            return 0;
        }
        let holding = self.all.iter().enumerate().filter(|(_, scope)| scope.holds(document));
        let of_profile =
            || self.all.iter().position(|it| Arc::ptr_eq(&it.profile, &document.profile));
        let deepest = holding.max_by_key(|(_, scope)| scope.root.len()).map(|(at, _)| at);
        deepest.or_else(of_profile).unwrap_or(0)
    }

    /// Whether ids may be those of several trees.
    pub(super) fn are_several(&self) -> bool {
        self.all.len() > 1
    }

    /// The id as its own tree has it, and with the prefix of that tree.
    pub(super) fn names<'a>(&self, document: &Document, id: &'a TaskId) -> (&'a str, String) {
        let at = self.of(document);
        let prefix = &self.all[at].prefix;
        let own = id.as_str().strip_prefix(prefix.as_str()).filter(|_| at > 0);
        let own = own.unwrap_or(id.as_str());
        (own, format!("{prefix}{own}"))
    }

    /// Every id within the workspace that may be meant by one with the prefix of its tree, or, where no
    /// tree is named, by one that is plain.
    pub(super) fn meant(&self, spelled: &str) -> Vec<TaskId> {
        let key = |(at, scope): (usize, &Scope), own: &str| {
            let id = scope.profile.ids.parse(own)?;
            Some(if at == 0 { id } else { TaskId::new(&format!("{}{id}", scope.prefix)) })
        };
        let scopes = || self.all.iter().enumerate();
        let named = scopes().filter(|(_, scope)| !scope.prefix.is_empty()).filter_map(|it| {
            let own = spelled.get(..it.1.prefix.len())?;
            let is_own = own.eq_ignore_ascii_case(&it.1.prefix);
            key(it, &spelled[own.len()..]).filter(|_| is_own)
        });
        let mut keys: Vec<TaskId> = named.collect();
        if keys.is_empty() {
            keys.extend(scopes().filter_map(|it| key(it, spelled)));
        }
        keys.dedup();
        keys
    }
}

/// The folders that hold a complete pair of ledger and records of a profile.
fn trees(profile: &Arc<Profile>, docs: &Docs) -> Vec<String> {
    let folders = |role| -> BTreeSet<&str> {
        let live = |doc: &&Arc<Document>| doc.facts.role == role && !doc.facts.history;
        let own = docs.iter().filter(|doc| Arc::ptr_eq(&doc.profile, profile));
        own.filter(live).map(|doc| doc.path.folder()).collect()
    };
    let mut roots: Vec<String> = Vec::new();
    for (one, two) in &profile.pairs {
        let with_two = folders(*two);
        roots.extend(folders(*one).intersection(&with_two).map(|f| (*f).to_owned()));
    }
    roots.sort_by_key(|root| (root.matches('/').count(), root.clone()));
    roots.dedup();
    roots
}

/// What tells one of several trees from the others: a folder that no other is in, else all of its own,
/// else the name of its profile.
fn prefix(all: &[Scope], at: usize) -> String {
    let own = &all[at];
    let others = || all.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, it)| it);
    if others().next().is_none() {
        return String::new();
    }
    if own.root.is_empty() || others().any(|other| other.root == own.root) {
        return format!("{}:", own.profile.id);
    }
    let is_shared = |folder: &&str| others().any(|it| it.root.split('/').any(|it| it == *folder));
    let folder = own.root.rsplit('/').find(|folder| !is_shared(folder)).unwrap_or(&own.root);
    format!("{folder}/")
}

/// The task that stands at `all` places: history put aside, the rest sorted by authority.
pub(super) fn settled(docs: &Docs, id: TaskId, all: Vec<Place>) -> Task {
    let facts = |place: &Place| &docs[place.doc].facts;
    let entity = |place: &Place| &facts(place).entities[place.entity];
    let archived =
        |place: &Place| facts(place).history || entity(place).list == RecordList::Archived;
    let (places, plans): (Vec<Place>, Vec<Place>) =
        all.iter().partition(|place| entity(place).kind == EntityKind::Task);
    let task_type = TypeIdx::default();
    let mut task = Task { id, task_type, places, plans, past: Vec::new(), all };
    let names = FolderNames::of(docs, &task, &archived);
    let live: Vec<Place> = task.places.iter().filter(|it| !archived(it)).copied().collect();
    let strangers = own_file::strangers(docs, &live);
    let past = |place: &Place| {
        archived(place) || strangers.contains(place) || !names.owns(&docs[place.doc])
    };
    let (past_places, places): (Vec<Place>, Vec<Place>) = task.places.iter().partition(|p| past(p));
    let (past_plans, mut plans): (Vec<Place>, Vec<Place>) =
        task.plans.iter().partition(|p| past(p));
    task.places = places;
    task.past = past_places;
    // Where ids hold in one list, a file knows more of its task than the row that leads to it.
    let leads = |p: &Place| docs[p.doc].profile.ids.local && !own_file::is_whole(docs, *p);
    task.places.sort_by_key(|p| (leads(p), entity(p).rank, entity(p).list, *p));
    let own = task.places.first().or(task.past.first());
    task.task_type = own.map_or_else(TypeIdx::default, |place| entity(place).task_type);
    // A plan whose header says that it is no longer the plan gives way to any other.
    let given_up = |place: &Place| {
        let document = &docs[place.doc];
        let mut said = document.facts.occurrences_of(place.entity);
        said.next().is_some_and(|occurrence| {
            let word = occurrence.reading.word.of(&document.text);
            document.role().is_old(&format!("-{word}"))
        })
    };
    plans.sort_by_key(|p| Reverse((!given_up(p), version(&docs[p.doc]), *p)));
    task.past.extend(past_plans);
    let latest = |p: &Place| docs[p.doc].role().latest;
    if let Some(first) = plans.first()
        && latest(first)
    {
        let speaks = *first;
        plans.retain(|p| *p == speaks || !docs[p.doc].facts.history);
    }
    task.plans = plans;
    task
}

/// Which of the folders that carry a task's number are the task's own. Numbers are used again after
/// the last one, so a folder with another name may belong to an earlier task.
struct FolderNames {
    /// The folders that are taken for its own; `None` where nothing tells them apart.
    own: Option<BTreeSet<String>>,
}

impl FolderNames {
    fn of(docs: &Docs, task: &Task, archived: &dyn Fn(&Place) -> bool) -> FolderNames {
        let mut titles: Vec<&str> = Vec::new();
        let mut linked: Vec<&str> = Vec::new();
        let mut folders: Vec<(&str, &str)> = Vec::new();
        for place in task.places.iter().chain(&task.plans).filter(|place| !archived(place)) {
            let facts = &docs[place.doc].facts;
            if let (Some(folder), Some(slug)) = (&facts.captures.folder, &facts.captures.slug) {
                folders.push((folder, slug));
                continue;
            }
            let entity = &facts.entities[place.entity];
            if !entity.title.is_empty() && !entity.mention {
                titles.push(&entity.title);
            }
            linked.extend(facts.links_of(place.entity).flat_map(|link| link.target.split('/')));
        }
        folders.sort_unstable();
        folders.dedup();
        let is_linked =
            |folder: &str| linked.contains(&folder.rsplit('/').next().unwrap_or(folder));
        if folders.len() < 2 && folders.iter().all(|(folder, _)| is_linked(folder)) {
            // There is no other that could be its own.
            return FolderNames { own: None };
        }
        let mut titles: Vec<String> = titles.into_iter().map(normalise).collect();
        titles.sort_unstable();
        titles.dedup();
        if titles.is_empty() {
            let own = (folders.len() > 1).then(BTreeSet::new);
            return FolderNames { own };
        }
        let titles: Vec<Vec<&str>> = titles.iter().map(|title| words(title)).collect();
        let score = |folder: &str, slug: &str| {
            let slug = normalise(slug);
            let slug = words(&slug);
            let alike = titles.iter().map(|title| likeness(title, &slug)).max().unwrap_or(0);
            if is_linked(folder) { alike + 1000 } else { alike }
        };
        let scores = folders.iter().map(|(folder, slug)| (*folder, score(folder, slug)));
        let scores: Vec<(&str, u32)> = scores.filter(|(_, score)| *score > 0).collect();
        let best = scores.iter().map(|(_, score)| *score).max();
        let own = scores.iter().filter(|(_, score)| Some(*score) == best);
        FolderNames { own: Some(own.map(|(folder, _)| (*folder).to_owned()).collect()) }
    }

    fn owns(&self, document: &Document) -> bool {
        match (&document.facts.captures.folder, &self.own) {
            (Some(folder), Some(own)) => own.contains(folder),
            _ => true,
        }
    }
}

/// A plan's version: the number of a folder such as `v2`, then those in its file name, the later ones
/// first, so that `implementation-002` follows `implementation-001` and `18_plan` follows `9_plan_v4`.
fn version(document: &Document) -> (Option<u64>, Vec<u64>, String) {
    let name = document.path.name();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let numbers = stem
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect();
    let folder = document.path.folder().rsplit('/').next().unwrap_or_default();
    let folder = folder.strip_prefix(['v', 'V']).and_then(|digits| digits.parse().ok());
    (folder, numbers, stem.to_owned())
}

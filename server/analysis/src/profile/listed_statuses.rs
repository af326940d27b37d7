//! Statuses that a repository lists itself, in a file beside its tasks.

use std::sync::Arc;

use crate::profile::vocabulary::{Category, StatusDef, StatusIdx, Vocabulary, normalise};
use crate::profile::{EntityKind, Profile, RoleIdx};
use crate::syntax::front_matter;

/// More statuses of one file are not read.
const MOST: usize = 64;

/// Where the statuses are listed, and what was found there.
#[derive(Clone, Debug)]
pub struct ListedStatuses {
    /// The role of the file, which is YAML or JSON.
    pub role: RoleIdx,
    /// The keys of the list, from the outermost in.
    pub key: Vec<String>,
    /// The words that the file lists, with the profile as it is without; `None` where there is none.
    pub(in crate::profile) found: Option<(Vec<String>, Arc<Profile>)>,
}

impl ListedStatuses {
    /// The words that a text lists; `None` where it cannot be read.
    fn words_of(&self, text: &str) -> Option<Vec<String>> {
        let yaml = front_matter::read_whole(text);
        if !yaml.problems.is_empty() {
            return None;
        }
        let is_one =
            |path: &[String]| path.len() == self.key.len() + 1 && path.starts_with(&self.key);
        let listed = yaml.entries.iter().filter(|entry| is_one(&entry.path));
        let mut words: Vec<String> = Vec::new();
        for entry in listed.take(MOST) {
            let word = entry.text.trim();
            let is_new = words.iter().all(|known| normalise(known) != normalise(word));
            if is_new && !normalise(word).is_empty() {
                words.push(word.to_owned());
            }
        }
        Some(words)
    }
}

impl Profile {
    /// Whether a file may list the statuses.
    pub fn lists_statuses(&self, path: &str) -> bool {
        self.listed_statuses.as_ref().is_some_and(|it| self.role_of(path) == Some(it.role))
    }

    /// The profile with the statuses that a text lists, none where there is no text; `None` where they
    /// are the same, or cannot be read.
    pub fn with_listed(&self, text: Option<&str>) -> Option<Profile> {
        let listed = self.listed_statuses.as_ref()?;
        let words = text.map_or(Some(Vec::new()), |text| listed.words_of(text))?;
        let plain = listed.found.as_ref().map(|(_, plain)| plain.clone());
        let before = listed.found.as_ref().map_or(&[][..], |(words, _)| words);
        if words == before {
            return None;
        }
        let plain = plain.unwrap_or_else(|| Arc::new(self.clone()));
        let mut new = Profile::clone(&plain);
        if !words.is_empty() {
            new.extend(&plain, words);
        }
        Some(new)
    }

    fn extend(&mut self, plain: &Arc<Profile>, words: Vec<String>) {
        let tasks = &plain.vocabularies[EntityKind::Task as usize];
        let (vocabulary, kin) = extended(tasks, &words);
        let vocabulary = Arc::new(vocabulary);
        self.vocabularies[EntityKind::Task as usize] = vocabulary.clone();
        for own in self.types.iter_mut().filter(|own| Arc::ptr_eq(&own.vocabulary, tasks)) {
            own.vocabulary = vocabulary.clone();
        }
        if let Some(folders) = &mut self.folders {
            let of_kin = |(new, kin): &(StatusIdx, StatusIdx)| {
                let (_, folder) = folders.to.iter().find(|(status, _)| status == kin)?;
                Some((*new, folder.clone()))
            };
            let added: Vec<(StatusIdx, String)> = kin.iter().filter_map(of_kin).collect();
            folders.to.extend(added);
        }
        // Whoever lists the statuses has no others.
        self.rules.retain(|(rule, _)| rule != "unknown-status");
        if let Some(listed) = &mut self.listed_statuses {
            listed.found = Some((words, plain.clone()));
        }
    }
}

/// The statuses of `own`, each at its place, and behind them those among `words` that are new, each of
/// these with one of its own that means the same. Any of `words` may follow any status, and no other.
fn extended(own: &Vocabulary, words: &[String]) -> (Vocabulary, Vec<(StatusIdx, StatusIdx)>) {
    if words.is_empty() {
        return (own.clone(), Vec::new());
    }
    let mut defs: Vec<StatusDef> = own.iter().map(|(_, def)| def.clone()).collect();
    let mut listed: Vec<StatusIdx> = Vec::new();
    let mut kin: Vec<(StatusIdx, StatusIdx)> = Vec::new();
    let is_exact = |def: &StatusDef, word: &str| {
        let names = [&def.id, &def.marker, &def.json];
        names.iter().any(|name| normalise(name) == normalise(plain(word)))
    };
    let is_listed = |def: &StatusDef| words.iter().any(|word| is_exact(def, word));
    let categories = categories(own, words);
    for (word, category) in words.iter().zip(categories) {
        let known = own.lookup(plain(word));
        let exact = known.filter(|at| is_exact(own.get(*at), word) && !listed.contains(at));
        if let Some(at) = exact {
            let def = &mut defs[usize::from(at.0)];
            (def.marker, def.json, def.exact) = (word.clone(), word.clone(), true);
            listed.push(at);
            continue;
        }
        let at = StatusIdx(u8::try_from(defs.len()).unwrap_or(u8::MAX));
        let mut same = own.iter().filter(|(_, def)| def.category == category);
        let like = known.or_else(|| same.next().map(|(at, _)| at));
        kin.extend(like.map(|like| (at, like)));
        // Boxes are of the word that stands for them, if there is one.
        let boxes = known.map(|at| &mut defs[usize::from(at.0)]).filter(|def| !is_listed(def));
        let boxes = boxes.map(|def| std::mem::take(&mut def.boxes)).unwrap_or_default();
        let may_be_ticked =
            known.is_some_and(|at| own.get(at).may_be_ticked) || is_looked_at(own, word);
        defs.push(StatusDef { may_be_ticked, ..named(word, category, boxes) });
        listed.push(at);
    }
    for def in &mut defs {
        let is_own_word =
            |alias: &String| words.iter().any(|word| normalise(plain(word)) == normalise(alias));
        let own_name = def.marker.clone();
        def.aliases.retain(|alias| !is_own_word(alias) || normalise(alias) == normalise(&own_name));
        def.next.clone_from(&listed);
    }
    (Vocabulary::new(defs), kin)
}

/// A word without signs around it: `✅ Done` is `Done`.
fn plain(word: &str) -> &str {
    let text = word.trim_matches(|c: char| !c.is_alphanumeric());
    if text.is_empty() { word } else { text }
}

/// What each word means: as the profile has it, else by its place among the others, which are in the
/// order in which a task goes through them.
fn categories(own: &Vocabulary, words: &[String]) -> Vec<Category> {
    let known: Vec<Option<Category>> =
        words.iter().map(|word| Some(own.get(own.lookup(plain(word))?).category)).collect();
    let ends = known.contains(&Some(Category::Done));
    let at = |at: usize, known: Option<Category>| {
        known.unwrap_or(match at {
            0 => Category::Open,
            _ if at + 1 == words.len() && !ends => Category::Done,
            _ => Category::Active,
        })
    };
    known.iter().enumerate().map(|(n, known)| at(n, *known)).collect()
}

/// Whether a word is one by which all boxes may be ticked, or has one as a part: `Code Review`.
fn is_looked_at(own: &Vocabulary, word: &str) -> bool {
    let word = normalise(plain(word));
    let mut known = own.iter().flat_map(|(_, def)| &def.ticked_aliases).map(|it| normalise(it));
    known.any(|known| known == word || word.split(' ').any(|part| part == known))
}

fn named(word: &str, category: Category, boxes: Vec<String>) -> StatusDef {
    let id = normalise(plain(word)).replace(' ', "_");
    StatusDef {
        json: word.to_owned(),
        marker: word.to_owned(),
        exact: true,
        spellings: Vec::new(),
        aliases: vec![plain(word).to_owned()],
        translated: false,
        boxes,
        category,
        stamp: None,
        stamp_required: false,
        may_be_ticked: false,
        ticked_aliases: Vec::new(),
        within: None,
        seldom: false,
        reason: None,
        artifacts: globset::GlobSet::empty(),
        next: Vec::new(),
        id,
    }
}

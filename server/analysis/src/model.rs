//! Floor 3: what one document says: entities, the places where their statuses stand, and what else
//! a rule or an edit needs. Every fact knows its range.

pub mod carrier;
pub mod carriers;
mod codes;
mod document_facts;
mod former;
mod from_json;
mod from_markdown;
mod from_yaml;
mod holds;
pub(crate) mod legend;
mod lineage;
mod link_paths;
mod made;
mod reread;
mod rows;
pub(crate) mod runs;
mod slug;
pub mod time;
pub(crate) mod title;

use std::borrow::Borrow;
use std::cmp::Reverse;
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::model::carrier::Carrier;
use crate::model::lineage::Lineage;
use crate::profile::flow::FlowField;
use crate::profile::id::TaskId;
use crate::profile::reading::Reading;
use crate::profile::vocabulary::{StatusIdx, Vocabulary};
use crate::profile::{
    EntityKind, EntityType, Format, PathCaptures, Profile, RecordList, Role, RoleIdx, TypeIdx,
};
use crate::syntax::SyntaxError;
use crate::text::TextRange;
use crate::text::line_index::LineIndex;
use crate::text::shared_text::SharedText;

pub use document_facts::DocumentFacts;
pub use holds::HoldFact;
pub(crate) use link_paths::{join, link_path};
pub use rows::{SharedRow, UnreadRow};
pub use runs::{Fact, Runs};
pub(crate) use slug::slug;

/// A file's path relative to the workspace's root, with `/` between its parts.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FilePath(Arc<str>);

impl FilePath {
    /// The path spelled `path`.
    pub fn new(path: &str) -> FilePath {
        FilePath(Arc::from(path))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder it is in; empty for the root.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Its last part.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }
}

impl Borrow<str> for FilePath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// What a file holds, as far as that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Its text; empty where there is none to be had.
    pub text: SharedText,
    /// Why the text is not all of the file, or none of it: a clause that says what to do, at the place.
    pub fault: Option<Arc<SyntaxError>>,
}

impl Content {
    /// A file that is there and cannot be read, for this reason.
    pub fn unreadable(reason: String) -> Content {
        Content::faulty("".into(), TextRange::default(), reason)
    }

    /// A text that is not all of its file, for a reason that shows at this place.
    pub fn faulty(text: SharedText, range: TextRange, reason: String) -> Content {
        Content { text, fault: Some(Arc::new(SyntaxError { range, message: reason })) }
    }
}

impl<T: Into<SharedText>> From<T> for Content {
    fn from(text: T) -> Content {
        Content { text: text.into(), fault: None }
    }
}

/// A text with all that it says.
#[derive(Debug)]
pub struct Document {
    /// Where it is.
    pub path: FilePath,
    /// What stands in it.
    pub text: SharedText,
    /// Its lines.
    pub lines: LineIndex,
    /// What it says.
    pub facts: DocumentFacts,
    /// Whether there may be targets in it to which links anywhere in it lead.
    has_references: bool,
    /// Why the text is not all of the file.
    pub fault: Option<Arc<SyntaxError>>,
    /// How it was read.
    pub profile: Arc<Profile>,
    /// What it was made from.
    pub(crate) lineage: Lineage,
}

impl Document {
    /// Reads `text` as the profile says; `None` where the path has no role. A `stray` file counts as
    /// history.
    pub fn read(
        profile: &Arc<Profile>,
        path: &FilePath,
        text: impl Into<SharedText>,
        stray: bool,
    ) -> Option<Document> {
        Document::read_content(profile, path, text.into().into(), stray)
    }

    /// As [`Document::read`], of a file that perhaps cannot be read in full.
    pub fn read_content(
        profile: &Arc<Profile>,
        path: &FilePath,
        content: Content,
        stray: bool,
    ) -> Option<Document> {
        let Content { text, fault } = content;
        let mut facts = Facts::of_path(profile, path, stray)?;
        let format = profile.role(facts.role).format;
        match format {
            // That nothing stands in the text says nothing about the file.
            _ if fault.is_some() && text.is_empty() => {}
            Format::Markdown => from_markdown::read(profile, &text, &mut facts),
            Format::Json => from_json::read(profile, &text, &mut facts),
            Format::Yaml => from_yaml::read(profile, &text, &mut facts),
        }
        facts.hold = holds::of(profile.role(facts.role), path.as_str(), &text);
        facts.former = former::of(profile.role(facts.role), &text);
        if let Some(fault) = &fault {
            facts.problems.insert(0, (**fault).clone());
            facts.broken = Some((**fault).clone());
        }
        let facts = DocumentFacts::new(facts);
        let (lines, lineage) = (LineIndex::new(&text), Lineage::first());
        let text = text.cut(facts.entities.iter().map(|entity| entity.range.start as usize));
        let has_references = format == Format::Markdown && text.contains("]:");
        let (path, profile) = (path.clone(), profile.clone());
        Some(Document { path, text, lines, facts, has_references, fault, profile, lineage })
    }

    /// The role that its path gives it.
    pub fn role(&self) -> &Role {
        self.profile.role(self.facts.role)
    }

    /// The words for the statuses of an entity in it.
    pub fn vocabulary_of(&self, entity: EntityIdx) -> &Vocabulary {
        self.profile.vocabulary_of(self.facts.entities[entity].what())
    }

    /// What the file holds.
    pub fn content(&self) -> Content {
        Content { text: self.text.clone(), fault: self.fault.clone() }
    }

    /// Whether nothing of the file can be read.
    pub fn is_unreadable(&self) -> bool {
        self.fault.is_some() && self.text.is_empty()
    }

    /// The links that may not have been in `before`.
    pub(crate) fn links_since(&self, before: &Document) -> impl Iterator<Item = &Link> {
        let entities = self.lineage.since(&before.lineage);
        let is_whole = entities.is_none();
        let all = self.facts.links.iter().filter(move |_| is_whole);
        all.chain(entities.into_iter().flatten().flat_map(|it| self.facts.links_of(it)))
    }

    /// The link whose target a cursor is at.
    pub fn link_at(&self, offset: usize) -> Option<&Link> {
        self.links_in(TextRange::empty(offset)).next()
    }

    /// The links whose targets touch a range.
    pub fn links_in(&self, range: TextRange) -> impl Iterator<Item = &Link> {
        let near = self.facts.links.around(range).map(|(_, link)| link);
        near.filter(move |link| link.range.start <= range.end && range.start <= link.range.end)
    }

    /// The entity that a cursor is at: in any column the one whose line it is, else the innermost.
    pub fn entity_at(&self, offset: usize) -> Option<EntityIdx> {
        let line = self.lines.line_range(self.lines.line_col(offset).line);
        let margin = |c: char| c.is_whitespace() || c == '>';
        let text = self.text.copy(line.bytes());
        let first = line.end as usize - text.trim_start_matches(margin).len();
        let begins = |idx: &EntityIdx| {
            let start = self.facts.entities[*idx].range.start as usize;
            line.touches(start) && self.text.copy(start..start + 1) != "{"
        };
        let here = self.facts.entity_at(offset.max(first));
        // Behind its last word there may be blanks and a comment.
        let of_line = here.filter(begins).or_else(|| self.facts.entity_at(first).filter(begins));
        of_line.or(here)
    }

    /// The text of an occurrence as it stands.
    pub fn raw<'d>(&'d self, occurrence: &'d Occurrence) -> &'d str {
        match &occurrence.section {
            Some(section) => &section.said,
            None => occurrence.reading.range.of(&self.text),
        }
    }

    /// The same for a message: in brackets or backticks.
    pub fn shown(&self, occurrence: &Occurrence) -> String {
        occurrence.carrier.shown(self.raw(occurrence))
    }
}

/// Index of an entity within its document.
pub type EntityIdx = usize;

/// What is read of one text, before it is the facts of a document.
#[derive(Debug)]
struct Facts {
    role: RoleIdx,
    captures: PathCaptures,
    history: bool,
    stray: bool,
    legend: Vec<char>,
    /// The letters with which items count on, where that was asked.
    codes: Option<Vec<String>>,
    entities: Vec<Entity>,
    occurrences: Vec<Occurrence>,
    fields: Vec<Field>,
    links: Vec<Link>,
    counters: Vec<CounterFact>,
    hold: Option<HoldFact>,
    former: Vec<RangeInclusive<u64>>,
    named: Vec<TaskId>,
    shared: Vec<SharedRow>,
    unread: Vec<UnreadRow>,
    allows: Vec<Allow>,
    problems: Vec<SyntaxError>,
    broken: Option<SyntaxError>,
}

impl Facts {
    /// What the path alone says; `None` where it has no role.
    fn of_path(profile: &Profile, path: &FilePath, stray: bool) -> Option<Facts> {
        let role = profile.role_of(path.as_str())?;
        let mut facts = Facts::new(role, profile.role(role).captures(path.as_str()));
        facts.stray = stray;
        facts.history =
            stray || profile.is_history(path.as_str()) || profile.role(role).is_old(path.as_str());
        Some(facts)
    }

    fn new(role: RoleIdx, captures: PathCaptures) -> Facts {
        Facts {
            role,
            captures,
            history: false,
            stray: false,
            legend: Vec::new(),
            codes: None,
            entities: Vec::new(),
            occurrences: Vec::new(),
            fields: Vec::new(),
            links: Vec::new(),
            counters: Vec::new(),
            hold: None,
            former: Vec::new(),
            named: Vec::new(),
            shared: Vec::new(),
            unread: Vec::new(),
            allows: Vec::new(),
            problems: Vec::new(),
            broken: None,
        }
    }

    /// Takes out the entities in `dead`, which is sorted; what was below them moves up.
    fn remove(&mut self, dead: &[EntityIdx]) {
        let parent_of: Vec<Option<EntityIdx>> = self.entities.iter().map(|e| e.parent).collect();
        let mut new_idx = vec![None; self.entities.len()];
        let mut next = 0;
        for (idx, slot) in new_idx.iter_mut().enumerate() {
            if dead.binary_search(&idx).is_err() {
                *slot = Some(next);
                next += 1;
            }
        }
        let resolve = |mut at: Option<EntityIdx>| {
            while let Some(idx) = at {
                if new_idx[idx].is_some() {
                    return new_idx[idx];
                }
                at = parent_of[idx];
            }
            None
        };
        let mut idx = 0;
        self.entities.retain(|_| {
            idx += 1;
            new_idx[idx - 1].is_some()
        });
        for entity in &mut self.entities {
            entity.parent = resolve(entity.parent);
        }
        self.fields.retain(|field| new_idx[field.entity].is_some());
        for field in &mut self.fields {
            field.entity = new_idx[field.entity].unwrap_or(field.entity);
        }
        // One that is taken away may say a status that is not known.
        self.occurrences.retain(|occurrence| new_idx[occurrence.entity].is_some());
        for occurrence in &mut self.occurrences {
            occurrence.entity = new_idx[occurrence.entity].unwrap_or(occurrence.entity);
        }
        for link in &mut self.links {
            link.entity = resolve(link.entity);
        }
    }

    /// Sorts what was read by place and by entity, so that it is found without a search through all.
    fn settle(&mut self) {
        self.sort_entities();
        self.links.sort_by_key(|link| link.entity);
        self.occurrences.sort_by_key(|occurrence| occurrence.entity);
        self.fields.sort_by_key(|field| field.entity);
    }

    /// Puts the entities in the order in which they stand, those around others first.
    fn sort_entities(&mut self) {
        let key = |entity: &Entity| (entity.range.start, Reverse(entity.range.end));
        if self.entities.is_sorted_by_key(key) {
            return;
        }
        let mut order: Vec<EntityIdx> = (0..self.entities.len()).collect();
        order.sort_by_key(|idx| key(&self.entities[*idx]));
        let mut new_idx = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            new_idx[*old] = new;
        }
        let mut old = std::mem::take(&mut self.entities).into_iter().map(Some).collect::<Vec<_>>();
        self.entities = order.iter().filter_map(|idx| old[*idx].take()).collect();
        for entity in &mut self.entities {
            entity.parent = entity.parent.map(|parent| new_idx[parent]);
        }
        self.occurrences.iter_mut().for_each(|it| it.entity = new_idx[it.entity]);
        self.fields.iter_mut().for_each(|it| it.entity = new_idx[it.entity]);
        self.links.iter_mut().for_each(|it| it.entity = it.entity.map(|entity| new_idx[entity]));
    }
}

/// A task, plan, phase or item as one document has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// Of a task, which type.
    pub task_type: TypeIdx,
    /// The task it is, or for a plan the task it belongs to.
    pub id: Option<TaskId>,
    /// Whether the id was made from the title, so that it holds in this document only.
    pub derived_id: bool,
    /// A phase's number.
    pub number: Option<Arc<str>>,
    /// What it is called.
    pub title: Arc<str>,
    /// Where its name stands.
    pub name: TextRange,
    /// All that belongs to it.
    pub range: TextRange,
    /// The entity around it.
    pub parent: Option<EntityIdx>,
    /// Which heading it is under, whether that is an entity or not: a number within its document.
    pub section: Option<u32>,
    /// Whether it has the status of its boxes where it states none.
    pub derived: bool,
    /// The status that its file gives it where it states none.
    pub fixed: Option<StatusIdx>,
    /// Whether it may stay open in what is finished.
    pub optional: bool,
    /// Whether its box tells only whether work is left, where another place tells more.
    pub coarse: bool,
    /// Whether it only mentions a task that stands elsewhere.
    pub mention: bool,
    /// Whether it is its task only where a record has the name of its file for a key: its heading does not
    /// say that it is one.
    pub by_key: bool,
    /// The kind of list that its record stands in.
    pub list: RecordList,
    /// Its authority: the smaller is trusted first.
    pub rank: u32,
    /// The tasks that must be done before it.
    pub depends: Vec<TaskId>,
}

impl Entity {
    /// What it is, with the type of a task.
    pub fn what(&self) -> EntityType {
        EntityType { kind: self.kind, task_type: self.task_type }
    }
}

/// One place where a status stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// Whose status it is.
    pub entity: EntityIdx,
    /// How it stands there.
    pub carrier: &'static Carrier,
    /// What it says.
    pub reading: Reading,
    /// The whole line or member, for insertions beside it.
    pub line: TextRange,
    /// Whether it says what a tool wrote when it made the record, and perhaps nobody since.
    pub untouched: bool,
    /// The section that says it, where it does not stand beside its entity.
    pub section: Option<Arc<StatusSection>>,
}

/// A section of a list by status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusSection {
    /// The status as its heading has it.
    pub said: Box<str>,
    /// The statuses that have a section in the file.
    pub statuses: Vec<StatusIdx>,
}

/// What a field is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldRole {
    /// When a status was entered; holds the stamp's name in the profile.
    Stamp(Arc<str>),
    /// Why it is blocked or dropped.
    Reason,
    /// What it depends on.
    Dependencies,
    /// What it is part of.
    Parent,
    /// When it was last changed.
    Touch,
    /// How many of its parts are finished: `2/3`.
    Parts,
    /// The day on which it was finished.
    EndDay,
    /// How its work is put together.
    Flow(FlowField),
    /// Its status, where what stands there is not read as one: a sentence, a link, nothing yet.
    UnreadStatus,
    /// A status in a row of a table that stands beside the column for it, which says nothing.
    StatusBeside,
}

/// A named value of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Whose field it is.
    pub entity: EntityIdx,
    /// What it is for.
    pub role: FieldRole,
    /// Its value.
    pub value: TextRange,
    /// The whole line or member.
    pub line: TextRange,
}

/// A link to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Whose link it is.
    pub entity: Option<EntityIdx>,
    /// The path it names, without fragment, decoded.
    pub target: Arc<str>,
    /// Where the path stands.
    pub range: TextRange,
}

/// A derived number as it stands.
#[derive(Clone, Debug)]
pub struct CounterFact {
    /// Index in [`Profile::counters`].
    pub counter: usize,
    /// What it says.
    pub value: Option<i64>,
    /// Where; of a number in quotes its digits, so that the quotes stay.
    pub range: TextRange,
}

impl CounterFact {
    /// What stands at `range` of a text, of which `value` is the number that its format knows.
    fn new(counter: usize, value: Option<i64>, text: &str, range: TextRange) -> CounterFact {
        let raw = range.of(text);
        let quoted = ['"', '\'']
            .iter()
            .find_map(|quote| raw.strip_prefix(*quote)?.strip_suffix(*quote))
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        match quoted.and_then(|digits| digits.parse().ok()) {
            Some(number) => {
                let range = TextRange::new(range.start as usize + 1, range.end as usize - 1);
                CounterFact { counter, value: Some(number), range }
            }
            None => CounterFact { counter, value, range },
        }
    }
}

/// A comment that suppresses findings.
#[derive(Clone, Debug)]
pub struct Allow {
    /// The rules.
    pub rules: Vec<String>,
    /// Findings that start in here are not reported.
    pub range: TextRange,
}

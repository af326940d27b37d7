//! Floor 2: how one kind of repository keeps its tasks, as data. A profile is read from TOML text
//! ([`config`]); nothing in this crate knows a profile by name.

pub mod adding;
pub mod builtin;
pub mod config;
mod decode;
pub mod detect;
pub mod flow;
pub mod heading_pattern;
pub mod id;
pub mod instances;
pub mod keys;
pub(crate) mod languages;
pub mod listed_statuses;
mod modes;
mod node;
pub mod noting;
mod reach;
pub mod reading;
pub mod relation;
mod role;
pub mod roll_up;
pub mod status_folders;
pub mod strategies;
pub mod vocabulary;

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use globset::{Glob, GlobSet};
use regex::Regex;

use crate::profile::adding::Adding;
use crate::profile::flow::FlowNames;
use crate::profile::id::{IdStyle, TaskId};
use crate::profile::listed_statuses::ListedStatuses;
use crate::profile::noting::Noting;
use crate::profile::relation::Relation;
use crate::profile::status_folders::StatusFolders;
pub use role::{
    BoxRule, DocumentRule, EntryRule, Format, Hold, HoldAt, PathCaptures, PathPlaces, RecordList,
    RecordPath, RecordRule, RecordStep, Role, RoleIdx, SectionRule, TableRule, When,
};

use crate::profile::vocabulary::{Category, StatusIdx, Vocabulary};

/// What a status belongs to. Each kind has its own vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntityKind {
    /// A unit with an id.
    Task,
    /// A document that lays out the work of a task; agrees with it through a mapping.
    Plan,
    /// A numbered part of a plan.
    Phase,
    /// A check box below one of the others.
    Item,
}

impl EntityKind {
    /// All kinds, in the order of [`Profile::vocabularies`].
    pub const ALL: [EntityKind; 4] =
        [EntityKind::Task, EntityKind::Plan, EntityKind::Phase, EntityKind::Item];

    /// The word for it in configuration and messages.
    pub fn name(self) -> &'static str {
        match self {
            EntityKind::Task => "task",
            EntityKind::Plan => "plan",
            EntityKind::Phase => "phase",
            EntityKind::Item => "item",
        }
    }
}

/// Index of a type of task within its profile; the default is what every task is of which no rule says
/// more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeIdx(u8);

/// Tasks with statuses of their own, such as epics beside stories.
#[derive(Clone, Debug)]
pub struct TaskType {
    /// Its name in the profile.
    pub id: String,
    vocabulary: Arc<Vocabulary>,
}

/// What an entity is that a rule makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntityType {
    /// Its kind.
    pub kind: EntityKind,
    /// Of a task, which type.
    pub task_type: TypeIdx,
}

impl EntityType {
    /// An entity of a kind, and of a task the default type.
    pub fn of(kind: EntityKind) -> EntityType {
        EntityType { kind, task_type: TypeIdx::default() }
    }
}

/// One kind of repository: file roles, words, transitions, roll-up.
#[derive(Clone)]
pub struct Profile {
    /// Its name in configuration.
    pub id: String,
    /// One line for people.
    pub summary: String,
    /// The folder that its files are in, relative to the workspace's; empty for that itself.
    pub root: String,
    /// How it is recognised; any of these suffices.
    pub detect: Vec<Detect>,
    /// How ids are written.
    pub ids: IdStyle,
    /// Finds each id in a list of dependencies; where there is none, numbers and such as `T07` are.
    pub listed: Option<Regex>,
    /// How markers are written in Markdown.
    pub markers: MarkerStyle,
    /// Values in Markdown that state nothing, such as those of a template.
    pub unstated: Option<Regex>,
    /// Names of the fields it reads.
    pub fields: FieldNames,
    /// Which tasks are part of which others.
    pub relations: Vec<Relation>,
    vocabularies: [Arc<Vocabulary>; 4],
    /// Where a repository lists statuses of its own; `None` where all have those of the profile.
    listed_statuses: Option<ListedStatuses>,
    /// The types of tasks beside the default one.
    types: Vec<TaskType>,
    /// What a plan's status may be, for each task status that has a say over it.
    pub agreement: Vec<(StatusIdx, Vec<StatusIdx>)>,
    /// Whether nobody but a person takes work back that some place says is begun or done.
    pub keeps_progress: bool,
    /// Whether a list stamps statuses as it does already.
    pub stamps_as_kept: bool,
    /// Whether files at its root to which it gives no role are left to other profiles.
    pub shares_folder: bool,
    /// Whether people have words of their own, so that one that is not known is no fault.
    pub free_words: bool,
    /// Files that are history: judged for malformed markers at most.
    pub history: GlobSet,
    /// File roles; the first that matches a path takes it.
    pub roles: Vec<Role>,
    /// Pairs of role ids whose tasks must stand in both.
    pub pairs: Vec<(RoleIdx, RoleIdx)>,
    /// Roles, and for each the one that must have its live tasks, too.
    pub listed_in: Vec<(RoleIdx, RoleIdx)>,
    /// Files that are made when a task's status changes and they are missing.
    pub creates: Vec<Create>,
    /// Derived numbers that must follow the tasks.
    pub counters: Vec<Counter>,
    /// Shares that stand beside counters, and follow them.
    pub shares: Vec<CounterShare>,
    /// Folders that say a status, to which tasks are moved; `None` where they stay.
    pub folders: Option<StatusFolders>,
    /// How a new task is written; `None` where that is not known.
    pub adding: Option<Adding>,
    /// Where a task keeps notes; `None` where it keeps none.
    pub noting: Option<Noting>,
    /// Where finished tasks are put away; `None` where they stay.
    pub archive: Option<Archive>,
    /// Severities that differ from the rules' own defaults: `(rule, severity)`.
    pub rules: Vec<(String, SeveritySetting)>,
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Profile {
    /// Which files hold tasks, for somebody in whose folder there is none.
    pub fn looks_for(&self) -> String {
        let lists = self.listed_statuses.as_ref().map(|it| it.role.0);
        let roles = self.roles.iter().enumerate().filter(|(at, _)| lists != Some(*at));
        let globs = roles.flat_map(|(_, role)| &role.patterns);
        let mut names: Vec<String> = globs.filter_map(|glob| plain_name(glob)).collect();
        names.sort();
        names.dedup();
        let id = &self.id;
        if names.is_empty() {
            return format!("`lockstep profiles {id}` shows which files it looks for");
        }
        format!("Lockstep looks for {} and others (`lockstep profiles {id}`)", names.join(", "))
    }

    /// The same profile for another folder.
    pub fn at(&self, root: &str) -> Profile {
        let name = root.rsplit('/').next().unwrap_or(root);
        // A folder that has its name from the profile holds nobody else's files.
        let is_own =
            |rule: &Detect| matches!(&rule.root, Some(DetectRoot::Named(own)) if own == name);
        let own = || self.detect.iter().filter(|rule| is_own(rule));
        let shares_folder =
            self.shares_folder && own().next().is_none() || own().any(|rule| rule.shares_folder);
        Profile { root: root.to_owned(), shares_folder, ..self.clone() }
    }

    /// Whether it is at folders of a name, or that hold a file, rather than at the whole workspace.
    pub fn is_at_folders(&self) -> bool {
        self.root.is_empty() && self.detect.iter().any(|rule| rule.root.is_some())
    }

    /// The path within its folder; `None` for what lies elsewhere.
    pub fn relative<'p>(&self, path: &'p str) -> Option<&'p str> {
        detect::within(&self.root, path)
    }

    /// The path within the folder of the file that tells of the profile, where that lies in a folder of its
    /// own.
    pub(crate) fn within_holder<'p>(&self, path: &'p str) -> Option<&'p str> {
        self.detect.iter().find_map(|rule| match &rule.root {
            Some(DetectRoot::Holding(file)) => detect::within(file.rsplit_once('/')?.0, path),
            _ => None,
        })
    }

    /// The ids that a list of dependencies names, and all between those of a range: `1-3`.
    pub fn listed_ids(&self, text: &str) -> Vec<TaskId> {
        self.listed_places(text).into_iter().map(|(id, _)| id).collect()
    }

    /// As [`Profile::listed_ids`], each with the part of the text that names it.
    pub fn listed_places(&self, text: &str) -> Vec<(TaskId, Range<usize>)> {
        let Some(pattern) = &self.listed else { return self.ids.spelled_in(text) };
        let found = pattern.captures_iter(text);
        let found = found.filter_map(|found| found.name("id").or(found.name("other")));
        let mut ids: Vec<(TaskId, Range<usize>)> = Vec::new();
        let mut left = id::MOST_BY_RANGES;
        for found in found {
            let Some(id) = self.ids.parse(found.as_str()) else { continue };
            let last = ids.last().cloned();
            let end_before = last.as_ref().map_or(0, |(_, range)| range.end);
            let between = text.get(end_before..found.start()).unwrap_or_default();
            if let Some((first, range)) = last.filter(|_| id::is_range(between)) {
                let whole = range.start..found.end();
                let between = id::between(&first, &id, left);
                left -= between.len();
                ids.extend(between.into_iter().map(|id| (id, whole.clone())));
            }
            ids.push((id, found.range()));
        }
        ids
    }

    /// Whether a role has files of this name, in whichever folder.
    pub fn takes_name(&self, name: &str) -> bool {
        let takes = |pattern: &String| {
            let last = pattern.rsplit('/').next().unwrap_or(pattern);
            Glob::new(last).is_ok_and(|glob| glob.compile_matcher().is_match(name))
        };
        self.roles.iter().flat_map(|role| &role.patterns).any(takes)
    }

    /// Whether a file is history.
    pub fn is_history(&self, path: &str) -> bool {
        let Some(path) = self.relative(path) else { return false };
        // `ARCHIVED/` says it as `archived/` does; a name such as `Archive` may be one of a package.
        let is_loud = |part: &str| !part.contains(char::is_lowercase);
        let small = || -> Vec<String> {
            let part = |it: &str| if is_loud(it) { it.to_lowercase() } else { it.to_owned() };
            path.split('/').map(part).collect()
        };
        self.history.is_match(path)
            || path.contains(char::is_uppercase) && self.history.is_match(small().join("/"))
    }

    /// The words for statuses of `kind`.
    pub fn vocabulary(&self, kind: EntityKind) -> &Vocabulary {
        &self.vocabularies[kind as usize]
    }

    /// The words for statuses of what a rule makes.
    pub fn vocabulary_of(&self, what: EntityType) -> &Vocabulary {
        match self.task_type(what) {
            Some(own) => &own.vocabulary,
            None => self.vocabulary(what.kind),
        }
    }

    /// As [`Profile::vocabulary_of`], to be kept.
    pub fn shared_vocabulary(&self, what: EntityType) -> Arc<Vocabulary> {
        match self.task_type(what) {
            Some(own) => own.vocabulary.clone(),
            None => self.vocabularies[what.kind as usize].clone(),
        }
    }

    /// The words for statuses of tasks, of each type.
    pub fn task_vocabularies(&self) -> impl Iterator<Item = &Vocabulary> {
        let own = self.types.iter().map(|own| &*own.vocabulary);
        std::iter::once(self.vocabulary(EntityKind::Task)).chain(own)
    }

    /// What a message calls an entity: the type of a task, or the kind.
    pub fn word_for(&self, what: EntityType) -> &str {
        self.task_type(what).map_or(what.kind.name(), |own| &own.id)
    }

    fn task_type(&self, what: EntityType) -> Option<&TaskType> {
        let at = usize::from(what.task_type.0).checked_sub(1)?;
        self.types.get(at).filter(|_| what.kind == EntityKind::Task)
    }

    /// The role that takes `path`, with the path's captures.
    pub fn role_of(&self, path: &str) -> Option<RoleIdx> {
        let path = self.relative(path)?;
        let role = |path: &str| self.roles.iter().position(|role| role.matches(path)).map(RoleIdx);
        role(path).or_else(|| role(self.within_holder(path)?))
    }

    /// Which of these files, each with its role, are strays: of two roles that belong together in one
    /// folder, files of either that stand alone, where some folder has both; and reports on a task that
    /// another file is.
    pub fn strays<'a>(
        &self,
        files: impl Iterator<Item = (&'a str, RoleIdx)> + Clone,
    ) -> BTreeSet<&'a str> {
        let mut strays = self.reports(files.clone());
        for (one, two) in &self.pairs {
            let folder = |path: &'a str| path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let of = |role: RoleIdx| {
                let own = files.clone().filter(|(_, of)| *of == role).map(|(path, _)| path);
                let live = own.filter(|path| !self.is_history(path));
                live.map(|path| (folder(path), path)).collect::<Vec<_>>()
            };
            let (ones, twos) = (of(*one), of(*two));
            let has =
                |files: &[(&str, &str)], folder: &str| files.iter().any(|(f, _)| *f == folder);
            if !ones.iter().any(|(folder, _)| has(&twos, folder)) {
                continue;
            }
            let alone = |files: &[(&'a str, &'a str)], others: &[(&str, &str)]| {
                let alone = files.iter().filter(|(folder, _)| !has(others, folder));
                alone.map(|(_, path)| *path).collect::<Vec<_>>()
            };
            strays.extend(alone(&ones, &twos));
            strays.extend(alone(&twos, &ones));
        }
        strays
    }

    /// Files that by their names report on a task, where a file beside them that does not has the same id.
    fn reports<'a>(
        &self,
        files: impl Iterator<Item = (&'a str, RoleIdx)> + Clone,
    ) -> BTreeSet<&'a str> {
        let id = |(path, role): (&str, RoleIdx)| {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            Some((role.0, folder.to_owned(), self.ids.parse(&self.role(role).captures(path).id?)?))
        };
        let is_report = |(path, role): &(&str, RoleIdx)| self.role(*role).is_report(path);
        let told: Vec<_> = files.clone().filter(is_report).collect();
        if told.is_empty() {
            return BTreeSet::new();
        }
        let others = files.filter(|file| self.role(file.1).reports.is_some() && !is_report(file));
        let own: HashSet<_> = others.filter_map(id).collect();
        let is_beside = |file: &(&str, RoleIdx)| id(*file).is_some_and(|id| own.contains(&id));
        told.into_iter().filter(is_beside).map(|(path, _)| path).collect()
    }

    /// The role with that index.
    pub fn role(&self, idx: RoleIdx) -> &Role {
        &self.roles[idx.0]
    }

    /// What a plan may say while its task has `status`; `None` where the task has no say.
    pub fn plan_statuses(&self, status: StatusIdx) -> Option<&[StatusIdx]> {
        self.agreement.iter().find(|(task, _)| *task == status).map(|(_, plans)| plans.as_slice())
    }
}

/// One way to recognise a profile.
#[derive(Clone, Debug)]
pub struct Detect {
    /// Which folders it may be at; `None` for the workspace's own.
    pub root: Option<DetectRoot>,
    /// Every one of these must match some path.
    pub files: Vec<globset::GlobMatcher>,
    /// And some file that the glob matches must contain the expression.
    pub contains: Option<(globset::GlobMatcher, Regex)>,
    /// Whether other files of a folder that is called so may be somebody else's.
    pub shares_folder: bool,
    /// Whether there must be several such folders beside each other.
    pub several: bool,
    /// Folders that are none, with all below them, by their names in small letters.
    pub except: Vec<String>,
}

/// The folders that a profile may be at. Its globs are relative to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DetectRoot {
    /// Each folder of this name, or of these names below each other.
    Named(String),
    /// Each folder that holds this file.
    Holding(String),
    /// Each folder in which there are folders of these names.
    Around(Vec<String>),
}

/// How a status marker is written in Markdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkerStyle {
    /// What stands before the word.
    pub open: String,
    /// What stands after it.
    pub close: String,
    /// Whether the word must be upper case.
    pub upper: bool,
    /// Whether a word without brackets is as good.
    pub bare: bool,
}

impl MarkerStyle {
    /// The marker for a word: `[NOT STARTED]`.
    pub fn write(&self, word: &str) -> String {
        let word = if self.upper { word.to_uppercase() } else { word.to_owned() };
        format!("{}{word}{}", self.open, self.close)
    }
}

/// Names of fields, each list in order of preference: the first is the one that is written.
#[derive(Clone, Debug, Default)]
pub struct FieldNames {
    /// `- **Status**: [X]` in Markdown.
    pub status: Vec<String>,
    /// Further down in a document, of the status that it says at its top.
    pub status_again: Vec<String>,
    /// `- **Dependencies**: 12, 13`.
    pub dependencies: Vec<String>,
    /// `- **Blocking Reason**: text`.
    pub reason: Vec<String>,
    /// `- **Epic**: 3`.
    pub parent: Vec<String>,
    /// `- **Plans**: 2/3 plans complete`.
    pub parts: Vec<String>,
    /// JSON members that hold dependencies.
    pub json_dependencies: Vec<String>,
    /// JSON members that name what a task is part of.
    pub json_parent: Vec<String>,
    /// JSON members that hold a reason.
    pub json_reason: Vec<String>,
    /// JSON members stamped with the time of every change.
    pub json_touch: Vec<String>,
    /// Keys of front matter that tell when a task was last changed.
    pub touch: Vec<String>,
    /// JSON members that name files the task has produced.
    pub json_artifacts: Vec<String>,
    /// Fields and members of any format that say how the work of a task is put together.
    pub flow: FlowNames,
}

/// A file that belongs to every task that has a folder.
#[derive(Clone, Debug)]
pub struct Create {
    /// The role the new file has.
    pub role: RoleIdx,
    /// Its path; `{folder}` is the task's folder.
    pub path: String,
    /// Its text; `{id}`, `{slug}`, `{status}`, `{time}` are replaced.
    pub text: String,
}

/// A derived number.
#[derive(Clone, Debug)]
pub struct Counter {
    /// The role of the files it stands in.
    pub role: RoleIdx,
    /// Where it stands: keys from the outermost in.
    pub key: Vec<String>,
    /// What it must equal.
    pub equals: CounterValue,
    /// Whether a wrong value is reported. One that is not is still kept right by changes.
    pub judged: bool,
}

/// What a counter must equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CounterValue {
    /// A number that no task has, the same in every counter of this kind.
    NextId,
    /// How many tasks of the ledger have one of these statuses or categories.
    Count {
        /// Statuses that count.
        statuses: Vec<StatusIdx>,
        /// Categories that count.
        categories: Vec<Category>,
    },
    /// How many tasks of a type, in any file, have one of these categories.
    OfType {
        /// The type.
        task_type: TypeIdx,
        /// Categories that count; all where there are none.
        categories: Vec<Category>,
        /// Where the same file says how many there are in all: where that is another number, it speaks
        /// of other tasks as well.
        total: Option<Vec<String>>,
    },
}

/// How much of all is finished, where it stands beside the counters that say so.
#[derive(Clone, Debug)]
pub struct CounterShare {
    /// The role of the files it stands in.
    pub role: RoleIdx,
    /// Where it stands.
    pub at: ShareAt,
}

/// Where a share stands.
#[derive(Clone, Debug)]
pub enum ShareAt {
    /// A key of the front matter, from the outermost in: a percentage.
    FrontMatter(Vec<String>),
    /// A line that begins like this: a bar, a percentage, a figure behind it.
    Line(Regex),
}

/// Where finished tasks are put away: `[archive]` of a profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archive {
    /// `entries = "archive/TODO.md"`: the file that entries of Markdown go to, from the folder of the
    /// file they stand in. Where there is no such file, the entry of a task that keeps a record
    /// goes without one; for any other the file is made.
    pub entries: Option<String>,
    /// Whether the entries of a task whose folder goes leave their file, and go nowhere.
    pub unlist: bool,
    /// `folders = "archive"`: the folder that tasks' folders go to, from the one they stand in;
    /// `../archive` lies beside that.
    pub folders: Option<String>,
    /// `command = "openspec archive {id}"`: what does it instead.
    pub command: Option<String>,
    /// `files = "completed"`: the folder that the file of a task goes to, beside the one it lies in. Of
    /// several the first in which tasks lie.
    pub files: Vec<String>,
    /// `[[archive.records]]`: the lists that records go to, each of those that are there; where none
    /// is, the first of the same file is made.
    pub records: Vec<ArchiveList>,
}

/// A list that records of finished tasks go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveList {
    /// `list = "completed_projects"`: the member of the root object that holds it.
    pub list: String,
    /// `file = "archive/state.json"`: its file, from the folder of the records' own; left out for
    /// the same file.
    pub file: Option<String>,
}

/// How loud a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Probably wrong.
    Warning,
    /// Wrong.
    Error,
}

impl Severity {
    /// The word for it in configuration and output.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A rule's severity as configured; `None` switches it off.
pub type SeveritySetting = Option<Severity>;

/// A name of a file that a glob takes, of several the first, where it is one without wildcards.
fn plain_name(glob: &str) -> Option<String> {
    let mut name = glob.strip_prefix("**/").unwrap_or(glob).to_owned();
    while let (Some(open), Some(close)) = (name.find('{'), name.find('}')) {
        let first = name.get(open + 1..close)?.split(',').next()?.to_owned();
        name.replace_range(open..=close, &first);
    }
    (!name.contains(['*', '?', '['])).then_some(name)
}

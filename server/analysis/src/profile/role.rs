//! What the files of a workspace are for, and where statuses stand in them.

use std::borrow::Cow;
use std::ops::Range;

use globset::GlobSet;
use regex::Regex;

use crate::profile::heading_pattern::HeadingPattern;
use crate::profile::vocabulary::{StatusDef, StatusIdx, Vocabulary};
use crate::profile::{EntityKind, EntityType, TypeIdx};

/// Index of a role within its profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoleIdx(pub usize);

/// What one group of files is for, and where statuses stand in them.
#[derive(Clone, Debug)]
pub struct Role {
    /// Its name in the profile.
    pub id: String,
    /// The globs of its files, as they are written.
    pub patterns: Vec<String>,
    pub(in crate::profile) files: GlobSet,
    pub(in crate::profile) exclude: GlobSet,
    /// What the files are written in.
    pub format: Format,
    pub(in crate::profile) path: Option<Regex>,
    /// The id that the path says, with `{group}` for each group of `path`, where its group `id` says none.
    pub(in crate::profile) path_id: Option<String>,
    /// Another id, which counts where a list knows it and not the first.
    pub(in crate::profile) path_also: Option<String>,
    pub(in crate::profile) old: Option<Regex>,
    pub(in crate::profile) reports: Option<Regex>,
    /// Words for statuses that are written in its files, in place of those of the profile.
    pub words: Vec<String>,
    /// Authority: the smaller number is trusted first.
    pub rank: u32,
    /// Whether only the newest file of a task speaks for it.
    pub latest: bool,
    /// Whether numbers may begin anew, and what had them before is of the past.
    pub renumbered: bool,
    /// What its files say that a task still waits for.
    pub hold: Option<Hold>,
    /// Finds numbers of tasks in its files that are finished and not listed any more.
    pub former: Option<Regex>,
    /// The document itself as an entity.
    pub document: Option<DocumentRule>,
    /// Headings that are entities.
    pub sections: Vec<SectionRule>,
    /// List entries that name a task of another file or section.
    pub entries: Vec<EntryRule>,
    /// Tables whose rows are entities.
    pub tables: Vec<TableRule>,
    /// Check boxes that are known by their text.
    pub own_boxes: Vec<BoxRule>,
    /// What other top-level check boxes are.
    pub boxes: BoxRule,
    /// JSON objects that are tasks.
    pub records: Vec<RecordRule>,
}

impl Role {
    /// Whether the role takes `path`.
    pub fn matches(&self, path: &str) -> bool {
        self.files.is_match(path) && !self.exclude.is_match(path)
    }

    /// Whether nothing is read of its files but their front matter.
    pub fn is_read_by_name(&self) -> bool {
        match (&self.document, &self.hold) {
            (Some(rule), _) => rule.by_name,
            (None, Some(hold)) => matches!(hold.at, HoldAt::FrontMatter { .. }),
            (None, None) => false,
        }
    }

    /// Whether a member with this key is for `rule`: of several rules for one place, the first whose
    /// expression matches takes it.
    pub fn takes_member(&self, rule: &RecordRule, key: &str) -> bool {
        let is_taken = |it: &RecordRule| it.key.as_ref().is_none_or(|form| form.is_match(key));
        let before = self.records.iter().take_while(|it| !std::ptr::eq(*it, rule));
        is_taken(rule) && !before.filter(|it| it.at == rule.at).any(is_taken)
    }

    /// A status with the word that the role has for it, to be written in place of `old`, where that
    /// begins with a capital as they do.
    pub fn in_words<'d>(
        &self,
        vocabulary: &'d Vocabulary,
        to: StatusIdx,
        old: &str,
    ) -> Cow<'d, StatusDef> {
        let def = vocabulary.get(to);
        let is_capital =
            |text: &str| text.chars().find(|c| c.is_alphabetic()).map(char::is_uppercase);
        let is_own = |word: &&String| {
            vocabulary.lookup(word) == Some(to) && is_capital(word) == is_capital(old)
        };
        match self.words.iter().find(is_own) {
            Some(word) => {
                Cow::Owned(StatusDef { marker: word.clone(), exact: true, ..def.clone() })
            }
            None => Cow::Borrowed(def),
        }
    }

    /// What a check box with this text is.
    pub fn box_rule(&self, text: &str) -> &BoxRule {
        let is_own = |rule: &&BoxRule| rule.id.as_ref().is_some_and(|id| id.is_match(text));
        self.own_boxes.iter().find(is_own).unwrap_or(&self.boxes)
    }

    /// Whether check boxes mention tasks by links; some may be about a piece of a task.
    pub fn mentions_by_link(&self) -> bool {
        let mut rules = self.own_boxes.iter().chain([&self.boxes]);
        rules.any(|rule| rule.mention && rule.link.is_some())
    }

    /// Whether what a heading is depends on what stands elsewhere in the file.
    pub fn mentions_by_heading(&self) -> bool {
        self.sections.iter().any(|rule| rule.mention)
    }

    /// Whether what a heading is depends on which headings stand before it.
    pub fn reads_behind(&self) -> bool {
        self.sections.iter().any(|rule| rule.behind.is_some() || rule.in_document)
            || self.tables.iter().any(|rule| rule.in_document)
            || self.own_boxes.iter().any(|rule| rule.in_document)
    }

    /// Whether entries have the status of the heading that they stand below.
    pub fn lists_by_section(&self) -> bool {
        self.entries.iter().any(|rule| rule.section.is_some())
    }

    /// Whether the file's name marks it as an older version.
    pub fn is_old(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        self.old.as_ref().is_some_and(|old| old.is_match(name))
    }

    /// Whether the file's name marks it as a report, where another file has its id.
    pub(in crate::profile) fn is_report(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        self.reports.as_ref().is_some_and(|reports| reports.is_match(name))
    }

    /// Where the path says the id of its task, zeros before a number included, and the slug; `None` where
    /// it says no id, or one that stands in two parts.
    pub fn path_places(&self, path: &str) -> Option<PathPlaces> {
        let found = self.path.as_ref()?.captures(path)?;
        if found.name("tag").is_some() {
            return None;
        }
        let mut id = found.name("id")?.range();
        if path[id.clone()].bytes().all(|byte| byte.is_ascii_digit()) {
            id.start = path[..id.start].trim_end_matches('0').len();
        }
        Some(PathPlaces { id, slug: found.name("slug").map(|slug| slug.range()) })
    }

    /// What the path itself says about its task.
    pub fn captures(&self, path: &str) -> PathCaptures {
        let Some(found) = self.path.as_ref().and_then(|regex| regex.captures(path)) else {
            return PathCaptures::default();
        };
        // A file whose name is that of something else than its folder is of neither.
        let mut again = self.path.iter().flat_map(Regex::capture_names).flatten();
        let is_same = |name: &str, once: &str| match (found.name(name), found.name(once)) {
            (Some(again), Some(first)) => again.as_str() == first.as_str(),
            _ => true,
        };
        if !again.all(|name| name.strip_suffix("_again").is_none_or(|once| is_same(name, once))) {
            return PathCaptures::default();
        }
        let get = |name: &str| found.name(name).map(|m| m.as_str().to_owned());
        let folder = || path.get(..found.name("slug")?.end()).map(str::to_owned);
        let names = self.path.iter().flat_map(Regex::capture_names).flatten();
        let id = match &self.path_id {
            Some(template) if get("id").is_none() => {
                Some(filled(template, names, get)).filter(|id| !id.is_empty())
            }
            _ => get("id").map(|id| match get("tag") {
                Some(tag) => format!("{tag}:{id}"),
                None => id,
            }),
        };
        let names = self.path.iter().flat_map(Regex::capture_names).flatten();
        let also = self.path_also.as_ref().map(|template| filled(template, names, get));
        PathCaptures {
            id,
            also,
            slug: get("slug"),
            stem: get("stem"),
            parent: get("parent"),
            status: get("status"),
            folder: get("folder").or_else(folder),
        }
    }
}

/// The text of a template, with what each group matches for its name in braces.
pub(in crate::profile) fn filled<'n>(
    template: &str,
    groups: impl Iterator<Item = &'n str>,
    matched: impl Fn(&str) -> Option<String>,
) -> String {
    groups.fold(template.to_owned(), |text, name| {
        text.replace(&format!("{{{name}}}"), &matched(name).unwrap_or_default())
    })
}

/// Where a path says what its task is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathPlaces {
    /// The id.
    pub id: Range<usize>,
    /// The rest of the task folder's name.
    pub slug: Option<Range<usize>>,
}

/// What a role's `path` expression captured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PathCaptures {
    /// The task's id, as written.
    pub id: Option<String>,
    /// Another id, which counts where a list knows it and not the first.
    pub also: Option<String>,
    /// The rest of the task folder's name.
    pub slug: Option<String>,
    /// The file's name without its extension.
    pub stem: Option<String>,
    /// The id of what the task is part of, as written.
    pub parent: Option<String>,
    /// The status that the folder says.
    pub status: Option<String>,
    /// The task's folder, relative to the root.
    pub folder: Option<String>,
}

/// What a role's files are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Markdown with optional front matter.
    Markdown,
    /// JSON.
    Json,
    /// YAML.
    Yaml,
}

/// When a document or section that matches is an entity at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Always.
    Always,
    /// Only where it carries a status of its own, in a field or a marker.
    Status,
    /// Only where it carries a status that is known.
    Known,
    /// Only where it carries a status, or a field of any name.
    Field,
    /// Only where it carries a status, or check boxes.
    Boxes,
}

/// What files of a role say that a task still waits for, so that its parts alone do not finish it.
#[derive(Clone, Debug)]
pub struct Hold {
    /// The type of the task.
    pub task_type: TypeIdx,
    /// Where they say it.
    pub at: HoldAt,
}

/// Where a file says that a task waits.
#[derive(Clone, Debug)]
pub enum HoldAt {
    /// A verdict in the front matter.
    FrontMatter {
        /// Captures the `id` of the task in the path of the file.
        path: Regex,
        /// The key, from the outermost in.
        key: Vec<String>,
        /// Verdicts with which it waits no more.
        unless: Vec<String>,
    },
    /// A passage that captures the `id` of the task, and what `says` that it waits.
    Text(Regex),
}

/// The document as an entity.
#[derive(Clone, Debug)]
pub struct DocumentRule {
    /// What it is.
    pub what: EntityType,
    /// When it counts.
    pub when: When,
    /// Whether it has the status of its boxes where it states none.
    pub derived: bool,
    /// The status that it has by being such a file, where it states none.
    pub status: Option<StatusIdx>,
    /// Whether the id is its title, too.
    pub title_from_id: bool,
    /// Whether its id is the file's stem, where neither path nor field gives one.
    pub id_from_stem: bool,
    /// Whether it is something itself only where its path gives its id.
    pub id_from_path: bool,
    /// Whether files that are called by the id of a task lie beside the one that a record names.
    pub companions: bool,
    /// Whether nothing is read of it but that it is there.
    pub by_name: bool,
    /// Whether what a field in it says of a status is prose.
    pub prose_status: bool,
    /// Fields whose first number is the task's id.
    pub task_fields: Vec<String>,
    /// The key of the front matter that holds its status.
    pub front_matter: Option<String>,
    /// Matches its first heading, and perhaps captures `title`; another document is no entity.
    pub heading: Option<Regex>,
    /// The key of the front matter that holds its id.
    pub id_key: Option<String>,
    /// The key of the front matter that holds its title.
    pub title_key: Option<String>,
    /// Matches the heading that says its title, of the same level as its first; captures `title`.
    pub title_section: Option<Regex>,
    /// Matches the heading of the section that holds its status; captures `status` where it stands in
    /// the heading itself.
    pub status_section: Option<Regex>,
    /// Whether tables of two columns in its header hold fields.
    pub field_tables: bool,
    /// Whether a block of YAML in its header holds fields.
    pub field_blocks: bool,
    /// Sections that still belong to the document's header.
    pub header_sections: Option<Regex>,
}

/// Headings that are entities.
#[derive(Clone, Debug)]
pub struct SectionRule {
    /// What they are.
    pub what: EntityType,
    /// Matches the heading's text; captures `id` or `number`, and `title`.
    pub heading: HeadingPattern,
    /// Finds the id in the target of a link below the heading; what has none is no task then.
    pub link: Option<Regex>,
    /// Whether it has the status of its boxes where it states none.
    pub derived: bool,
    /// Whether they only tell more of tasks that stand elsewhere in the file, unless they say a status.
    pub mention: bool,
    /// Names of the fields below them that hold a status, beside those of the profile.
    pub status: Vec<String>,
    /// Authority of the sections; that of the role where there is none.
    pub rank: Option<u32>,
    /// Matches the heading behind which they stand.
    pub behind: Option<Regex>,
    /// Whether they are parts of the document's task, numbered in it.
    pub in_document: bool,
    /// Heading levels that count.
    pub levels: Vec<u8>,
    /// When they count.
    pub when: When,
}

/// Tables whose rows are entities.
#[derive(Clone, Debug)]
pub struct TableRule {
    /// What the rows are.
    pub what: EntityType,
    /// Whether anything may stand in such a table: a row is a task only where its cell holds one known
    /// status and nothing else.
    pub alone: bool,
    /// Whether the rows only name tasks of other places, so that one may be named twice.
    pub mention: bool,
    /// Headers of the column that holds the id; none where it is made from the title.
    pub id_columns: Vec<String>,
    /// Headers of the column that holds the status.
    pub status_columns: Vec<String>,
    /// Headers that no table of these has.
    pub without_columns: Vec<String>,
    /// Headers of the column that holds the title.
    pub title_columns: Vec<String>,
    /// Headers of the column that holds what the row depends on.
    pub depends_columns: Vec<String>,
    /// Headers of the column that names the task that the row is part of.
    pub parent_columns: Vec<String>,
    /// Headers of the column that says how many parts are finished.
    pub parts_columns: Vec<String>,
    /// Headers of the column that holds the day on which a row was finished.
    pub ended_columns: Vec<String>,
    /// Finds the id in the text of its cell.
    pub id: Option<Regex>,
    /// Finds the id in the target of a link in its cell.
    pub link: Option<Regex>,
    /// Whether the rows are parts of the document's task.
    pub in_document: bool,
    /// Authority of the rows; that of the role where there is none.
    pub rank: Option<u32>,
}

/// Check boxes at the top level.
#[derive(Clone, Debug)]
pub struct BoxRule {
    /// What they are.
    pub what: EntityType,
    /// Finds the id in the target of a link in the item; what has none is no task then.
    pub link: Option<Regex>,
    /// Finds the id in the text of a box, in a list of another too; what has none is an item then.
    pub id: Option<Regex>,
    /// Finds the ids that a box depends on in its text.
    pub depends: Option<Regex>,
    /// Finds how many parts of a task are finished in the text of its box.
    pub parts: Option<Regex>,
    /// Authority of the boxes; that of the role where there is none.
    pub rank: Option<u32>,
    /// Whether it only names a task of another place.
    pub mention: bool,
    /// Whether it tells only if work is left, where another place of the task tells more.
    pub coarse: bool,
    /// Whether they are parts of the document's task.
    pub in_document: bool,
    /// Boxes that nothing needs to wait for.
    pub optional: Option<Regex>,
    /// The headings below which boxes count; all where there is none.
    pub sections: Option<Regex>,
    /// What stands in brackets that are a label, and no box.
    pub labels: Vec<String>,
}

impl Default for BoxRule {
    fn default() -> BoxRule {
        let what = EntityType::of(EntityKind::Item);
        BoxRule {
            what,
            link: None,
            id: None,
            depends: None,
            parts: None,
            rank: None,
            mention: false,
            coarse: false,
            in_document: false,
            optional: None,
            sections: None,
            labels: Vec::new(),
        }
    }
}

/// List entries that name a task.
#[derive(Clone, Debug)]
pub struct EntryRule {
    /// What they name.
    pub what: EntityType,
    /// Matches the entry's first line; captures `id`, `status` and `title`.
    pub text: Regex,
    /// Matches the heading that says the status of the entries below it; captures `status`.
    pub section: Option<Regex>,
    /// Authority of these entries.
    pub rank: u32,
}

/// JSON objects that are tasks.
#[derive(Clone, Debug)]
pub struct RecordRule {
    /// The type of the tasks.
    pub task_type: TypeIdx,
    /// Where they are.
    pub at: RecordPath,
    /// Finds the id in the key of a member; a member with another key is no task.
    pub key: Option<Regex>,
    /// The member that holds the id.
    pub id: String,
    /// The member that holds the title.
    pub title: String,
    /// The members that hold it where that is missing, the first that is there.
    pub title_else: Vec<String>,
    /// Members that only other records have: one that has such a member is no task.
    pub without: Vec<String>,
    /// The member that holds the status.
    pub status: String,
    /// What a tool writes as the status at first, and perhaps nobody changes.
    pub untouched: Vec<String>,
    /// What standing in this list means.
    pub list: RecordList,
}

/// The way to records: keys, elements of arrays and members of objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordPath(pub Vec<RecordStep>);

/// One step of the way to records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordStep {
    /// To the value of a key.
    Key(String),
    /// To every value of an object, whose key stands before the ids of what is found in it.
    AnyKey,
    /// To every element of an array.
    Elements,
    /// To every member of an object, whose key is the id.
    Members,
}

impl RecordPath {
    /// `a.b[]` are the elements of an array, `a{}` the members of an object, `*` is any key.
    pub fn parse(text: &str) -> RecordPath {
        let mut steps = Vec::new();
        for part in text.split('.').filter(|part| !part.is_empty()) {
            let (key, last) = match (part.strip_suffix("[]"), part.strip_suffix("{}")) {
                (Some(key), _) => (key, Some(RecordStep::Elements)),
                (_, Some(key)) => (key, Some(RecordStep::Members)),
                _ => (part, None),
            };
            match key {
                "" => {}
                "*" => steps.push(RecordStep::AnyKey),
                key => steps.push(RecordStep::Key(key.to_owned())),
            }
            steps.extend(last);
        }
        RecordPath(steps)
    }

    /// How many lists are in one another.
    pub fn depth(&self) -> usize {
        self.0.iter().filter(|step| **step == RecordStep::Elements).count()
    }
}

/// What standing in one list of records means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordList {
    /// The task is worked on.
    Active,
    /// The task is finished; judged only where an active place speaks of it too.
    Finished,
    /// The task is history.
    Archived,
}

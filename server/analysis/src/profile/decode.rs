//! A TOML tree as a profile. Every fault is reported with its place; what is sound still holds.

use std::borrow::Cow;
use std::sync::Arc;

use globset::GlobSet;
use regex::Regex;

use crate::profile::flow::FlowNames;
use crate::profile::id::IdStyle;
use crate::profile::keys;
use crate::profile::node::{Node, NodeKey, Value};
use crate::profile::vocabulary::{StatusIdx, Vocabulary};
use crate::profile::{
    BoxRule, Create, Detect, DetectRoot, DocumentRule, EntityKind, EntityType, EntryRule,
    FieldNames, Format, MarkerStyle, Profile, RecordList, RecordPath, RecordRule, Role, RoleIdx,
    TaskType, When,
};
use crate::syntax::SyntaxError;
use crate::text::TextRange;

mod adding;
mod archive;
mod counters;
mod expressions;
mod holds;
mod listed_statuses;
mod noting;
mod relations;
mod rows;
mod sections;
mod status_folders;
mod table;
mod vocabularies;

use table::Placed;
pub(crate) use table::Table;

/// More faults of one file are not told.
pub(crate) const MOST_PROBLEMS: usize = 100;

/// Longer names are near no other.
const LONGEST_NAME: usize = 80;

/// Collects faults while decoding.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    pub(crate) problems: Vec<SyntaxError>,
    /// The types of tasks that rules may name.
    types: Vec<String>,
    budget: expressions::Budget,
}

impl Decoder {
    pub(crate) fn report(&mut self, range: Option<TextRange>, message: String) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(SyntaxError { range: range.unwrap_or_default(), message });
        }
    }

    /// Reports a name that is not among `known`, with the nearest one.
    pub(crate) fn unknown(
        &mut self,
        what: &str,
        name: &str,
        range: Option<TextRange>,
        known: &[&str],
    ) {
        if self.problems.len() == MOST_PROBLEMS {
            return;
        }
        let name = &*shortened(name);
        let nearest = known
            .iter()
            .map(|k| (strsim::damerau_levenshtein(k, name), *k))
            .filter(|(distance, k)| *distance <= (k.len() / 3).max(1))
            .min();
        let hint = match nearest {
            Some((_, near)) => format!("; did you mean `{near}`?"),
            None if known.len() <= 12 => format!("; known: {}", known.join(", ")),
            None => String::new(),
        };
        self.report(range, format!("unknown {what} `{name}`{hint}"));
    }

    /// A table of which the keys `own` are read.
    pub(crate) fn table<'a>(
        &mut self,
        node: &'a Node,
        what: &str,
        own: &'static [keys::Key],
    ) -> Option<Table<'a>> {
        match &node.value {
            Value::Table(rows) => Some(Table::new(rows, own, node.range)),
            other => {
                self.report(node.range, format!("{what} must be a table, not {}", other.kind()));
                None
            }
        }
    }

    /// The whole tree as a profile.
    pub(crate) fn profile(&mut self, node: &Node) -> Option<Profile> {
        let mut top = self.table(node, "a profile", keys::PROFILE)?.beside(keys::SETTINGS);
        let id = top.string(self, "id").map_or_else(|| "custom".to_owned(), |(id, _)| id);
        let summary = top.string(self, "summary").map(|(s, _)| s).unwrap_or_default();
        let (ids, listed) = top.sub(self, "ids", id_style).unwrap_or_default();
        let (markers, unstated) = top
            .sub(self, "markers", |d, t| (marker_style(d, t), t.regex(d, "unstated")))
            .unwrap_or_else(|| (MarkerStyle::brackets(), None));
        let fields = top.sub(self, "fields", field_names).unwrap_or_default();
        let free_words = top.flag(self, "free_words");
        let vocabularies = self.vocabularies(&mut top, free_words);
        let types = self.task_types(&mut top, &vocabularies[0]);
        let relations = self.relations(&mut top, &vocabularies[0], &types);
        let agreement = self.agreement(&mut top, &vocabularies);
        let keeps_progress = top.flag(self, "keeps_progress");
        let stamps_as_kept = top.flag(self, "stamps_as_kept");
        let shares_folder = top.flag(self, "shares_folder");
        let detect = top.tables(self, "detect").into_iter().map(|t| self.detect(t)).collect();
        let history = top.sub(self, "history", |d, t| t.globs(d, "files"));
        let roles: Vec<Role> = top
            .tables(self, "role")
            .into_iter()
            .filter_map(|t| self.role(t, &vocabularies[0], &types))
            .collect();
        let names: Vec<&str> = roles.iter().map(|role| role.id.as_str()).collect();
        let pairs = self.pairs(&mut top, "pairs", &names);
        let listed_in = self.pairs(&mut top, "listed_in", &names);
        let creates =
            top.tables(self, "create").into_iter().filter_map(|t| self.create(t, &names)).collect();
        let counters = top
            .tables(self, "counter")
            .into_iter()
            .filter_map(|t| self.counter(t, &names, &vocabularies[0]))
            .collect();
        let shares =
            top.tables(self, "share").into_iter().filter_map(|t| self.share(t, &names)).collect();
        let adding = top.sub(self, "add", |d, t| adding::adding(d, t, &names));
        let noting = top.sub(self, "note", |d, t| noting::noting(d, t, &names)).flatten();
        let archive = top.sub(self, "archive", archive::archive);
        let tasks = &vocabularies[0];
        let listed_statuses =
            top.sub(self, "statuses_from", |d, t| listed_statuses::listed(d, t, &names)).flatten();
        let folders =
            top.sub(self, "folders", |d, t| status_folders::status_folders(d, t, tasks)).flatten();
        let rules = top.severities(self).into_iter().map(|(name, _, s)| (name, s)).collect();
        top.finish(self);
        Some(Profile {
            id,
            summary,
            root: String::new(),
            detect,
            ids,
            listed,
            markers,
            unstated,
            fields,
            vocabularies,
            listed_statuses,
            types,
            relations,
            agreement,
            keeps_progress,
            stamps_as_kept,
            shares_folder,
            free_words,
            history: history.unwrap_or_else(GlobSet::empty),
            roles,
            pairs,
            listed_in,
            creates,
            counters,
            shares,
            folders,
            adding,
            noting,
            archive,
            rules,
        })
    }

    fn agreement(
        &mut self,
        top: &mut Table<'_>,
        vocabularies: &[Arc<Vocabulary>; 4],
    ) -> Vec<(StatusIdx, Vec<StatusIdx>)> {
        let Some(node) = top.take("agreement") else { return Vec::new() };
        let mut out = Vec::new();
        for (key, value) in self.rows(node, "agreement") {
            let task = self.status_named("status", &key.name, key.range, &vocabularies[0]);
            let Some(task) = task else { continue };
            let names = self.string_list(value, "agreement").into_iter();
            let plans = names.filter_map(|(name, range)| {
                self.status_named("plan status", &name, range, &vocabularies[1])
            });
            out.push((task, plans.collect()));
        }
        out
    }

    /// The rows of what must be a table.
    fn rows<'a>(&mut self, node: &'a Node, what: &str) -> &'a [(NodeKey, Node)] {
        if let Value::Table(rows) = &node.value {
            return rows;
        }
        self.report(node.range, format!("{what} must be a table, not {}", node.value.kind()));
        &[]
    }

    fn status_named(
        &mut self,
        what: &str,
        name: &str,
        range: Option<TextRange>,
        vocabulary: &Vocabulary,
    ) -> Option<StatusIdx> {
        let found = vocabulary.by_id(name);
        if found.is_none() {
            let known: Vec<&str> = vocabulary.iter().map(|(_, def)| def.id.as_str()).collect();
            self.unknown(what, name, range, &known);
        }
        found
    }

    /// How a profile is recognised, of its tree.
    pub(crate) fn detection(&mut self, node: &Node) -> Vec<Detect> {
        let Value::Table(rows) = &node.value else { return Vec::new() };
        let mut top = Table::new(rows, keys::PROFILE, node.range);
        top.tables(self, "detect").into_iter().map(|table| self.detect(table)).collect()
    }

    fn detect(&mut self, mut table: Table<'_>) -> Detect {
        let files = table
            .placed_strings(self, "files")
            .into_iter()
            .filter_map(|(glob, range)| Some(self.glob(&glob, range)?.compile_matcher()))
            .collect();
        let named = table.string(self, "root").map(|(name, _)| DetectRoot::Named(name));
        let holding = table.string(self, "root_holds").map(|(file, _)| DetectRoot::Holding(file));
        let around = table.strings(self, "root_around");
        let around = (!around.is_empty()).then_some(DetectRoot::Around(around));
        let file = table.glob(self, "file");
        let contains = table.regex(self, "contains");
        let shares_folder = table.flag(self, "shares_folder");
        let several = table.flag(self, "several");
        let except = table.strings(self, "except");
        table.finish(self);
        let root = named.or(holding).or(around);
        Detect { root, files, contains: file.zip(contains), shares_folder, several, except }
    }

    fn role(
        &mut self,
        mut table: Table<'_>,
        tasks: &Vocabulary,
        types: &[TaskType],
    ) -> Option<Role> {
        table.needs(self, "id");
        let (id, _) = table.string(self, "id")?;
        let format = match table.choice(self, "format") {
            Some("json") => Format::Json,
            Some("yaml") => Format::Yaml,
            _ => Format::Markdown,
        };
        let files = table.placed_strings(self, "files");
        let role = Role {
            id,
            files: self.glob_set(&files),
            patterns: files.into_iter().map(|(glob, _)| glob).collect(),
            exclude: table.globs(self, "exclude"),
            format,
            path: table.regex(self, "path"),
            path_id: table.string(self, "path_id").map(|(text, _)| text),
            path_also: table.string(self, "path_also").map(|(text, _)| text),
            old: table.regex(self, "old"),
            reports: table.regex(self, "reports"),
            words: table.strings(self, "words"),
            rank: table.number(self, "rank").unwrap_or(100),
            latest: table.flag(self, "latest"),
            renumbered: table.flag(self, "renumbered"),
            hold: table.sub(self, "hold", holds::hold).flatten(),
            former: table.regex(self, "former"),
            document: table.sub(self, "document", |d, t| document_rule(d, t, tasks, types)),
            sections: self.each(&mut table, "section", sections::section_rule),
            entries: self.each(&mut table, "entry", entry_rule),
            tables: self.each(&mut table, "table", rows::table_rule),
            own_boxes: self.each(&mut table, "box", own_box_rule),
            boxes: table.sub(self, "boxes", box_rule).unwrap_or_default(),
            records: self.each(&mut table, "records", record_rule),
        };
        table.finish(self);
        Some(role)
    }

    fn each<T>(
        &mut self,
        table: &mut Table<'_>,
        key: &'static str,
        decode: impl Fn(&mut Decoder, &mut Table<'_>) -> Option<T>,
    ) -> Vec<T> {
        let tables = table.tables(self, key);
        let mut out = Vec::new();
        for mut entry in tables {
            out.extend(decode(self, &mut entry));
            entry.finish(self);
        }
        out
    }

    fn pairs(
        &mut self,
        top: &mut Table<'_>,
        key: &'static str,
        names: &[&str],
    ) -> Vec<(RoleIdx, RoleIdx)> {
        let Some(node) = top.take(key) else { return Vec::new() };
        let mut out = Vec::new();
        for (key, value) in self.rows(node, key) {
            let Value::String(other) = &value.value else {
                let kind = value.value.kind();
                self.report(value.range, format!("`{}` must be a string, not {kind}", key.name));
                continue;
            };
            let one = self.role_named(&key.name, key.range, names);
            let two = self.role_named(other, value.range, names);
            out.extend(one.zip(two));
        }
        out
    }

    fn role_named(
        &mut self,
        name: &str,
        range: Option<TextRange>,
        names: &[&str],
    ) -> Option<RoleIdx> {
        let found = names.iter().position(|n| *n == name).map(RoleIdx);
        if found.is_none() {
            self.unknown("role", name, range, names);
        }
        found
    }

    fn create(&mut self, mut table: Table<'_>, names: &[&str]) -> Option<Create> {
        let role = table.string(self, "role");
        let path = table.string(self, "path").map(|(p, _)| p);
        let text = table.string(self, "text").map(|(t, _)| t);
        let role = role.and_then(|(name, range)| self.role_named(&name, range, names));
        table.finish(self);
        Some(Create { role: role?, path: path?, text: text? })
    }

    fn string_list(&mut self, node: &Node, key: &str) -> Vec<Placed<String>> {
        let Value::Array(items) = &node.value else {
            if let Value::String(one) = &node.value {
                return vec![(one.clone(), node.range)];
            }
            self.report(node.range, format!("`{key}` must be a list of strings"));
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in items {
            match &item.value {
                Value::String(text) => out.push((text.clone(), item.range)),
                other => {
                    let kind = other.kind();
                    self.report(item.range, format!("`{key}` must hold strings, not {kind}"));
                }
            }
        }
        out
    }
}

/// As much of a name or an expression as a message shows.
fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

fn marker_style(d: &mut Decoder, t: &mut Table<'_>) -> MarkerStyle {
    let mut style = MarkerStyle::brackets();
    if let Some((text, range)) = t.string(d, "style") {
        match text.split_once("{}") {
            Some((open, close)) => {
                style.open = open.to_owned();
                style.close = close.to_owned();
            }
            None => d.report(range, "`style` needs `{}` where the word stands".to_owned()),
        }
    }
    style.upper = t.choice(d, "case") == Some("upper");
    style.bare = t.flag(d, "bare");
    style
}

fn field_names(d: &mut Decoder, t: &mut Table<'_>) -> FieldNames {
    FieldNames {
        status: t.strings(d, "status"),
        status_again: t.strings(d, "status_again"),
        dependencies: t.strings(d, "dependencies"),
        reason: t.strings(d, "reason"),
        parent: t.strings(d, "parent"),
        parts: t.strings(d, "parts"),
        json_dependencies: t.strings(d, "json_dependencies"),
        json_parent: t.strings(d, "json_parent"),
        json_reason: t.strings(d, "json_reason"),
        json_touch: t.strings(d, "json_touch"),
        touch: t.strings(d, "touch"),
        json_artifacts: t.strings(d, "json_artifacts"),
        flow: FlowNames::new(
            ["kind", "strategy", "threshold", "waits_for", "raises", "items"]
                .map(|key| t.strings(d, key)),
        ),
    }
}

fn entity_type(d: &mut Decoder, t: &mut Table<'_>) -> EntityType {
    EntityType { kind: entity_kind(d, t), task_type: d.task_type(t) }
}

fn entity_kind(d: &mut Decoder, t: &mut Table<'_>) -> EntityKind {
    t.needs(d, "kind");
    let name = t.choice(d, "kind");
    let kind = EntityKind::ALL.into_iter().find(|kind| Some(kind.name()) == name);
    kind.unwrap_or(EntityKind::Task)
}

fn when(d: &mut Decoder, t: &mut Table<'_>) -> When {
    match t.choice(d, "when") {
        Some("status") => When::Status,
        Some("known") => When::Known,
        Some("field") => When::Field,
        Some("boxes") => When::Boxes,
        _ => When::Always,
    }
}

fn document_rule(
    d: &mut Decoder,
    t: &mut Table<'_>,
    tasks: &Vocabulary,
    types: &[TaskType],
) -> DocumentRule {
    let what = entity_type(d, t);
    let own = usize::from(what.task_type.0).checked_sub(1).and_then(|at| types.get(at));
    let vocabulary = own.map_or(tasks, |own| &own.vocabulary);
    let named = t.string(d, "status");
    let status = named.and_then(|(name, range)| d.status_named("status", &name, range, vocabulary));
    let id_from = t.choice(d, "id_from");
    DocumentRule {
        what,
        status,
        when: when(d, t),
        derived: t.flag(d, "derived"),
        id_from_stem: id_from == Some("stem"),
        id_from_path: id_from == Some("path"),
        title_from_id: t.choice(d, "title_from").is_some(),
        companions: t.flag(d, "companions"),
        by_name: t.flag(d, "by_name"),
        prose_status: t.flag(d, "prose_status"),
        task_fields: t.strings(d, "task_fields"),
        front_matter: t.string(d, "front_matter").map(|(key, _)| key),
        heading: t.regex(d, "heading"),
        id_key: t.string(d, "id_key").map(|(key, _)| key),
        title_key: t.string(d, "title_key").map(|(key, _)| key),
        title_section: t.regex(d, "title_section"),
        status_section: t.regex(d, "status_section"),
        field_tables: t.flag(d, "field_tables"),
        field_blocks: t.flag(d, "field_blocks"),
        header_sections: t.regex(d, "header_sections"),
    }
}

fn id_style(d: &mut Decoder, t: &mut Table<'_>) -> (IdStyle, Option<Regex>) {
    let (prefixes, others) = (t.strings(d, "prefixes"), t.strings(d, "others"));
    let (number, local) = (t.flag(d, "number"), t.flag(d, "local"));
    (IdStyle { prefixes, number, local, others }, t.regex(d, "listed"))
}

fn own_box_rule(d: &mut Decoder, t: &mut Table<'_>) -> Option<BoxRule> {
    t.needs(d, "id");
    let rule = box_rule(d, t);
    rule.id.is_some().then_some(rule)
}

fn box_rule(d: &mut Decoder, t: &mut Table<'_>) -> BoxRule {
    BoxRule {
        what: entity_type(d, t),
        link: t.regex(d, "link"),
        id: t.regex(d, "id"),
        depends: t.regex(d, "depends"),
        parts: t.regex(d, "parts"),
        rank: t.number(d, "rank"),
        mention: t.flag(d, "mention"),
        coarse: t.flag(d, "coarse"),
        in_document: t.flag(d, "in_document"),
        optional: t.regex(d, "optional"),
        sections: t.regex(d, "sections"),
        labels: t.strings(d, "labels"),
    }
}

fn entry_rule(d: &mut Decoder, t: &mut Table<'_>) -> Option<EntryRule> {
    let what = entity_type(d, t);
    let rank = t.number(d, "rank").unwrap_or(100);
    let (text, section) = (t.regex(d, "text"), t.regex(d, "section"));
    Some(EntryRule { what, text: text?, section, rank })
}

fn record_rule(d: &mut Decoder, t: &mut Table<'_>) -> Option<RecordRule> {
    let task_type = d.task_type(t);
    let mut text = |key: &'static str| t.string(d, key).map(|(text, _)| text);
    let at = RecordPath::parse(&text("at").unwrap_or_default());
    let id = text("id").unwrap_or_else(|| "id".to_owned());
    let title = text("title").unwrap_or_else(|| "title".to_owned());
    let status = text("status").unwrap_or_else(|| "status".to_owned());
    let list = match t.choice(d, "list") {
        Some("finished") => RecordList::Finished,
        Some("archived") => RecordList::Archived,
        _ => RecordList::Active,
    };
    let (title_else, untouched) = (t.strings(d, "title_else"), t.strings(d, "untouched"));
    let (key, without) = (t.regex(d, "key"), t.strings(d, "without"));
    Some(RecordRule { task_type, at, key, id, title, title_else, without, status, untouched, list })
}

impl MarkerStyle {
    fn brackets() -> MarkerStyle {
        MarkerStyle { open: "[".to_owned(), close: "]".to_owned(), upper: false, bare: false }
    }
}

impl Profile {
    /// A profile that knows nothing.
    pub(crate) fn empty() -> Profile {
        Profile {
            id: "empty".to_owned(),
            summary: String::new(),
            root: String::new(),
            detect: Vec::new(),
            ids: IdStyle::default(),
            listed: None,
            markers: MarkerStyle::brackets(),
            unstated: None,
            fields: FieldNames::default(),
            vocabularies: Default::default(),
            listed_statuses: None,
            types: Vec::new(),
            relations: Vec::new(),
            agreement: Vec::new(),
            keeps_progress: false,
            stamps_as_kept: false,
            shares_folder: false,
            free_words: false,
            history: GlobSet::empty(),
            roles: Vec::new(),
            pairs: Vec::new(),
            listed_in: Vec::new(),
            creates: Vec::new(),
            counters: Vec::new(),
            shares: Vec::new(),
            folders: None,
            adding: None,
            noting: None,
            archive: None,
            rules: Vec::new(),
        }
    }
}

//! Facts of a Markdown document.

mod allows;
mod slug;

use std::borrow::Cow;
use std::sync::OnceLock;

use regex::Regex;
use rustc_hash::{FxHashMap, FxHashSet};

pub(crate) use slug::slug;

use crate::model::carrier::{self, Carrier};
use crate::model::time::TimeStamp;
use crate::model::{
    CounterFact, Entity, EntityIdx, Facts, Field, FieldRole, Link, Occurrence, link_path,
};
use crate::profile::reading::{self, Reading, Shape};
use crate::profile::{EntityKind, Profile, RecordList, Role, SectionRule, When};
use crate::syntax::SyntaxError;
use crate::syntax::front_matter::FrontEntry;
use crate::syntax::markdown::conflict;
use crate::syntax::markdown::{ContentLine, Heading, ListItem, Markdown};
use crate::text::TextRange;

/// Reads `text` into `facts`.
pub(super) fn read(profile: &Profile, text: &str, facts: &mut Facts) {
    let markdown = Markdown::parse(text);
    facts.problems = markdown.problems.clone();
    let role = profile.role(facts.role);
    let mut reader = MarkdownReader {
        profile,
        role,
        text,
        markdown: &markdown,
        of_heading: vec![None; markdown.headings.len()],
        of_item: vec![None; markdown.items.len()],
        document: None,
        conditional: Vec::new(),
        with_status: FxHashSet::default(),
        fielded: FxHashSet::default(),
        derived: FxHashMap::default(),
        facts,
    };
    reader.document();
    reader.headings();
    reader.fields();
    reader.items();
    reader.links();
    reader.front_matter();
    reader.allows();
    reader.drop_conditional();
}

struct MarkdownReader<'a> {
    profile: &'a Profile,
    role: &'a Role,
    text: &'a str,
    markdown: &'a Markdown,
    of_heading: Vec<Option<EntityIdx>>,
    of_item: Vec<Option<EntityIdx>>,
    document: Option<EntityIdx>,
    /// Entities that count only if they carry a status, or a field where that suffices.
    conditional: Vec<(EntityIdx, When)>,
    /// Entities with a status.
    with_status: FxHashSet<EntityIdx>,
    /// Entities with a field of any name.
    fielded: FxHashSet<EntityIdx>,
    /// Ids that were made from titles so far.
    derived: FxHashMap<String, u32>,
    facts: &'a mut Facts,
}

impl MarkdownReader<'_> {
    fn entity(&self, kind: EntityKind, name: TextRange, range: TextRange) -> Entity {
        Entity {
            kind,
            id: None,
            derived_id: false,
            number: None,
            title: "".into(),
            name,
            range,
            parent: None,
            section: None,
            mention: false,
            list: RecordList::Active,
            rank: self.role.rank,
            depends: Vec::new(),
        }
    }

    fn document(&mut self) {
        let Some(rule) = &self.role.document else { return };
        let top = self.markdown.headings.iter().find(|h| h.level == 1 && !h.in_quote);
        let first = self.markdown.headings.first().or(top);
        let name = top.or(first).map_or(TextRange::empty(0), |h| h.text);
        let mut entity = self.entity(rule.kind, name, TextRange::new(0, self.text.len()));
        entity.title = plain(name.of(self.text)).into();
        let captured = self.facts.captures.id.as_deref();
        entity.id = captured.and_then(|id| self.profile.ids.parse(id));
        if entity.id.is_none() && rule.id_from_stem {
            let stem = self.facts.captures.stem.as_deref().unwrap_or("document");
            entity.id = self.profile.ids.parse(&slug(stem, 12));
            entity.derived_id = true;
        }
        if rule.when != When::Always {
            self.conditional.push((self.facts.entities.len(), rule.when));
        }
        self.document = Some(self.push(entity));
    }

    fn push(&mut self, entity: Entity) -> EntityIdx {
        self.facts.entities.push(entity);
        self.facts.entities.len() - 1
    }

    fn headings(&mut self) {
        for at in 0..self.markdown.headings.len() {
            let heading = &self.markdown.headings[at];
            if heading.in_quote {
                continue;
            }
            let role = self.role;
            for rule in &role.sections {
                if rule.levels.contains(&heading.level)
                    && let Some(idx) = self.section(rule, heading)
                {
                    self.of_heading[at] = Some(idx);
                    break;
                }
            }
        }
    }

    fn section(&mut self, rule: &SectionRule, heading: &Heading) -> Option<EntityIdx> {
        let raw = heading.text.of(self.text);
        let found = rule.heading.captures(raw)?;
        let start = heading.text.start as usize;
        let group = |name: &str| {
            found.name(name).map(|m| TextRange::new(start + m.start(), start + m.end()))
        };
        let title = group("title").unwrap_or(TextRange::empty(heading.text.end as usize));
        let vocabulary = self.profile.vocabulary(rule.kind);
        let style = &self.profile.markers;
        let (title, marker) = reading::read_trailing(vocabulary, style, self.text, title);
        let title = reading::trim(self.text, title, |c| {
            c.is_whitespace() || matches!(c, ':' | '.' | '-' | '–' | '—')
        });
        let mut entity = self.entity(rule.kind, heading.text, heading.section);
        entity.title = plain(title.of(self.text)).into();
        entity.number = group("number").map(|n| n.of(self.text).into());
        entity.id = group("id").and_then(|id| self.profile.ids.parse(id.of(self.text)));
        entity.parent = self.section_of(heading.parent);
        entity.section = heading.parent.map(|at| self.markdown.headings[at].range.start);
        if rule.when != When::Always {
            self.conditional.push((self.facts.entities.len(), rule.when));
        }
        let idx = self.push(entity);
        let marker = marker.map(|reading| (&carrier::heading::CARRIER, reading));
        let leading = || group("status").and_then(|range| self.heading_status(rule.kind, range));
        if let Some((kind, reading)) = marker.or_else(leading) {
            self.occurrence(idx, kind, reading, heading.range);
        }
        Some(idx)
    }

    /// A known status in brackets in front of a heading's title: `[x]` or `[PLANNED]`.
    fn heading_status(
        &self,
        kind: EntityKind,
        range: TextRange,
    ) -> Option<(&'static Carrier, Reading)> {
        let vocabulary = self.profile.vocabulary(kind);
        let mark = TextRange::new(range.start as usize + 1, range.end as usize - 1);
        if mark.of(self.text).chars().count() <= 1 {
            let status = Some(vocabulary.lookup_box(mark.of(self.text))?);
            let reading = Reading { range: mark, word: mark, status, shape: Shape::Exact };
            return Some((&carrier::check_box::CARRIER, reading));
        }
        let style = &self.profile.markers;
        let reading = reading::read_field(vocabulary, style, self.text, range)?;
        reading.status.is_some().then_some((&carrier::heading::CARRIER, reading))
    }

    fn occurrence(
        &mut self,
        entity: EntityIdx,
        carrier: &'static Carrier,
        reading: Reading,
        line: TextRange,
    ) {
        self.with_status.insert(entity);
        self.facts.occurrences.push(Occurrence { entity, carrier, reading, line });
    }

    fn fields(&mut self) {
        let first_phase = self.of_heading.iter().position(Option::is_some);
        let body = first_phase.map_or(u32::MAX, |at| self.markdown.headings[at].range.start);
        let mut has_status = vec![false; self.facts.entities.len()];
        for line in &self.markdown.lines {
            let Some((name, value)) = split_field(self.text, line.range) else { continue };
            let Some(owner) = self.owner_of_line(line, body) else { continue };
            if line.depth <= 1 && name.end < value.start {
                self.fielded.insert(owner);
            }
            self.field(line, owner, name, value, &mut has_status);
        }
    }

    fn owner_of_line(&self, line: &ContentLine, body: u32) -> Option<EntityIdx> {
        let header = |doc: EntityIdx| (line.range.start < body).then_some(doc);
        let Some(at) = line.heading else { return self.document.and_then(header) };
        if let Some(owner) = self.of_heading[at] {
            return Some(owner);
        }
        let heading = &self.markdown.headings[at];
        let rule = self.role.document.as_ref()?;
        let in_header = heading.level == 1
            || rule
                .header_sections
                .as_ref()
                .is_some_and(|sections| sections.is_match(heading.text.of(self.text)));
        if in_header { self.document.and_then(header) } else { None }
    }

    fn field(
        &mut self,
        line: &ContentLine,
        owner: EntityIdx,
        name: TextRange,
        value: TextRange,
        has_status: &mut [bool],
    ) {
        let kind = self.facts.entities[owner].kind;
        let vocabulary = self.profile.vocabulary(kind);
        let names = &self.profile.fields;
        let word = name.of(self.text);
        let is = |list: &[String]| list.iter().any(|n| n.eq_ignore_ascii_case(word));
        let top = line.depth <= 1;
        if is(&names.status) {
            if !top || has_status[owner] {
                return;
            }
            let style = &self.profile.markers;
            if let Some(reading) = reading::read_field(vocabulary, style, self.text, value) {
                has_status[owner] = true;
                let line = self.whole_line(line.range);
                self.occurrence(owner, &carrier::field::CARRIER, reading, line);
            }
            return;
        }
        let document = self.role.document.as_ref();
        if Some(owner) == self.document
            && document.is_some_and(|rule| is(&rule.task_fields))
            && (self.facts.entities[owner].id.is_none() || self.facts.entities[owner].derived_id)
        {
            let number = value.of(self.text).trim_start_matches(['#', '[', ' ', '*']);
            let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
            if let Some(id) = number.get(..digits).and_then(|n| self.profile.ids.parse(n)) {
                self.facts.entities[owner].id = Some(id);
                self.facts.entities[owner].derived_id = false;
            }
        }
        let stamp = vocabulary.iter().filter_map(|(_, d)| d.stamp.as_deref());
        let stamp = stamp.into_iter().find(|stamp| stamp.eq_ignore_ascii_case(word));
        let whole = self.whole_line(line.range);
        let mut push = |role| {
            self.facts.fields.push(Field { entity: owner, role, value, line: whole });
        };
        // `Blocked` may say when or why.
        let why = is(&names.reason)
            && !(stamp.is_some() && TimeStamp::parse(value.of(self.text)).is_some());
        if let Some(stamp) = stamp.filter(|_| top && (!why || value.is_empty())) {
            push(FieldRole::Stamp(stamp.into()));
        }
        if why && !value.is_empty() && !is_none_word(value.of(self.text)) {
            push(FieldRole::Reason);
        }
        if is(&names.dependencies) && top {
            push(FieldRole::Dependencies);
            let ids = self.profile.ids.parse_list(value.of(self.text));
            self.facts.entities[owner].depends.extend(ids);
        }
    }

    fn whole_line(&self, range: TextRange) -> TextRange {
        let before = self.text.get(..range.start as usize).unwrap_or_default();
        let start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let after = self.text.get(range.end as usize..).unwrap_or_default();
        let end = range.end as usize + after.find(['\n', '\r']).unwrap_or(after.len());
        TextRange::new(start, end)
    }

    fn items(&mut self) {
        for at in 0..self.markdown.items.len() {
            let item = &self.markdown.items[at];
            if self.entry(item) {
                continue;
            }
            let may_be_marked = self.profile.markers.bare && !self.is_status_field(item);
            if item.check_box.is_none() && !may_be_marked {
                continue;
            }
            let parent = self.item_parent(item);
            let leading = self.leading_marker(item, parent);
            if item.check_box.is_none() && leading.is_none() {
                continue;
            }
            self.of_item[at] = Some(self.boxed(item, parent, leading));
        }
    }

    /// Whether the item is a field that says somebody's status, and so is nothing of its own.
    fn is_status_field(&self, item: &ListItem) -> bool {
        let names = &self.profile.fields.status;
        split_field(self.text, item.text).is_some_and(|(name, _)| {
            names.iter().any(|own| own.eq_ignore_ascii_case(name.of(self.text)))
        })
    }

    /// An entry that names a task of another place.
    fn entry(&mut self, item: &ListItem) -> bool {
        let role = self.role;
        for rule in &role.entries {
            let start = item.text.start as usize;
            let Some(found) = rule.text.captures(item.text.of(self.text)) else { continue };
            let inside = self.section_of(item.heading).filter(|idx| self.counts(*idx));
            if inside.is_some_and(|idx| self.facts.entities[idx].kind == EntityKind::Task) {
                return false;
            }
            let group = |name: &str| {
                found.name(name).map(|m| TextRange::new(start + m.start(), start + m.end()))
            };
            let id = group("id").and_then(|id| self.profile.ids.parse(id.of(self.text)));
            let (Some(id), Some(status)) = (id, group("status")) else { continue };
            let vocabulary = self.profile.vocabulary(rule.kind);
            let style = &self.profile.markers;
            let Some(reading) = reading::read_field(vocabulary, style, self.text, status) else {
                continue;
            };
            let mut entity = self.entity(rule.kind, status, item.line);
            entity.name = group("id").unwrap_or(status);
            entity.id = Some(id);
            entity.mention = true;
            entity.rank = rule.rank;
            let rest = TextRange::new(status.end as usize, item.text.end as usize);
            entity.title =
                plain(rest.of(self.text).trim_start_matches([' ', '-', '–', '—', ':'])).into();
            let idx = self.push(entity);
            self.occurrence(idx, &carrier::entry::CARRIER, reading, item.line);
            return true;
        }
        false
    }

    fn item_parent(&self, item: &ListItem) -> Option<EntityIdx> {
        let mut up = item.parent;
        while let Some(at) = up {
            if self.of_item[at].is_some() {
                return self.of_item[at];
            }
            up = self.markdown.items[at].parent;
        }
        self.section_of(item.heading)
    }

    /// The innermost entity around a heading's section.
    fn section_of(&self, mut heading: Option<usize>) -> Option<EntityIdx> {
        while let Some(at) = heading {
            if self.of_heading[at].is_some() {
                return self.of_heading[at];
            }
            heading = self.markdown.headings[at].parent;
        }
        self.document
    }

    fn item_kind(&self, parent: Option<EntityIdx>) -> EntityKind {
        let within = parent.map(|idx| self.facts.entities[idx].kind);
        match within {
            Some(EntityKind::Task | EntityKind::Item) => EntityKind::Item,
            _ => self.role.boxes,
        }
    }

    fn leading_marker(&self, item: &ListItem, parent: Option<EntityIdx>) -> Option<Reading> {
        if !self.profile.markers.bare {
            return None;
        }
        let vocabulary = self.profile.vocabulary(self.item_kind(parent));
        let style = &self.profile.markers;
        let at_start = reading::read_leading(vocabulary, style, self.text, item.text);
        at_start.or_else(|| {
            let (_, end) = reading::read_trailing(vocabulary, style, self.text, item.text);
            // Plain words at the end of a sentence are prose, a bracketed status is not.
            end.filter(|r| r.status.is_some() && r.range.of(self.text).starts_with('['))
        })
    }

    fn boxed(
        &mut self,
        item: &ListItem,
        parent: Option<EntityIdx>,
        leading: Option<Reading>,
    ) -> EntityIdx {
        let kind = self.item_kind(parent);
        let mut title = item.text;
        if let Some(reading) = &leading {
            title = if reading.range.start == title.start {
                TextRange::new(reading.range.end as usize, title.end as usize)
            } else {
                TextRange::new(title.start as usize, reading.range.start as usize)
            };
        }
        let mut entity = self.entity(kind, item.text, item.range);
        entity.parent = parent;
        entity.title = plain(title.of(self.text)).into();
        if kind == EntityKind::Task {
            let (id, derived) = self.item_id(title.of(self.text));
            entity.id = Some(id);
            entity.derived_id = derived;
        }
        let idx = self.push(entity);
        let mut found = Vec::new();
        if let Some(check_box) = &item.check_box {
            let vocabulary = self.profile.vocabulary(kind);
            let status = vocabulary.lookup_box(check_box.mark.of(self.text));
            let range = check_box.mark;
            let reading = Reading { range, word: range, status, shape: Shape::Exact };
            found.push((&carrier::check_box::CARRIER, reading));
        }
        if let Some(reading) = leading {
            // A marker says more than a box that agrees with it, so it is heard first.
            let vocabulary = self.profile.vocabulary(kind);
            let finer = found.iter().all(|(_, r)| match (r.status, reading.status) {
                (Some(of_box), Some(said)) => vocabulary.box_allows(of_box, said),
                _ => false,
            });
            found.insert(if finer { 0 } else { found.len() }, (&carrier::entry::CARRIER, reading));
        }
        for (how, reading) in found {
            self.occurrence(idx, how, reading, item.line);
        }
        idx
    }

    /// The id in an item's text, or one made from its words.
    fn item_id(&mut self, text: &str) -> (crate::profile::id::TaskId, bool) {
        static ID: OnceLock<Option<Regex>> = OnceLock::new();
        let regex = ID.get_or_init(|| {
            Regex::new(concat!(
                r"^\*\*#?(?<a>[0-9]+|[A-Z]{1,6}-?[0-9]+)[.:]?\*\*|^\[?#(?<b>[0-9]+)\]?(?-u:\b)",
                r"|^(?<c>[A-Z]{1,6}-?[0-9]+)(?-u:\b)|^(?:Task\s+)(?<d>[0-9]+)(?-u:\b)",
                r"|\[#(?<e>[0-9]+)\]\(|\(#(?<f>[0-9]+)\)\s*$",
            ))
            .ok()
        });
        let found = regex.as_ref().and_then(|regex| regex.captures(text.trim()));
        let spelled = found.and_then(|found| {
            ["a", "b", "c", "d", "e", "f"]
                .iter()
                .find_map(|n| found.name(n))
                .map(|m| m.as_str().to_owned())
        });
        if let Some(id) = spelled.and_then(|text| self.profile.ids.parse(&text)) {
            return (id, false);
        }
        let base = slug(text, 6);
        let times = self.derived.entry(base.clone()).or_insert(0);
        *times += 1;
        let id = if *times == 1 { base } else { format!("{base}-{times}") };
        (crate::profile::id::TaskId::new(&id), true)
    }

    fn links(&mut self) {
        for link in &self.markdown.links {
            if link.image {
                continue;
            }
            if let Some(target) = link_path(link.target.of(self.text)) {
                let entity = self.section_of(link.heading);
                self.facts.links.push(Link { entity, target: target.into(), range: link.target });
            }
        }
    }

    fn front_matter(&mut self) {
        let is_conflict = |problem: &&SyntaxError| conflict::is_conflict(problem, self.text);
        let conflict = self.markdown.problems.iter().find(is_conflict).cloned();
        let role = self.facts.role;
        let is_counted = self.profile.counters.iter().any(|counter| counter.role == role);
        let key = self.role.document.as_ref().and_then(|rule| rule.front_matter.as_deref());
        let Some(front) = &self.markdown.front_matter else {
            let never_closed = |problem: &&SyntaxError| problem.range.of(self.text) == "---";
            let first = self.markdown.problems.iter().find(never_closed);
            let is_read = is_counted || key.is_some();
            self.facts.broken = conflict.or(first.filter(|_| is_read).cloned());
            return;
        };
        let is_key = |entry: &&FrontEntry| {
            key.is_some_and(
                |key| matches!(&entry.path[..], [only] if only.eq_ignore_ascii_case(key)),
            )
        };
        let status = front.entries.iter().find(is_key);
        // One bad value hides no other, so that a status that is found is the one.
        let is_read = is_counted || (key.is_some() && status.is_none());
        if let (Some(entry), Some(document)) = (status, self.document) {
            self.front_status(document, entry);
        }
        self.facts.problems.extend(front.problems.iter().cloned());
        self.facts.broken = conflict.or(front.problems.first().filter(|_| is_read).cloned());
        for (counter, def) in self.profile.counters.iter().enumerate() {
            if def.role != self.facts.role {
                continue;
            }
            if let Some(entry) = front.entries.iter().find(|entry| entry.path == def.key) {
                let value = entry.text.trim().parse().ok();
                self.facts.counters.push(CounterFact { counter, value, range: entry.value });
            }
        }
    }

    fn front_status(&mut self, document: EntityIdx, entry: &FrontEntry) {
        let quote = usize::from(entry.quoted);
        let (start, end) = (entry.value.start as usize + quote, entry.value.end as usize - quote);
        let (range, line) = (TextRange::new(start, end), self.whole_line(entry.value));
        let vocabulary = self.profile.vocabulary(self.facts.entities[document].kind);
        if entry.text.is_empty() || range.of(self.text) != entry.text {
            return;
        }
        let reading = Reading {
            range,
            word: range,
            status: vocabulary.lookup(&entry.text),
            shape: Shape::Exact,
        };
        self.occurrence(document, &carrier::front_matter::CARRIER, reading, line);
    }

    /// Whether an entity that counts only under a condition meets it.
    fn counts(&self, entity: EntityIdx) -> bool {
        let found = self.conditional.binary_search_by_key(&entity, |(idx, _)| *idx);
        let Ok(when) = found.map(|at| self.conditional[at].1) else { return true };
        self.with_status.contains(&entity)
            || (when == When::Field && self.fielded.contains(&entity))
    }

    fn drop_conditional(&mut self) {
        let dead: Vec<EntityIdx> =
            self.conditional.iter().map(|(idx, _)| *idx).filter(|idx| !self.counts(*idx)).collect();
        if dead.is_empty() {
            return;
        }
        self.facts.remove(&dead);
    }
}

/// What stands further from the start of its line than this, in bytes, ends no field's name.
const LONGEST_NAME: usize = 60;

/// Splits `**Name**: value`, `**Name:** value` or `Name: value`.
pub(crate) fn split_field(text: &str, line: TextRange) -> Option<(TextRange, TextRange)> {
    let raw = line.of(text);
    let head = &raw.as_bytes()[..raw.len().min(LONGEST_NAME + 1)];
    let colon = memchr::memchr(b':', head)?;
    let marks = |c: char| c.is_whitespace() || matches!(c, '*' | '_');
    let name = raw[..colon].trim_start_matches(marks);
    let is_mark = |byte: u8| matches!(byte, b'[' | b'(' | b'`' | b'*');
    let start = line.start as usize + colon - name.len();
    let name = name.trim_end_matches(marks);
    if !name.starts_with(char::is_alphabetic) || name.bytes().any(is_mark) {
        return None;
    }
    let value = raw[colon + 1..].trim_start_matches(marks);
    let value_start = line.end as usize - value.len();
    let value = TextRange::new(value_start, value_start + value.trim_end_matches(marks).len());
    Some((TextRange::new(start, start + name.len()), value))
}

fn is_none_word(value: &str) -> bool {
    ["none", "n/a", "-", "no", "nothing"].iter().any(|w| value.trim().eq_ignore_ascii_case(w))
}

/// Text without marks of emphasis, code and deletion, on one line.
fn plain(text: &str) -> Cow<'_, str> {
    let is_mark = |byte: u8| matches!(byte, b'*' | b'`' | b'\n' | b'\r');
    if !text.bytes().any(|byte| is_mark(byte) || byte == b'~') {
        return Cow::Borrowed(text.trim());
    }
    let text: String = text.chars().filter(|c| !matches!(c, '*' | '`' | '\n' | '\r')).collect();
    Cow::Owned(text.replace("~~", "").trim().to_owned())
}

#[cfg(test)]
mod tests;

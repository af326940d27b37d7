//! What readers of Markdown have in common: the document under way, and which entity is around what.

use std::borrow::Cow;

use regex::Regex;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Carrier;
use crate::model::slug::slug;
use crate::model::{Entity, EntityIdx, Facts, Field, FieldRole, Occurrence};
use crate::profile::id::TaskId;
use crate::profile::reading::Reading;
use crate::profile::{EntityKind, EntityType, Profile, Role, When};
use crate::syntax::front_matter::FrontEntry;
use crate::syntax::markdown::{ContentLine, ListItem, Markdown};
use crate::text::TextRange;

/// What is read of a Markdown document, as far as it is.
#[derive(Debug)]
pub(in crate::model) struct MarkdownReader<'a> {
    pub(in crate::model) profile: &'a Profile,
    pub(in crate::model) role: &'a Role,
    pub(in crate::model) text: &'a str,
    pub(in crate::model) markdown: &'a Markdown,
    pub(in crate::model) of_heading: Vec<Option<EntityIdx>>,
    pub(in crate::model) of_item: Vec<Option<EntityIdx>>,
    pub(in crate::model) document: Option<EntityIdx>,
    /// Items that are read already.
    pub(in crate::model) taken: FxHashSet<usize>,
    /// Whether the front matter says a status.
    pub(in crate::model) has_front_status: bool,
    /// Entities that count only if they carry a status, or a field where that suffices.
    pub(in crate::model) conditional: Vec<(EntityIdx, When)>,
    /// Entities with a status.
    pub(in crate::model) with_status: FxHashSet<EntityIdx>,
    /// Entities with a status that is known.
    pub(in crate::model) with_known: FxHashSet<EntityIdx>,
    /// Entities with a check box.
    pub(in crate::model) boxed: FxHashSet<EntityIdx>,
    /// Entities with a field of any name.
    pub(in crate::model) fielded: FxHashSet<EntityIdx>,
    /// Ids that were made from titles so far.
    pub(in crate::model) derived: FxHashMap<String, u32>,
    pub(in crate::model) facts: &'a mut Facts,
}

impl<'a> MarkdownReader<'a> {
    /// Nothing is read yet.
    pub(in crate::model) fn new(
        profile: &'a Profile,
        text: &'a str,
        markdown: &'a Markdown,
        facts: &'a mut Facts,
    ) -> MarkdownReader<'a> {
        MarkdownReader {
            profile,
            role: profile.role(facts.role),
            text,
            markdown,
            of_heading: vec![None; markdown.headings.len()],
            of_item: vec![None; markdown.items.len()],
            document: None,
            taken: FxHashSet::default(),
            has_front_status: false,
            conditional: Vec::new(),
            with_status: FxHashSet::default(),
            with_known: FxHashSet::default(),
            boxed: FxHashSet::default(),
            fielded: FxHashSet::default(),
            derived: FxHashMap::default(),
            facts,
        }
    }
    pub(in crate::model) fn entity(
        &self,
        what: EntityType,
        name: TextRange,
        range: TextRange,
    ) -> Entity {
        Entity::new(what, name, range, self.role.rank)
    }

    pub(in crate::model) fn push(&mut self, entity: Entity) -> EntityIdx {
        self.facts.entities.push(entity);
        self.facts.entities.len() - 1
    }

    pub(in crate::model) fn occurrence(
        &mut self,
        entity: EntityIdx,
        carrier: &'static Carrier,
        reading: Reading,
        line: TextRange,
    ) {
        let said = TextRange::new(
            reading.range.start as usize,
            (line.end.max(reading.range.end)) as usize,
        );
        let unstated = self.profile.unstated.as_ref();
        if unstated.is_some_and(|unstated| unstated.is_match(said.of(self.text))) {
            return;
        }
        self.with_status.insert(entity);
        if reading.status.is_some() {
            self.with_known.insert(entity);
        }
        self.facts.occurrences.push(Occurrence::new(entity, carrier, reading, line));
    }

    /// The innermost entity around a heading's section that what stands there is part of.
    pub(in crate::model) fn section_of(&self, mut heading: Option<usize>) -> Option<EntityIdx> {
        while let Some(at) = heading {
            let own = self.of_heading[at].filter(|idx| !self.facts.entities[*idx].mention);
            if own.is_some() {
                return own;
            }
            heading = self.markdown.headings[at].parent;
        }
        self.document
    }

    pub(in crate::model) fn item_parent(&self, item: &ListItem) -> Option<EntityIdx> {
        let mut up = item.parent;
        while let Some(at) = up {
            if self.of_item[at].is_some() {
                return self.of_item[at];
            }
            up = self.markdown.items[at].parent;
        }
        self.section_of(item.heading)
    }

    /// What stands around an item and counts: a document that is nothing itself is around nothing, and
    /// neither is a task that states no status, where boxes are tasks themselves.
    pub(in crate::model) fn counted(&self, mut parent: Option<EntityIdx>) -> Option<EntityIdx> {
        let boxes_are_tasks = self.role.boxes.what.kind == EntityKind::Task;
        while let Some(own) = parent.filter(|own| !self.counts(*own)) {
            let is_section = Some(own) != self.document;
            let waits = self
                .conditional
                .iter()
                .any(|(idx, when)| *idx == own && matches!(when, When::Status | When::Known));
            if is_section && !(boxes_are_tasks && waits && self.profile.free_words) {
                return parent;
            }
            parent = match is_section {
                true => self.facts.entities[own].parent,
                false => None,
            };
        }
        parent
    }

    pub(in crate::model) fn item_type(
        &self,
        item: &ListItem,
        parent: Option<EntityIdx>,
    ) -> EntityType {
        let boxes = self.role.box_rule(item.text.of(self.text));
        if let Some(id) = &boxes.id {
            let is_own = id.is_match(item.text.of(self.text));
            return if is_own { boxes.what } else { EntityType::of(EntityKind::Item) };
        }
        let around = parent.map(|idx| &self.facts.entities[idx]);
        let within = around.map(|around| around.kind);
        let is_in_task = within == Some(EntityKind::Task);
        let linked = |range| self.linked_id(range, boxes.link.as_ref()?);
        // A link to the task around it makes nothing another task, one to another does.
        let is_other = |id: TaskId| around.is_none_or(|it| it.id.as_ref() != Some(&id));
        let part = if is_in_task { self.own_part(item) } else { item.text };
        if linked(part).is_some_and(is_other) {
            return boxes.what;
        }
        match within {
            Some(EntityKind::Task | EntityKind::Item) => EntityType::of(EntityKind::Item),
            _ => self.role.boxes.what,
        }
    }

    /// An item without those nested in it.
    fn own_part(&self, item: &ListItem) -> TextRange {
        let items = &self.markdown.items;
        let next = items.partition_point(|it| it.range.start <= item.range.start);
        let end = items.get(next).map_or(item.range.end, |next| next.range.start);
        TextRange::new(item.range.start as usize, end.min(item.range.end) as usize)
    }

    /// Whether check boxes below a heading count.
    pub(in crate::model) fn boxes_count(&self, mut heading: Option<usize>) -> bool {
        let Some(sections) = &self.role.boxes.sections else { return true };
        while let Some(at) = heading {
            let heading_above = &self.markdown.headings[at];
            if sections.is_match(heading_above.text.of(self.text)) {
                return true;
            }
            heading = heading_above.parent;
        }
        false
    }

    pub(in crate::model) fn owner_of_line(
        &self,
        line: &ContentLine,
        body: u32,
    ) -> Option<EntityIdx> {
        self.owner_at(line.heading, line.range.start, body)
    }

    /// Whose fields stand at a place right below a heading. From `body` on none are the document's.
    pub(in crate::model) fn owner_at(
        &self,
        heading: Option<usize>,
        start: u32,
        body: u32,
    ) -> Option<EntityIdx> {
        let header = |doc: EntityIdx| (start < body).then_some(doc);
        let Some(at) = heading else { return self.document.and_then(header) };
        if let Some(owner) = self.of_heading[at] {
            return Some(owner);
        }
        let heading = &self.markdown.headings[at];
        let rule = self.role.document.as_ref()?;
        // What stands in a section of another is about that one.
        let is_top = heading.parent.is_none_or(|above| self.markdown.headings[above].level == 1);
        // Where the file has an id of its own, the first heading may be its title at any level.
        let is_title = at == 0 && self.facts.captures.id.is_some();
        let in_header = heading.level == 1
            || is_title
            || is_top
                && rule
                    .header_sections
                    .as_ref()
                    .is_some_and(|sections| sections.is_match(heading.text.of(self.text)));
        if in_header { self.document.and_then(header) } else { None }
    }

    /// What a key of the front matter is given.
    pub(in crate::model) fn front_value(&self, key: &str) -> Option<&'a FrontEntry> {
        let front = self.markdown.front_matter.as_ref()?;
        let is_key = |entry: &&FrontEntry| matches!(&entry.path[..], [only] if only.eq_ignore_ascii_case(key));
        front.entries.iter().find(is_key)
    }

    pub(in crate::model) fn whole_line(&self, range: TextRange) -> TextRange {
        let before = self.text.get(..range.start as usize).unwrap_or_default();
        let start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let after = self.text.get(range.end as usize..).unwrap_or_default();
        let end = range.end as usize + after.find(['\n', '\r']).unwrap_or(after.len());
        TextRange::new(start, end)
    }

    /// The id that the first link in a range leads to, by an expression on its target.
    pub(in crate::model) fn linked_id(&self, range: TextRange, link: &Regex) -> Option<TaskId> {
        let links = &self.markdown.links;
        let first = links.partition_point(|link| link.target.start < range.start);
        let own = links[first..].iter().take_while(|link| link.target.end <= range.end);
        own.filter(|link| !link.image).find_map(|own| {
            let target = own.target.of(self.text);
            let found = link.captures(target.split(['#', '?']).next().unwrap_or(target))?;
            self.profile.ids.parse(found.name("id")?.as_str())
        })
    }

    /// An id made from the words of a title, and told from those made of the same words before.
    pub(in crate::model) fn derived_id(&mut self, title: &str) -> TaskId {
        let base = slug(title, 6);
        let times = self.derived.entry(base.clone()).or_insert(0);
        *times += 1;
        TaskId::new(&if *times == 1 { base } else { format!("{base}-{times}") })
    }

    /// Whether an entity that counts only under a condition meets it.
    pub(in crate::model) fn counts(&self, entity: EntityIdx) -> bool {
        let found = self.conditional.binary_search_by_key(&entity, |(idx, _)| *idx);
        let Ok(when) = found.map(|at| self.conditional[at].1) else { return true };
        if when == When::Known {
            return self.with_known.contains(&entity);
        }
        self.with_status.contains(&entity)
            || (when == When::Field && self.fielded.contains(&entity))
            || (when == When::Boxes && self.boxed.contains(&entity))
            || (self.document == Some(entity) && self.says_unread(entity))
    }

    /// Whether a document that is called by its id says its status in a form that is not read.
    fn says_unread(&self, document: EntityIdx) -> bool {
        let is_unread = |field: &Field| {
            field.entity == document
                && field.role == FieldRole::UnreadStatus
                && !field.value.is_empty()
        };
        self.facts.captures.id.is_some() && self.facts.fields.iter().any(is_unread)
    }

    /// Takes those away that do not count, and headings that mention what stands nowhere else. Those that
    /// say a status are places of their own.
    pub(in crate::model) fn drop_conditional(&mut self) {
        let uncounted = self.conditional.iter().map(|(idx, _)| *idx);
        let mut dead: Vec<EntityIdx> = uncounted.filter(|idx| !self.counts(*idx)).collect();
        if self.role.mentions_by_heading() {
            let says = self.facts.occurrences.iter().map(|it| it.entity);
            let says: FxHashSet<EntityIdx> = says.collect();
            let headings = self.of_heading.iter().flatten();
            for at in headings.filter(|at| says.contains(at)) {
                self.facts.entities[*at].mention = false;
            }
            let all = &self.facts.entities;
            let told = all.iter().filter(|it| !it.mention);
            let told: FxHashSet<&TaskId> = told.filter_map(|it| it.id.as_ref()).collect();
            let mentions = self.of_heading.iter().flatten().copied().filter(|at| all[*at].mention);
            let is_told = |at: &EntityIdx| all[*at].id.as_ref().is_some_and(|id| told.contains(id));
            let untold: Vec<EntityIdx> = mentions.filter(|at| !is_told(at)).collect();
            let named = untold.iter().filter_map(|at| all[*at].id.clone());
            self.facts.named = named.collect();
            dead.extend(untold);
            dead.sort_unstable();
            dead.dedup();
        }
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
    let (colon, width) = colon(head)?;
    let marks = |c: char| c.is_whitespace() || matches!(c, '*' | '_');
    let name = raw[..colon].trim_start_matches(marks);
    let is_mark = |byte: u8| matches!(byte, b'[' | b'(' | b'`' | b'*');
    let start = line.start as usize + colon - name.len();
    let name = name.trim_end_matches(marks);
    if !name.starts_with(char::is_alphabetic) || name.bytes().any(is_mark) {
        return None;
    }
    let value = raw[colon + width..].trim_start_matches(marks);
    let value_start = line.end as usize - value.len();
    let value = TextRange::new(value_start, value_start + value.trim_end_matches(marks).len());
    Some((TextRange::new(start, start + name.len()), value))
}

/// Where the first colon stands, and how many bytes it has: those of Chinese and Japanese have three.
fn colon(head: &[u8]) -> Option<(usize, usize)> {
    const WIDE: &[u8] = "：".as_bytes();
    let mut found = memchr::memchr2_iter(b':', WIDE[0], head);
    found.find_map(|at| match head[at..].starts_with(WIDE) {
        true => Some((at, WIDE.len())),
        false => (head[at] == b':').then_some((at, 1)),
    })
}

/// Text without marks of emphasis, code and deletion, on one line.
pub(in crate::model) fn plain(text: &str) -> Cow<'_, str> {
    let is_mark = |byte: u8| matches!(byte, b'*' | b'`' | b'\n' | b'\r');
    if !text.bytes().any(|byte| is_mark(byte) || byte == b'~') {
        return Cow::Borrowed(text.trim());
    }
    let text: String = text.chars().filter(|c| !matches!(c, '*' | '`' | '\n' | '\r')).collect();
    Cow::Owned(text.replace("~~", "").trim().to_owned())
}

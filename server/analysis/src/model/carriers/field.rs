//! `- **Status**: [COMPLETED]`: the value of a field. What stands there is a status, known or not.

mod code;

use rustc_hash::FxHashMap;

use crate::model::carrier::markdown_reader::{MarkdownReader, plain, split_field};
use crate::model::carrier::{Carrier, Form, Remarks, Spelled};
use crate::model::carriers::{check_box, marker, table};
use crate::model::time::TimeStamp;
use crate::model::{EntityIdx, Field, FieldRole};
use crate::profile::vocabulary::StatusDef;
use crate::profile::{EntityKind, reading};
use crate::syntax::markdown::ContentLine;
use crate::text::TextRange;

/// The carrier.
pub(super) static CARRIER: Carrier = Carrier {
    id: "field",
    of_markdown: Some(|reader| reader.fields()),
    respelled,
    is_line: true,
    remarks: Remarks::Line,
    ..marker::CARRIER
};

/// One word is a status, known or not; several that are near none may be prose.
fn respelled(form: Form<'_>, def: &StatusDef, day: Option<&str>) -> Spelled {
    let raw = form.occurrence.reading.word.of(form.text);
    let is_known = form.occurrence.reading.status.is_some();
    let is_far = !is_known && form.vocabulary.nearest(raw).is_none();
    if is_far && (raw.split_whitespace().count() > 1 || is_remarked(form)) {
        return Err("it may not be a status".to_owned());
    }
    let mut edits = marker::written(form, def, day)?;
    edits.extend(check_box::in_front(form, def)?);
    Ok(edits)
}

/// Whether words in brackets follow the status: `Shipped (but for the form)`.
fn is_remarked(form: Form<'_>) -> bool {
    let (said, line) = (form.range(), form.occurrence.line);
    let behind = TextRange::new(said.end as usize, (line.end as usize).max(said.end as usize));
    let behind = behind.of(form.text).trim_start_matches(['*', '_', '`', ' ']);
    let inner = behind.strip_prefix('(').and_then(|it| it.split(')').next());
    inner.is_some_and(|inner| inner.contains(char::is_alphabetic))
}

impl MarkdownReader<'_> {
    fn fields(&mut self) {
        let first_phase = self.of_heading.iter().position(Option::is_some);
        let body = first_phase.map_or(u32::MAX, |at| self.markdown.headings[at].range.start);
        // Where the line ends in which each entity has its status.
        let mut has_status = vec![None; self.facts.entities.len()];
        for line in &self.markdown.lines {
            let Some((name, value)) = split_field(self.text, line.range) else { continue };
            let Some(owner) = self.owner_of_line(line, body) else { continue };
            if code::is_code(self.text, line.range) || self.is_in_open_front(line) {
                continue;
            }
            if line.depth <= 1 && name.end < value.start {
                self.fielded.insert(owner);
            }
            self.field(line, owner, name, value, &mut has_status);
            if Some(owner) == self.document
                && let Some(value) = self.behind_others(line.range)
            {
                let own = self.role.document.as_ref();
                if !own.is_some_and(|rule| rule.prose_status) {
                    self.status_field(line, owner, value, &mut has_status);
                }
            }
        }
        if let Some(document) = self.document.filter(|document| has_status[*document].is_none()) {
            self.field_row(document, body);
        }
    }

    /// The value of a status that stands behind other fields of a line: `**Epic:** 2 **Status:** done`. It
    /// is one that is known, and nothing else, for lines of bold words may be prose.
    fn behind_others(&self, line: TextRange) -> Option<TextRange> {
        self.role.document.as_ref().filter(|rule| rule.field_blocks)?;
        let raw = line.of(self.text);
        let is_status = |name: &str| {
            self.profile.fields.status.iter().any(|own| own.eq_ignore_ascii_case(name))
        };
        let fields = bold_fields(raw);
        let at = fields.iter().position(|(_, name, _)| is_status(name)).filter(|at| *at > 0)?;
        let is_first = fields.first().is_some_and(|(start, ..)| *start == 0);
        let start = fields.get(at).filter(|_| is_first)?.2;
        let end = fields.get(at + 1).map_or(raw.len(), |(next, ..)| *next);
        let is_mark = |c: char| c.is_whitespace() || (c == '|' || c == '·') && end < raw.len();
        let value = raw.get(start..end)?.trim_end_matches(is_mark);
        let first = line.start as usize + start + (value.len() - value.trim_start().len());
        let vocabulary = self.profile.vocabulary_of(self.facts.entities[self.document?].what());
        vocabulary.lookup(value.trim())?;
        Some(TextRange::new(first, first + value.trim_start().len()))
    }

    /// The status that a line of a task's item says, or of a bullet right below it: `*Status: paused*`,
    /// `- *Type:* feature | *Status:* paused`.
    pub(super) fn item_statuses(&mut self) {
        let markdown = self.markdown;
        let mut has_status = vec![None; self.facts.entities.len()];
        for line in &markdown.lines {
            let own = line.item.and_then(|at| match line.first_of_item {
                false => Some(at),
                true => {
                    markdown.items[at].parent.filter(|_| markdown.items[at].check_box.is_none())
                }
            });
            let owner = own.and_then(|at| self.of_item[at]);
            let is_task = |at: &EntityIdx| self.facts.entities[*at].kind == EntityKind::Task;
            let Some(owner) = owner.filter(is_task) else { continue };
            if code::is_code(self.text, line.range) {
                continue;
            }
            for part in barred(self.text, line.range) {
                let Some((name, value)) = split_field(self.text, part) else { continue };
                let word = name.of(self.text);
                let names = &self.profile.fields.status;
                if names.iter().any(|own| own.eq_ignore_ascii_case(word)) {
                    self.status_in_line(part, owner, value, &mut has_status);
                }
            }
        }
    }

    /// Has a status in words be heard before the box of its task, where they agree and the words say more:
    /// the box of a heading says all for which it has a mark.
    pub(in crate::model) fn words_before_boxes(&mut self) {
        let mut boxes: FxHashMap<EntityIdx, usize> = FxHashMap::default();
        let (text, facts) = (self.text, &mut *self.facts);
        let all = &mut facts.occurrences;
        for at in 0..all.len() {
            let own = &all[at];
            if facts.entities[own.entity].kind != EntityKind::Task {
                continue;
            }
            if own.carrier.is_coarse() {
                boxes.entry(own.entity).or_insert(at);
                continue;
            }
            let first = boxes.get(&own.entity).filter(|_| own.carrier.id == CARRIER.id);
            let Some(first) = first.copied() else { continue };
            let vocabulary = self.profile.vocabulary_of(facts.entities[own.entity].what());
            let says_all = |said| {
                let of_heading = all[first].line.of(text).starts_with('#');
                of_heading && !vocabulary.get(said).boxes.is_empty()
            };
            if let (Some(of_box), Some(said)) = (all[first].reading.status, own.reading.status)
                && vocabulary.box_allows(of_box, said)
                && !says_all(said)
            {
                boxes.remove(&own.entity);
                all.swap(first, at);
            }
        }
    }

    /// The status in a table of the header that has a name and a value in each row.
    fn field_row(&mut self, document: EntityIdx, body: u32) -> Option<()> {
        self.role.document.as_ref().filter(|rule| rule.field_tables)?;
        let own = self.markdown.tables.iter().filter(|table| {
            self.owner_at(table.heading, table.range.start, body) == Some(document)
        });
        let mut rows = own.flat_map(|table| [&table.header].into_iter().chain(&table.rows));
        let value = rows.find_map(|row| {
            let [name, value] = row[..] else { return None };
            let name = plain(name.of(self.text));
            let is_own = |own: &String| own.eq_ignore_ascii_case(name.trim_end_matches(':'));
            self.profile.fields.status.iter().any(is_own).then_some(value)
        })?;
        let vocabulary = self.profile.vocabulary_of(self.facts.entities[document].what());
        let line = self.whole_line(value);
        match reading::read_field(vocabulary, &self.profile.markers, self.text, value) {
            Some(reading) => self.occurrence(document, &table::CARRIER, reading, line),
            None => {
                let role = FieldRole::UnreadStatus;
                self.facts.fields.push(Field { entity: document, role, value, line });
            }
        }
        Some(())
    }

    fn field(
        &mut self,
        line: &ContentLine,
        owner: EntityIdx,
        name: TextRange,
        value: TextRange,
        has_status: &mut [Option<u32>],
    ) {
        let vocabulary = self.profile.vocabulary_of(self.facts.entities[owner].what());
        let names = &self.profile.fields;
        let word = name.of(self.text);
        let is = |list: &[String]| list.iter().any(|n| n.eq_ignore_ascii_case(word));
        let top = line.depth <= 1;
        if is(&names.status) || self.is_status_below(owner, word) {
            let own = self.role.document.as_ref().filter(|_| Some(owner) == self.document);
            if own.is_some_and(|rule| rule.prose_status) {
                return;
            }
            self.status_field(line, owner, value, has_status);
            return;
        }
        if is(&names.status_again) {
            let reading = reading::read_field(vocabulary, &self.profile.markers, self.text, value);
            let known = reading.filter(|it| it.status.is_some() && top);
            if let Some(reading) = known.filter(|_| Some(owner) == self.document) {
                self.occurrence(owner, &CARRIER, reading, self.whole_line(line.range));
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
        if is(&names.parent) && top {
            push(FieldRole::Parent);
        }
        if is(&names.parts) && top {
            push(FieldRole::Parts);
        }
        if let Some(said) = names.flow.field(word, value.of(self.text)).filter(|_| top) {
            push(FieldRole::Flow(said));
        }
        if is(&names.dependencies) && top {
            push(FieldRole::Dependencies);
            let ids = self.profile.listed_ids(value.of(self.text));
            self.facts.entities[owner].depends.extend(ids);
        }
    }

    /// Whether a field below a heading holds the status of what the heading is.
    fn is_status_below(&self, owner: EntityIdx, name: &str) -> bool {
        let what = self.facts.entities[owner].what();
        let own = self.role.sections.iter().filter(|rule| rule.what == what);
        let mut names = own.flat_map(|rule| &rule.status);
        names.any(|own| own.eq_ignore_ascii_case(name)) && Some(owner) != self.document
    }

    /// The status that a field says; what stands there and is not read is kept, too.
    fn status_field(
        &mut self,
        line: &ContentLine,
        owner: EntityIdx,
        value: TextRange,
        has_status: &mut [Option<u32>],
    ) {
        if line.depth <= 1 {
            if self.is_said_again(line, owner) {
                has_status[owner] = has_status[owner].map(|_| line.range.start);
            }
            self.status_in_line(line.range, owner, value, has_status);
        }
    }

    /// Whether a line stands at the head of a second copy of its document: right below a heading that is the
    /// title once more.
    fn is_said_again(&self, line: &ContentLine, owner: EntityIdx) -> bool {
        let Some(at) = line.heading.filter(|_| Some(owner) == self.document) else { return false };
        let headings = &self.markdown.headings;
        // Of more copies nobody knows which counts.
        let mut titles = headings.iter().enumerate().filter(|(_, it)| it.level == 1);
        let (Some((title, _)), Some((second, _))) = (titles.next(), titles.next()) else {
            return false;
        };
        if second != at {
            return false;
        }
        let words = |at: usize| plain(headings[at].text.of(self.text)).to_lowercase();
        let is_title = words(title) == words(at);
        let gap = headings[at].range.end as usize..line.range.start as usize;
        let gap = self.text.get(gap).unwrap_or_default().trim_start();
        let is_at_head = !gap.lines().any(|line| line.trim().is_empty());
        is_title && is_at_head
    }

    fn status_in_line(
        &mut self,
        within: TextRange,
        owner: EntityIdx,
        value: TextRange,
        has_status: &mut [Option<u32>],
    ) {
        let vocabulary = self.profile.vocabulary_of(self.facts.entities[owner].what());
        let between = has_status[owner].map(|end| {
            let gap = end as usize..within.start as usize;
            self.text.get(gap).unwrap_or_default()
        });
        // Another one further down is of something else.
        let is_apart = |gap: &str| gap.lines().skip(1).any(|line| line.trim().is_empty());
        if between.is_some_and(is_apart) {
            return;
        }
        let is_second = between.is_some();
        let value = within_quotes(self.text, value);
        let style = &self.profile.markers;
        let reading = reading::read_field(vocabulary, style, self.text, value);
        let line = self.whole_line(within);
        // Of what stands elsewhere any other words are prose.
        let is_mention = self.facts.entities[owner].mention;
        match reading.filter(|it| !(is_second || is_mention) || it.status.is_some()) {
            Some(reading) => {
                has_status[owner] = Some(line.end);
                self.occurrence(owner, &CARRIER, reading, line);
            }
            None if !is_second && !is_mention => {
                let role = FieldRole::UnreadStatus;
                self.facts.fields.push(Field { entity: owner, role, value, line });
            }
            None => {}
        }
    }
}

/// The fields of a line whose names are in bold: where each begins, its name, and where its value begins.
fn bold_fields(raw: &str) -> Vec<(usize, &str, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = raw.get(at..).and_then(|rest| rest.find("**")).map(|it| at + it) {
        let Some(len) = raw[open + 2..].find("**") else { break };
        let (inner, close) = (&raw[open + 2..open + 2 + len], open + 2 + len + 2);
        let is_apart = raw[..open].ends_with(|c: char| c.is_whitespace() || c == '|');
        let colon = raw[close..].starts_with(':');
        let name = if colon { Some(inner) } else { inner.trim_end().strip_suffix(':') };
        if let Some(name) = name.filter(|_| open == 0 || is_apart) {
            found.push((open, name.trim(), close + usize::from(colon)));
        }
        at = close;
    }
    found
}

/// What stands between the bars of a line.
fn barred(text: &str, line: TextRange) -> impl Iterator<Item = TextRange> {
    let mut start = line.start as usize;
    line.of(text).split('|').map(move |part| {
        let range = TextRange::new(start, start + part.trim_end().len());
        start += part.len() + 1;
        range
    })
}

/// What stands between quotes, where all of a value does: they stay.
fn within_quotes(text: &str, value: TextRange) -> TextRange {
    let said = value.of(text);
    let inner = ['"', '\''].iter().find_map(|quote| {
        let inner = said.strip_prefix(*quote)?.strip_suffix(*quote)?;
        (!inner.trim().is_empty() && !inner.contains(*quote)).then_some(inner)
    });
    match inner {
        Some(inner) => {
            TextRange::new(value.start as usize + 1, value.start as usize + 1 + inner.len())
        }
        None => value,
    }
}

fn is_none_word(value: &str) -> bool {
    ["none", "n/a", "-", "no", "nothing"].iter().any(|w| value.trim().eq_ignore_ascii_case(w))
}

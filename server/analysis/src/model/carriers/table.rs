//! `| 7 | Add login | in progress |`: the cell of a table, in a column that is known by its header.

mod alone;
mod beside;
mod shared;
mod unread;

use alone::Explained;
use regex::Regex;

use crate::model::carrier::markdown_reader::{MarkdownReader, plain};
use crate::model::carrier::{Carrier, Form, Remarks, Spelled, Unspelled};
use crate::model::carriers::{check_box, marker, status_words};
use crate::model::time::TimeStamp;
use crate::model::{Field, FieldRole, Reading};
use crate::profile::id::TaskId;
use crate::profile::reading::{self, Shape};
use crate::profile::vocabulary::{Category, StatusDef};
use crate::profile::{EntityKind, TableRule};
use crate::syntax::markdown::MarkdownTable;
use crate::text::TextRange;

/// The carrier.
pub(super) static CARRIER: Carrier = Carrier {
    id: "table",
    of_markdown: Some(|reader| reader.tables()),
    respelled,
    whereabouts: "in its row",
    takes_fields: false,
    remarks: Remarks::Line,
    ..marker::CARRIER
};

/// A share of the work in a cell of the row follows.
fn respelled(form: Form<'_>, def: &StatusDef, day: Option<&str>) -> Spelled {
    let mut edits = match beside::as_in_other_rows(form, def)? {
        Some(edit) => vec![edit],
        None => (marker::CARRIER.respelled)(form, def, day)?,
    };
    if let Some(note) = beside::note(form) {
        return Err(format!("`({note})` behind it belongs to its old status"));
    }
    adorned(form, def)?;
    adorned(form, def)?;
    let line = form.occurrence.line;
    let mut start = line.start as usize;
    for cell in line.of(form.text).split('|') {
        let range = TextRange::new(start, start + cell.len());
        start = range.end as usize + 1;
        edits.extend(marker::share_in(
            form,
            reading::trim(form.text, range, char::is_whitespace),
            def,
        )?);
    }
    Ok(edits)
}

/// Refuses where another cell of a row that is opened again begins with a sign for its end, and goes on:
/// `| ✅ Log in | done |`.
fn adorned(form: Form<'_>, def: &StatusDef) -> Result<(), Unspelled> {
    let old = form.occurrence.reading.status.map(|status| form.vocabulary.get(status).category);
    if old != Some(Category::Done) || def.category == Category::Done {
        return Ok(());
    }
    let (line, own) = (form.occurrence.line, form.occurrence.reading.range);
    let mut start = line.start as usize;
    for cell in line.of(form.text).split('|') {
        let range = TextRange::new(start, start + cell.len());
        start = range.end as usize + 1;
        let said = cell.trim().trim_start_matches(['*', '_']);
        let sign = said.chars().next().filter(|c| status_words::DONE_SIGNS.contains(c));
        let goes_on = said.contains(char::is_alphabetic) && !range.contains_range(own);
        if let Some(sign) = sign.filter(|_| goes_on) {
            return Err(format!("it also says `{sign}`"));
        }
    }
    Ok(())
}

/// The columns of one table.
struct Columns {
    /// Of the id, or of the title where rows have no id.
    name: usize,
    has_ids: bool,
    status: usize,
    title: Option<usize>,
    depends: Option<usize>,
    parent: Option<usize>,
    parts: Option<usize>,
    ended: Option<usize>,
}

/// What a row says of the status.
enum RowStatus {
    Read(Reading),
    /// A check box, alone in its cell.
    Box(Reading),
    /// A status that stands in another column.
    Beside(TextRange),
}

impl MarkdownReader<'_> {
    fn tables(&mut self) {
        let (role, markdown) = (self.role, self.markdown);
        for table in &markdown.tables {
            for rule in &role.tables {
                let Some(columns) = self.columns(rule, table) else { continue };
                // Rows about others count where these are tasks, whatever stands in other rows.
                let is_of_any = rule.alone && !rule.mention;
                let is_other = || {
                    !self.is_of_statuses(rule.what, table, columns.status)
                        || self.is_of_checks(table, columns.status)
                };
                if is_of_any && is_other() {
                    continue;
                }
                let (mut explained, before) = (Explained::default(), self.facts.entities.len());
                for row in &table.rows {
                    self.row(rule, table, &columns, row, &mut explained);
                }
                // Where none of its rows has such an id, it may be a table of another rule.
                if !rule.alone || self.facts.entities.len() > before {
                    break;
                }
            }
        }
    }

    fn columns(&self, rule: &TableRule, table: &MarkdownTable) -> Option<Columns> {
        let is = |names: &[String], cell: &TextRange| {
            let header = plain(cell.of(self.text));
            names.iter().any(|name| name.eq_ignore_ascii_case(&header))
        };
        let column = |names: &[String]| table.header.iter().position(|cell| is(names, cell));
        if column(&rule.without_columns).is_some() {
            return None;
        }
        let status = column(&rule.status_columns)?;
        let has_ids = !rule.id_columns.is_empty();
        let name = column(&rule.id_columns).filter(|_| has_ids);
        // A column may be called as both are.
        let of_title = |(at, cell): (usize, &TextRange)| {
            (Some(at) != name && is(&rule.title_columns, cell)).then_some(at)
        };
        let beside = table.header.iter().enumerate().find_map(of_title);
        let title = beside.or_else(|| column(&rule.title_columns));
        if rule.alone {
            // Of two columns for the status nobody knows which counts.
            let is_second = |cell: &TextRange| is(&rule.status_columns, cell);
            if title.is_none() || table.header[status + 1..].iter().any(is_second) {
                return None;
            }
        }
        Some(Columns {
            name: if has_ids { name? } else { title? },
            has_ids,
            status,
            title,
            depends: column(&rule.depends_columns),
            parent: column(&rule.parent_columns),
            parts: column(&rule.parts_columns),
            ended: column(&rule.ended_columns),
        })
    }

    fn row(
        &mut self,
        rule: &TableRule,
        table: &MarkdownTable,
        columns: &Columns,
        row: &[TextRange],
        explained: &mut Explained,
    ) -> Option<()> {
        let (name, status) = (*row.get(columns.name)?, *row.get(columns.status)?);
        let id = if columns.has_ids { self.row_id(rule, name) } else { None };
        if columns.has_ids && id.is_none() {
            self.shared_row(rule, name, status);
            return None;
        }
        let column = (table, columns.status);
        let said = match rule.alone {
            true => match self.status_alone(rule.what, column, status, explained) {
                Some(said) => said,
                None => return self.unread_row(rule, column, id?, status, explained),
            },
            false => self.row_status(rule, status, columns, row)?,
        };
        let line = self.whole_line(name);
        let mut entity = self.entity(rule.what, name, line);
        entity.derived_id = id.is_none();
        entity.mention = rule.mention;
        let id = match id {
            Some(id) => id,
            None => self.titled_id(name)?,
        };
        match rule.what.kind {
            EntityKind::Phase => entity.number = Some(id.as_str().into()),
            _ => entity.id = Some(id),
        }
        entity.parent = self.section_of(table.heading);
        entity.rank = rule.rank.unwrap_or(entity.rank);
        let title = columns.title.and_then(|at| row.get(at));
        let title = title.map(|title| plain(title.of(self.text))).unwrap_or_default();
        let title = link_text(&title).unwrap_or(&title);
        entity.title = title.replace("\\|", "|").into();
        let depends = columns.depends.and_then(|at| row.get(at)).copied();
        let depends = depends.filter(|cell| !cell.is_empty());
        if let Some(cell) = depends {
            entity.depends = self.part_ids(rule.in_document, cell.of(self.text));
        }
        let idx = self.push(entity);
        if let Some(value) = depends {
            let field = Field { entity: idx, role: FieldRole::Dependencies, value, line };
            self.facts.fields.push(field);
        }
        let parent = columns.parent.and_then(|at| row.get(at)).copied();
        if let Some(value) = parent.filter(|cell| !cell.is_empty()) {
            self.facts.fields.push(Field { entity: idx, role: FieldRole::Parent, value, line });
        }
        let parts = match columns.parts {
            Some(at) => row.get(at).copied(),
            None => in_brackets(self.text, status).filter(|_| !rule.parts_columns.is_empty()),
        };
        if let Some(value) = parts {
            self.facts.fields.push(Field { entity: idx, role: FieldRole::Parts, value, line });
        }
        if let Some(value) = columns.ended.and_then(|at| row.get(at)).copied() {
            self.facts.fields.push(Field { entity: idx, role: FieldRole::EndDay, value, line });
        }
        match said {
            RowStatus::Read(reading) => self.occurrence(idx, &CARRIER, reading, line),
            RowStatus::Box(reading) => {
                // What stands in other cells is not beside it.
                let line = TextRange { end: status.end, ..line };
                self.occurrence(idx, &check_box::CARRIER, reading, line);
            }
            RowStatus::Beside(value) => {
                let role = FieldRole::StatusBeside;
                self.facts.fields.push(Field { entity: idx, role, value, line });
            }
        }
        Some(())
    }

    /// What a row says in the column for the status; where that is nothing, in another one that is for
    /// none of a task's other values.
    fn row_status(
        &self,
        rule: &TableRule,
        cell: TextRange,
        columns: &Columns,
        row: &[TextRange],
    ) -> Option<RowStatus> {
        let vocabulary = self.profile.vocabulary_of(rule.what);
        let read = |cell| reading::read_field(vocabulary, &self.profile.markers, self.text, cell);
        if let Some(mark) = mark_in(self.text, cell).filter(|_| vocabulary.has_boxes()) {
            let status = vocabulary.lookup_box(mark.of(self.text));
            let reading = Reading { range: mark, word: mark, status, shape: Shape::Exact };
            return Some(RowStatus::Box(reading));
        }
        let said = cell.of(self.text);
        let is_silent = TimeStamp::parse(said).is_some()
            || !said.contains(char::is_alphanumeric) && said.is_ascii();
        if !is_silent {
            return read(cell).map(RowStatus::Read);
        }
        let own = [Some(columns.name), columns.title, columns.depends];
        let others = row.iter().enumerate().filter(|(at, _)| !own.contains(&Some(*at)));
        let is_status = |cell: &TextRange| {
            read(*cell).is_some_and(|it| it.status.is_some() && it.range == *cell)
        };
        others.map(|(_, cell)| *cell).find(is_status).map(RowStatus::Beside)
    }

    /// An id made from the words of a title; of no words none is made.
    fn titled_id(&mut self, title: TextRange) -> Option<TaskId> {
        let words = plain(title.of(self.text));
        let words = link_text(&words).unwrap_or(&words);
        words.contains(char::is_alphabetic).then(|| self.derived_id(words))
    }

    fn row_id(&self, rule: &TableRule, cell: TextRange) -> Option<TaskId> {
        let text = plain(cell.of(self.text));
        if let Some(link) = &rule.link {
            let named = || self.profile.ids.parse(link.captures(&text)?.name("id")?.as_str());
            return self.linked_id(cell, link).or_else(named);
        }
        let text = link_text(&text).unwrap_or(&text);
        match &rule.id {
            Some(id) => {
                let own = id.captures(text)?.name("id")?;
                let is_one = !names_another(id, &text[own.end()..]);
                self.part_id(rule.in_document, Some(own).filter(|_| is_one)?.as_str())
            }
            None => self.part_id(rule.in_document, text),
        }
    }
}

/// What stands in brackets at the end of a cell: `3/7 plans` behind a status.
fn in_brackets(text: &str, cell: TextRange) -> Option<TextRange> {
    let (before, last) = cell.of(text).trim_end().rsplit_once('(')?;
    let start = cell.start as usize + before.len() + 1;
    Some(TextRange::new(start, start + last.strip_suffix(')')?.len()))
}

/// The mark of a check box that is all there is in a cell.
fn mark_in(text: &str, cell: TextRange) -> Option<TextRange> {
    let is_quoting = |c: char| c.is_whitespace() || c == '`';
    let check_box = reading::trim(text, cell, is_quoting);
    let mark = check_box.of(text).strip_prefix('[')?.strip_suffix(']')?;
    let is_mark = mark.chars().count() == 1;
    is_mark.then(|| TextRange::new(check_box.start as usize + 1, check_box.end as usize - 1))
}

/// Whether what stands behind an id is another one, and nothing else: `, AUTH-02`, ` to AUTH-03`, `-3`.
fn names_another(id: &Regex, behind: &str) -> bool {
    let signs = [",", "&", "/", "+", ";", "...", "..", "-", "–", "—", "~"];
    let words = ["and ", "to ", "through "];
    let mut behind = behind.trim_start();
    loop {
        let between = signs.iter().chain(&words).find_map(|it| behind.strip_prefix(it));
        let Some(rest) = between.map(str::trim_start) else { return false };
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let len = id.find(rest).map_or(digits, |found| found.end());
        if len == 0 {
            return false;
        }
        behind = rest[len..].trim_start();
        if behind.is_empty() || behind.starts_with(['(', ',', '&', '/', '+', ';']) {
            return true;
        }
    }
}

/// What a text shows that is a link: `7` of `[7](task_7.md)`.
fn link_text(text: &str) -> Option<&str> {
    let (shown, target) = text.strip_prefix('[')?.split_once(']')?;
    let is_target = target.starts_with('(') && target.ends_with(')')
        || target.starts_with('[') && target.ends_with(']');
    is_target.then_some(shown)
}

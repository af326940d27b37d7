//! `| 7 | Add login | in progress |`: the cell of a table, in a column that is known by its header.

use regex::Regex;

use crate::model::carrier::markdown_reader::{MarkdownReader, plain};
use crate::model::carrier::{Carrier, Form, Remarks, Spelled};
use crate::model::carriers::{check_box, marker};
use crate::model::time::TimeStamp;
use crate::model::{Field, FieldRole, Reading};
use crate::profile::TableRule;
use crate::profile::id::TaskId;
use crate::profile::reading::{self, Shape};
use crate::profile::vocabulary::StatusDef;
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
    let mut edits = (marker::CARRIER.respelled)(form, def, day)?;
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

/// The columns of one table.
struct Columns {
    id: usize,
    status: usize,
    title: Option<usize>,
    depends: Option<usize>,
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
                for row in &table.rows {
                    self.row(rule, table, &columns, row);
                }
                break;
            }
        }
    }

    fn columns(&self, rule: &TableRule, table: &MarkdownTable) -> Option<Columns> {
        let column = |names: &[String]| {
            let is = |cell: &TextRange| {
                let header = plain(cell.of(self.text));
                names.iter().any(|name| name.eq_ignore_ascii_case(&header))
            };
            table.header.iter().position(is)
        };
        if column(&rule.without_columns).is_some() {
            return None;
        }
        Some(Columns {
            id: column(&rule.id_columns)?,
            status: column(&rule.status_columns)?,
            title: column(&rule.title_columns),
            depends: column(&rule.depends_columns),
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
    ) -> Option<()> {
        let (name, status) = (*row.get(columns.id)?, *row.get(columns.status)?);
        let id = self.row_id(rule, name)?;
        let said = self.row_status(rule, status, columns, row)?;
        let line = self.whole_line(name);
        let mut entity = self.entity(rule.what, name, line);
        entity.id = Some(id);
        entity.parent = self.section_of(table.heading);
        entity.rank = rule.rank.unwrap_or(entity.rank);
        let title = columns.title.and_then(|at| row.get(at));
        let title = title.map(|title| plain(title.of(self.text))).unwrap_or_default();
        let title = link_text(&title).unwrap_or(&title);
        entity.title = title.replace("\\|", "|").into();
        let depends = columns.depends.and_then(|at| row.get(at)).copied();
        let depends = depends.filter(|cell| !cell.is_empty());
        if let Some(cell) = depends {
            entity.depends = self.profile.listed_ids(cell.of(self.text));
        }
        let idx = self.push(entity);
        if let Some(value) = depends {
            let field = Field { entity: idx, role: FieldRole::Dependencies, value, line };
            self.facts.fields.push(field);
        }
        if let Some(value) = columns.parts.and_then(|at| row.get(at)).copied() {
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
        let own = [Some(columns.id), columns.title, columns.depends];
        let others = row.iter().enumerate().filter(|(at, _)| !own.contains(&Some(*at)));
        let is_status = |cell: &TextRange| {
            read(*cell).is_some_and(|it| it.status.is_some() && it.range == *cell)
        };
        others.map(|(_, cell)| *cell).find(is_status).map(RowStatus::Beside)
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
                self.profile.ids.parse(Some(own).filter(|_| is_one)?.as_str())
            }
            None => self.profile.ids.parse(text),
        }
    }
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
    let behind = behind.trim_start();
    let signs = [",", "&", "/", "+", ";", "...", "..", "-", "–", "—"];
    let words = ["and ", "to ", "through "];
    let between = signs.iter().chain(&words).find_map(|it| behind.strip_prefix(it));
    let Some(rest) = between.map(str::trim_start) else { return false };
    let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let len = id.find(rest).map_or(digits, |found| found.end());
    let rest = rest[len..].trim_start();
    len > 0 && (rest.is_empty() || rest.starts_with(['(', ',', '&', '/', '+', ';']))
}

/// What a text shows that is a link: `7` of `[7](task_7.md)`.
fn link_text(text: &str) -> Option<&str> {
    let (shown, target) = text.strip_prefix('[')?.split_once(']')?;
    let is_target = target.starts_with('(') && target.ends_with(')')
        || target.starts_with('[') && target.ends_with(']');
    is_target.then_some(shown)
}

//! Floor 13: what can stand where somebody types, each with the whole change that goes with it.

mod config;
mod fields;
mod links;
mod narrow;
mod rules;
mod slot;
mod statuses;
mod tasks;
mod trial;

use crate::analysis::Analysis;
use crate::index::DocIdx;
use crate::model::Document;
use crate::snapshot::CONFIG;
use crate::text::TextRange;
use crate::text::shared_text::SharedText;
use crate::text::text_edit::TextEdit;

pub use narrow::ByCommand;

/// What is completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletionKind {
    /// A status.
    Status,
    /// The id of a task.
    Task,
    /// A file of a task.
    File,
    /// The name of a field.
    Field,
    /// The id of a rule.
    Rule,
    /// A key of the configuration.
    Key,
    /// A value of the configuration.
    Value,
}

/// Something that can stand at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What it is.
    pub kind: CompletionKind,
    /// What a menu shows.
    pub label: String,
    /// What that means, in a few words.
    pub detail: String,
    /// What there is to know, in Markdown; empty where there is nothing.
    pub documentation: String,
    /// What it replaces, on the line of the cursor, and with what.
    pub edit: TextEdit,
    /// What is compared with the replaced text before the cursor.
    pub filter: String,
    /// What else it changes in the same file.
    pub others: Vec<TextEdit>,
    /// What is left to do once these are made.
    pub rest: Option<Rest>,
    /// The same by a command alone, where there is one.
    pub by_command: Option<ByCommand>,
    /// Whether what stands behind the cursor stays, and no other edit moves by what is put before it.
    pub is_narrow: bool,
}

/// A status that is to be set everywhere, for what stands in other files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rest {
    /// The name of the task, phase or box.
    pub task: String,
    /// The phase of that task.
    pub phase: Option<String>,
    /// The id of the status.
    pub status: String,
    /// Whether a placeholder stands for the reason that it needs.
    pub to_fill_in: bool,
    /// Whether nothing is done before: the edit only puts back what stood there.
    pub is_all: bool,
}

/// What can stand at a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// In the order in which they are shown.
    pub items: Vec<Completion>,
    /// Whether there are more, for other letters.
    pub incomplete: bool,
}

/// What can stand at `offset` of a file. `at` is now, as RFC 3339 in UTC.
pub fn completions(analysis: &Analysis, path: &str, offset: usize, at: &str) -> Completions {
    let mut found = match analysis.index.document(path) {
        _ if path == CONFIG => {
            Completions { items: config::completions(analysis, offset), incomplete: false }
        }
        Some((doc, document)) => in_document(analysis, doc, document, offset, at),
        None => return Completions::default(),
    };
    if let Some((text, lines)) = analysis.source(path) {
        sort(&mut found.items, text, offset);
        narrow::fit(&mut found.items, text, lines, offset);
    }
    found
}

/// Puts what begins with the letters that are typed before what has them elsewhere.
fn sort(items: &mut [Completion], text: &SharedText, offset: usize) {
    // Statuses are in order: they know whether what stands there is typed.
    items.sort_by_cached_key(|item| {
        let start = item.edit.range.start as usize;
        let end = offset.min(item.edit.range.end as usize).max(start);
        item.kind != CompletionKind::Status && !begins(&item.label, &text.copy(start..end))
    });
}

/// Whether a label begins with the letters of what is typed.
fn begins(label: &str, typed: &str) -> bool {
    let letters =
        |text: &str| text.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    letters(label).starts_with(&letters(typed))
}

fn in_document(
    analysis: &Analysis,
    doc: DocIdx,
    document: &Document,
    offset: usize,
    at: &str,
) -> Completions {
    let all = |items| Completions { items, incomplete: false };
    let line = Line::at(document, offset);
    if let Some(items) = rules::completions(&line) {
        return all(items);
    }
    if let Some(found) = links::completions(analysis, doc, &line) {
        return found;
    }
    if let Some(found) = tasks::completions(analysis, doc, &line) {
        return found;
    }
    match slot::find(analysis, doc, &line) {
        Some(slot) => all(statuses::completions(&slot, at)),
        None => all(fields::completions(analysis, doc, &line, at)),
    }
}

/// The line of a cursor.
#[derive(Clone, Debug)]
struct Line {
    /// Where the cursor is.
    offset: usize,
    /// Where the line begins.
    start: usize,
    /// What stands before the cursor.
    before: String,
    /// What stands behind it.
    behind: String,
}

impl Line {
    fn at(document: &Document, offset: usize) -> Line {
        let range = document.lines.line_range(document.lines.line_col(offset).line);
        let text = document.text.copy(range.bytes());
        Line::of(range.start as usize, text.trim_end_matches(['\n', '\r']), offset)
    }

    fn of(start: usize, text: &str, offset: usize) -> Line {
        let (before, behind) = text.split_at_checked(offset - start).unwrap_or((text, ""));
        Line { offset, start, before: before.to_owned(), behind: behind.to_owned() }
    }

    /// The word that the cursor is in, of such letters.
    fn word(&self, is_part: impl Fn(char) -> bool + Copy) -> TextRange {
        let head = self.before.len() - self.before.trim_end_matches(is_part).len();
        let tail = self.behind.len() - self.behind.trim_start_matches(is_part).len();
        TextRange::new(self.offset - head, self.offset + tail)
    }

    /// What of a range stands before the cursor.
    fn typed(&self, range: TextRange) -> &str {
        let start = (range.start as usize).saturating_sub(self.start);
        self.before.get(start.min(self.before.len())..).unwrap_or_default()
    }
}

/// Something that replaces a word and changes nothing else.
fn plain(kind: CompletionKind, range: TextRange, insert: &str, detail: &str) -> Completion {
    Completion {
        kind,
        label: insert.to_owned(),
        detail: detail.to_owned(),
        documentation: String::new(),
        edit: TextEdit { range, insert: insert.to_owned() },
        filter: insert.to_owned(),
        others: Vec::new(),
        rest: None,
        by_command: None,
        is_narrow: true,
    }
}

#[cfg(test)]
mod tests;

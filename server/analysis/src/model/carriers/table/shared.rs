//! `| AUTH-01 to AUTH-04 | Phase 3 | Complete |`: a row that says one status of several tasks, from one to
//! another. It is a place of none of them.

use regex::{Match, Regex};

use crate::model::SharedRow;
use crate::model::carrier::markdown_reader::{MarkdownReader, plain};
use crate::profile::TableRule;
use crate::profile::id::TaskId;
use crate::profile::reading;
use crate::text::TextRange;

/// More tasks than these are not named by their first and their last one.
const MOST: u64 = 99;

/// A longer id is none of these, in bytes: it is repeated for each task.
const LONGEST_ID: usize = 64;

/// What stands between the first and the last one.
const BETWEEN: [&str; 8] = ["...", "..", "-", "–", "—", "~", "to ", "through "];

impl MarkdownReader<'_> {
    /// Keeps what a row says whose cell for the id names tasks from one to another.
    pub(super) fn shared_row(&mut self, rule: &TableRule, name: TextRange, cell: TextRange) {
        let text = plain(name.of(self.text));
        let vocabulary = self.profile.vocabulary_of(rule.what);
        let said = reading::read_field(vocabulary, &self.profile.markers, self.text, cell);
        let said = said.and_then(|said| Some((said.status?, said.range)));
        let parsed = |ids: Vec<String>| -> Option<Vec<TaskId>> {
            ids.iter().map(|id| self.profile.ids.parse(id)).collect()
        };
        let ids = ids(rule, &text).and_then(parsed);
        if let (Some(ids), Some((status, range))) = (ids, said) {
            let task_type = rule.what.task_type;
            self.facts.shared.push(SharedRow { ids, task_type, name, status, range });
        }
    }
}

/// The ids from one to another, as they are spelled; `None` where something else is named.
fn ids(rule: &TableRule, text: &str) -> Option<Vec<String>> {
    let form = rule.id.as_ref().filter(|_| rule.link.is_none())?;
    let own = first_id(form, text).filter(|own| own.len() <= LONGEST_ID)?;
    let (letters, from) = number_at_end(own.as_str())?;
    let behind = text[own.end()..].trim_start();
    let rest = BETWEEN.iter().find_map(|it| behind.strip_prefix(it))?.trim_start();
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (to, rest) = match digits {
        0 => {
            let last = form.captures(rest)?.name("id").filter(|last| last.start() == 0)?;
            let (same, to) = number_at_end(last.as_str())?;
            ((same == letters).then_some(to)?, &rest[last.end()..])
        }
        _ => rest.split_at(digits),
    };
    let rest = rest.trim();
    let (first, last) = (from.parse::<u64>().ok()?, to.parse::<u64>().ok()?);
    let are_few = first < last && last - first < MOST;
    let width = from.len();
    // `01-02` may be the second part of the first.
    let is_part =
        letters.is_empty() && (from.starts_with('0') || text[..own.start()].ends_with('0'));
    (are_few && !is_part && (rest.is_empty() || rest.starts_with('(')))
        .then(|| (first..=last).map(|number| format!("{letters}{number:0width$}")).collect())
}

/// The first id of a text. What its expression refuses before another number may stand before that alone.
fn first_id<'t>(form: &Regex, text: &'t str) -> Option<Match<'t>> {
    let id = |text: &'t str| form.captures(text)?.name("id");
    id(text).or_else(|| {
        let end = text.find(|c| ['-', '–', '—', '.', '~'].contains(&c))?;
        let head = text[..end].trim_end();
        id(head).filter(|own| own.end() == head.len())
    })
}

/// The number that an id ends with, and what stands before it.
fn number_at_end(id: &str) -> Option<(&str, &str)> {
    let letters = id.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = &id[letters.len()..];
    (!number.is_empty()).then_some((letters, number))
}

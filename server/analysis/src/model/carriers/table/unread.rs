//! `| T-001 | Log in | Approved |`: a row about a task that says something else than a status that is known.
//! It is no place of the task, and whoever changes the task knows that it is there.

use super::alone::Explained;
use super::{alone, mark_in};
use crate::model::UnreadRow;
use crate::model::carrier::markdown_reader::MarkdownReader;
use crate::model::time::TimeStamp;
use crate::profile::TableRule;
use crate::profile::id::TaskId;
use crate::profile::reading::{self, is_sign, is_sign_part};
use crate::syntax::markdown::MarkdownTable;
use crate::text::TextRange;

impl MarkdownReader<'_> {
    /// Keeps what a row says of a task that stands elsewhere. A plain number may be of anything, where
    /// the table does not say how far tasks are.
    pub(super) fn unread_row(
        &mut self,
        rule: &TableRule,
        (table, column): (&MarkdownTable, usize),
        id: TaskId,
        cell: TextRange,
        known: &mut Explained,
    ) -> Option<()> {
        let range = alone::bare(self.text, cell);
        let said = range.of(self.text);
        let is_word = said.chars().filter(|c| c.is_alphabetic()).nth(1).is_some();
        let is_drawn = !is_word && said.chars().any(is_sign);
        let tells = is_word || is_drawn || mark_in(self.text, cell).is_some();
        if !rule.mention || !tells || TimeStamp::parse(said).is_some() {
            return None;
        }
        if !id.as_str().contains(char::is_alphabetic) {
            let of_statuses = || self.is_of_statuses(rule.what, table, column);
            known.of_statuses.get_or_insert_with(of_statuses).then_some(())?;
        }
        let vocabulary = self.profile.vocabulary_of(rule.what);
        let reading = reading::read_field(vocabulary, &self.profile.markers, self.text, cell);
        // A sign alone may mean here what it means nowhere else.
        let reading = reading.filter(|it| !it.range.of(self.text).chars().all(is_sign_part));
        self.facts.unread.push(UnreadRow { id, range, status: reading.and_then(|it| it.status) });
        None
    }
}

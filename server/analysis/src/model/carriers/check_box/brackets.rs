//! Brackets that are words of a list and no boxes: `- [B] triggers the booking`, `- [$] #path`.

use rustc_hash::FxHashSet;

use crate::model::carrier::markdown_reader::MarkdownReader;
use crate::model::legend;
use crate::profile::EntityKind;
use crate::syntax::markdown::ListItem;

/// Marks that mean a status to many, though a profile may not know them.
const KNOWN_ELSEWHERE: &[char] =
    &['~', '/', '-', '+', '>', '!', '?', ' ', 'o', 'O', 'v', 'V', 'd', 'D', 'c', 'C', 'w', 'W'];

impl MarkdownReader<'_> {
    /// The items that have a letter or a sign in brackets which is no status, in lists of which no other
    /// item has a box that is known, nor one below it. Where a letter stands twice it may mean a status, and where
    /// words are the profile's a box is one.
    pub(super) fn bracketed_items(&self) -> FxHashSet<usize> {
        let mut found = FxHashSet::default();
        let items = &self.markdown.items;
        let is_free = self.profile.markers.bare;
        if !is_free || !items.iter().any(|item| self.has_odd_mark(item)) {
            return found;
        }
        let with_box = items.iter().filter(|item| self.has_known_box(item));
        let parents: FxHashSet<usize> = with_box.filter_map(|item| item.parent).collect();
        let explained = legend::explained(self.text);
        let is_explained =
            |item: &ListItem| self.mark(item).is_some_and(|mark| mark.starts_with(&*explained));
        for list in self.lists() {
            if list.iter().any(|at| self.has_known_box(&items[*at]) || parents.contains(at)) {
                continue;
            }
            let marks = list.iter().filter_map(|at| self.mark(&items[*at]));
            let letters: Vec<&str> =
                marks.filter(|mark| mark.starts_with(char::is_alphanumeric)).collect();
            let different: FxHashSet<&str> = letters.iter().copied().collect();
            if different.len() < letters.len() {
                continue;
            }
            let own = list.into_iter().filter(|at| {
                let item = &items[*at];
                self.has_odd_mark(item) && !is_explained(item)
            });
            found.extend(own);
        }
        found
    }

    fn mark(&self, item: &ListItem) -> Option<&str> {
        item.check_box.as_ref().map(|it| it.mark.of(self.text))
    }

    fn has_known_box(&self, item: &ListItem) -> bool {
        let kinds = [
            self.profile.vocabulary(EntityKind::Item),
            self.profile.vocabulary_of(self.role.box_rule(item.text.of(self.text)).what),
        ];
        self.mark(item).is_some_and(|mark| kinds.iter().any(|it| it.lookup_box(mark).is_some()))
    }

    /// Whether an item begins with one character in brackets that is a status to nobody.
    fn has_odd_mark(&self, item: &ListItem) -> bool {
        let Some(mark) = self.mark(item) else { return false };
        let is_odd = mark.len() == 1 && !mark.starts_with(KNOWN_ELSEWHERE);
        if !is_odd || self.has_known_box(item) {
            return false;
        }
        let text = item.text.of(self.text);
        !self.role.box_rule(text).id.as_ref().is_some_and(|id| id.is_match(text))
    }
}

//! Lists whose signs are pictures and say no status: 🚀, 💾, 🔄.

use rustc_hash::FxHashSet;

use crate::model::carrier::markdown_reader::MarkdownReader;
use crate::model::carriers::marker;
use crate::profile::reading::{self, Reading};
use crate::profile::vocabulary::Vocabulary;
use crate::syntax::markdown::ListItem;
use crate::text::TextRange;

use super::told_signs::CIRCLES;

/// What the signs of the items of one list are.
#[derive(Default)]
struct Signs<'t> {
    /// Those that say a status.
    telling: Vec<&'t str>,
    /// Those that say none to anybody.
    pictures: Vec<&'t str>,
}

impl Signs<'_> {
    /// Whether they are there to be looked at: most say nothing, or several say nothing and no two
    /// are alike.
    fn adorn(&self) -> bool {
        let all: Vec<&str> = self.telling.iter().chain(&self.pictures).copied().collect();
        let different: FxHashSet<&str> = all.iter().copied().collect();
        let no_two = self.pictures.len() > 1 && different.len() == all.len();
        !self.pictures.is_empty() && (self.pictures.len() >= self.telling.len() || no_two)
    }
}

impl MarkdownReader<'_> {
    /// The items of lists in which signs are pictures. An item with a box says its status by that.
    pub(super) fn adorned_items(&self) -> FxHashSet<usize> {
        let mut adorned = FxHashSet::default();
        let is_picture = |item| {
            let mut signs = Signs::default();
            self.sign_into(&mut signs, item);
            !signs.pictures.is_empty()
        };
        if !self.profile.markers.bare || !self.markdown.items.iter().any(is_picture) {
            return adorned;
        }
        for list in self.lists() {
            let mut signs = Signs::default();
            for at in &list {
                self.sign_into(&mut signs, &self.markdown.items[*at]);
            }
            if signs.adorn() {
                adorned.extend(list);
            }
        }
        adorned
    }

    /// Whether another sign that says something stands among the words in front of the one that an item
    /// ends in: each speaks of a part of the line.
    pub(super) fn is_one_of_several(
        &self,
        vocabulary: &Vocabulary,
        item: &ListItem,
        said: &Reading,
    ) -> bool {
        let end = said.range.start.max(item.text.start) as usize;
        let before = TextRange::new(item.text.start as usize, end).of(self.text);
        let words = before.trim_start_matches(|c: char| !c.is_alphanumeric());
        let mut others = words.char_indices().filter(|(_, c)| reading::is_sign(*c));
        others.any(|(at, c)| {
            let sign = &words[at..at + c.len_utf8()];
            // `the 🔴 button` is about what has that colour.
            let behind = words[at + c.len_utf8()..].trim_start_matches(['\u{fe0f}', ' ']);
            match CIRCLES.contains(&c) {
                true => !behind.starts_with(char::is_lowercase),
                false => is_telling(vocabulary, sign),
            }
        })
    }

    fn sign_into<'t>(&'t self, signs: &mut Signs<'t>, item: &ListItem) {
        if item.check_box.is_some() {
            return;
        }
        let vocabulary = self.profile.vocabulary_of(self.role.boxes.what);
        let front = reading::sign_in_front(self.text, item.text);
        let behind = reading::sign_behind(self.text, item.text);
        let mut own = front.into_iter().chain(behind).map(|sign| sign.of(self.text)).peekable();
        let Some(first) = own.peek().copied() else { return };
        match own.find(|sign| is_telling(vocabulary, sign)) {
            Some(sign) => signs.telling.push(sign),
            None => signs.pictures.push(first),
        }
    }

    /// The items of each list: those of one item or section with nothing but blanks between.
    pub(super) fn lists(&self) -> Vec<Vec<usize>> {
        let items = &self.markdown.items;
        let mut lists: Vec<Vec<usize>> = Vec::new();
        // By depth, the list that an item might go on.
        let mut open: Vec<usize> = Vec::new();
        for (at, item) in items.iter().enumerate() {
            open.truncate(item.depth + 1);
            let before = open.get(item.depth).and_then(|list| lists[*list].last());
            let goes_on = before.is_some_and(|before| {
                let before = &items[*before];
                let between = self.text.get(before.range.end as usize..item.range.start as usize);
                before.parent == item.parent
                    && before.heading == item.heading
                    && between.is_some_and(|it| it.chars().all(|c| c.is_whitespace() || c == '>'))
            });
            if goes_on {
                lists[open[item.depth]].push(at);
                continue;
            }
            open.truncate(item.depth);
            open.resize(item.depth + 1, lists.len());
            lists.push(vec![at]);
        }
        lists
    }
}

/// Whether a sign says a status, here or elsewhere.
fn is_telling(vocabulary: &Vocabulary, sign: &str) -> bool {
    vocabulary.lookup(sign).is_some() || marker::is_status_sign(sign)
}

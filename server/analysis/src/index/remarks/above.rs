//! What a comment above a status tells of it: it may be the heading of what stands below, or about another.

use crate::index::Spot;
use crate::index::remarks::{is_foreign_aside, says_left, says_other, words};
use crate::model::time::TimeStamp;
use crate::profile::vocabulary::{StatusIdx, Vocabulary, normalise};

impl Spot<'_> {
    /// Whether a comment above the status speaks against another, or for more work to come.
    pub(super) fn tells_above(&self, comment: &str, to: StatusIdx) -> bool {
        let vocabulary = self.vocabulary();
        let (said, is_heading) = match self.titled(comment) {
            Some(title) => (behind_topic(vocabulary, title).unwrap_or(title), true),
            None => (of_state(vocabulary, comment), is_titled(comment)),
        };
        // In a title, what stands in brackets in letters like these belongs to the topic.
        let is_foreign = is_foreign_aside(said) && !(is_heading && is_in_latin(said));
        says_left(said)
            || (says_other(vocabulary, said, to) && !self.is_of_another(comment))
            || is_foreign
    }

    /// What stands behind the name of the entity, where a comment is its heading: `Epic Map: Draw it`.
    fn titled<'t>(&self, comment: &'t str) -> Option<&'t str> {
        let (label, title) = unframed(comment).split_once([':', '：'])?;
        let id = self.entity.id.as_ref()?;
        (normalise(label.trim()) == normalise(id.as_str())).then_some(title)
    }

    /// Whether a comment names another of the kind, and not this one: `before Epic 1 begins` above `epic-0`.
    fn is_of_another(&self, comment: &str) -> bool {
        let id = self.entity.id.as_ref().map(|id| id.as_str());
        let Some((kind, number)) = id.and_then(|id| id.split_once('-')) else { return false };
        let words: Vec<&str> = words(comment).collect();
        let mut named = words.windows(2).filter(|it| {
            it[0].eq_ignore_ascii_case(kind) && it[1].starts_with(|c: char| c.is_ascii_digit())
        });
        let is_kind = kind.chars().all(char::is_alphabetic);
        is_kind
            && named.clone().next().is_some()
            && named.all(|it| !it[1].eq_ignore_ascii_case(number))
    }
}

/// What a comment above a status can tell of it. The title of what stands below, `Epic 1: Failed orders`,
/// names its topic, and only what stands behind it in brackets or behind a dash tells more; that it was
/// added on some day is of its past.
pub(super) fn of_state<'t>(vocabulary: &Vocabulary, comment: &'t str) -> &'t str {
    let text = unframed(comment);
    let is_day = |word: &str| TimeStamp::parse(word).is_some();
    let added = text.split_once(' ').filter(|(first, _)| first.eq_ignore_ascii_case("added"));
    if let Some((_, behind)) = added.filter(|(_, behind)| behind.get(..10).is_some_and(is_day)) {
        return &behind[10..];
    }
    let title = title_of(text);
    title.and_then(|title| behind_topic(vocabulary, title)).unwrap_or(text)
}

/// What stands behind a label that ends in a number.
fn title_of(text: &str) -> Option<&str> {
    let at = text.find([':', '：']).or_else(|| text.find(". "))?;
    let (label, title) = text.split_at(at);
    let label = label.trim_end();
    let is_number =
        label.ends_with(|c: char| c.is_ascii_digit()) && label.split_whitespace().count() <= 2;
    is_number.then_some(title)
}

fn is_titled(comment: &str) -> bool {
    title_of(unframed(comment)).is_some()
}

/// What a title says behind its topic; `None` where that is a status.
fn behind_topic<'t>(vocabulary: &Vocabulary, title: &'t str) -> Option<&'t str> {
    let (topic, behind) = title.split_at(aside_at(title).unwrap_or(title.len()));
    let is_status = vocabulary.lookup(topic.trim_matches([':', '：', '.', ' '])).is_some();
    (!is_status).then_some(behind)
}

/// A comment without the lines that are drawn around it.
fn unframed(comment: &str) -> &str {
    let is_frame = |c: char| c.is_whitespace() || "#=*~-–—─━═".contains(c);
    comment.trim_matches(is_frame)
}

fn is_in_latin(text: &str) -> bool {
    let is_latin = |c: char| !c.is_alphabetic() || c < '\u{250}';
    text.chars().all(is_latin)
}

/// Where what stands in brackets or behind a dash begins.
pub(super) fn aside_at(text: &str) -> Option<usize> {
    let dash = text.find(" - ");
    text.find(['(', '（', '[', '—', '–']).into_iter().chain(dash).min()
}

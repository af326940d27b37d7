//! What is done as far as its author goes, and waits for somebody else.

use crate::index::Spot;

/// Words behind a status by which a part of the work is nobody's now.
const REST: &[&str] = &[
    "aguardando",
    "awaiting",
    "deferred",
    "esperando",
    "ожидает",
    "postponed",
    "waiting",
    "wartet",
];

impl Spot<'_> {
    /// Whether a status says that its author has nothing left to do: `Ready for review`, `Partial — 2 of 5
    /// deferred`.
    pub(super) fn is_left_to_others(&self) -> bool {
        // The words behind a box are its title.
        if self.occurrence.carrier.is_coarse() {
            return false;
        }
        let reading = &self.occurrence.reading;
        let (end, line) = (reading.range.end, self.occurrence.line);
        let text = &self.document.text;
        let behind = text.copy(end as usize..line.end.max(end) as usize).to_lowercase();
        let is_ready = reading.word.of(text).eq_ignore_ascii_case("ready");
        // `— awaiting Ann`, `— 2 of 5 deferred`, but not `— the waiting list`.
        let aside = behind.split(['|', '.', ';', '\n']).next().unwrap_or_default();
        let aside = aside.trim_matches(|c: char| c.is_whitespace() || "-–—,:()*_`".contains(c));
        let words: Vec<&str> =
            aside.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty()).collect();
        let is_rest = |word: Option<&&str>| word.is_some_and(|word| REST.contains(word));
        let is_counted = aside.starts_with(|c: char| c.is_ascii_digit()) && is_rest(words.last());
        let is_put_off = is_rest(words.first()) && words.get(1) != Some(&"list");
        is_ready && behind.starts_with(" for ") || is_put_off || is_counted
    }
}

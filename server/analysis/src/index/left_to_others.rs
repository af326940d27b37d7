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
        let mut words = behind.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty());
        is_ready && behind.starts_with(" for ") || words.any(|word| REST.contains(&word))
    }
}

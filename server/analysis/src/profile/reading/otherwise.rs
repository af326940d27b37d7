//! Words that take back what the sign before them seems to say.

/// What words behind a sign begin with that are no end of the work, though the sign looks like one.
const NO_END: &[&str] = &[
    "accepted",
    "almost",
    "approved",
    "mostly",
    "nearly",
    "parcial",
    "parcialmente",
    "partial",
    "partially",
    "partiellement",
    "ready",
    "teilweise",
    "частично",
];

/// Whether words behind a sign of what is finished tell that it is not: `✅ Approved`, `✅ Mostly there`,
/// `✅ All drawn - awaiting Ann`.
pub(super) fn says_otherwise(words: &str) -> bool {
    let words = words.to_lowercase();
    let mut words = words.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty());
    let first = words.next().unwrap_or_default();
    // What can be put to use is not yet.
    let is_product = first == "production" && words.clone().next() == Some("ready");
    is_product || NO_END.contains(&first) || words.any(|word| word == "awaiting")
}

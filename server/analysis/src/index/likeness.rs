//! How alike two names are, by their words.

/// The words of a name, without the short ones, each once and in order.
pub(super) fn words(normal: &str) -> Vec<&str> {
    let words = normal.split(|c: char| !c.is_alphanumeric());
    let mut words: Vec<&str> = words.filter(|word| word.chars().nth(2).is_some()).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// How alike two names are, in percent of all their words; nothing where less than half of the
/// shorter name's words stand in the longer one.
pub(super) fn likeness(a: &[&str], b: &[&str]) -> u32 {
    let shared = a.iter().filter(|word| b.binary_search(word).is_ok()).count();
    let shorter = a.len().min(b.len());
    if shorter == 0 || shared * 2 < shorter {
        return u32::from(shorter == 0);
    }
    u32::try_from(shared * 100 / (a.len() + b.len() - shared)).unwrap_or(100)
}

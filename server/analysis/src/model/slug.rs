//! Ids of what has only a title.

/// The first words of a title as an id.
pub(crate) fn slug(text: &str, words: usize) -> String {
    let text = text.split("](").next().unwrap_or(text);
    let parts: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(words)
        .map(str::to_lowercase)
        .collect();
    if parts.is_empty() { "item".to_owned() } else { parts.join("-") }
}

//! What programs do that have no transaction: the control of the experiments.

use std::fs;
use std::path::Path;

/// Changes one file: reads it, writes the new text beside it, looks whether it is still as it was,
/// and renames. Whether it was.
pub fn change(path: &Path, beside: &str, edit: impl Fn(&str) -> Option<String>) -> bool {
    let Ok(before) = fs::read_to_string(path) else { return false };
    let Some(after) = edit(&before) else { return false };
    let new = path.with_extension(beside);
    fs::write(&new, after).expect("a file");
    if !fs::read_to_string(path).is_ok_and(|now| now == before) {
        return false;
    }
    fs::rename(&new, path).is_ok()
}

/// The text with the number after the last `word` in it made what `next` says.
pub fn with_number(text: &str, word: &str, next: impl Fn(u64) -> u64) -> Option<String> {
    let at = text.rfind(word)? + word.len();
    let rest = text.get(at..)?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let number = rest.get(..digits)?.parse().ok()?;
    Some(format!("{}{}{}", text.get(..at)?, next(number), rest.get(digits..)?))
}

/// The number after the last `word` in the text.
pub fn number(text: &str, word: &str) -> Option<u64> {
    let rest = text.get(text.rfind(word)? + word.len()..)?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest.get(..digits)?.parse().ok()
}

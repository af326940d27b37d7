//! What becomes of files in the hands of people and programs: lines dropped, doubled, swapped and
//! cut, words replaced, indentation and line ends changed, the rest lost.

use super::Files;
use crate::support::report::Chance;

/// What may come to stand where a status stood, or any other word.
const WORDS: [&str; 20] = [
    "[COMPLETED]",
    "[IN PROGRESS]",
    "[BLOCKED]",
    "[completed]",
    "[COMPLETED",
    "COMPLETED",
    "✅ Completed",
    "(Planned)",
    "[SOMEDAY]",
    "ON HOLD",
    "completed",
    "in_progress",
    "not_started",
    "abandoned",
    "7",
    "",
    "- [x]",
    "- [ ]",
    "###",
    "[PLANND]",
];

/// Changes some of the files at some places.
pub fn damage(files: &mut Files, chance: &mut Chance) {
    let paths: Vec<String> = files.keys().cloned().collect();
    for _ in 0..1 + chance.below(4) {
        let path = &paths[chance.below(paths.len() as u64) as usize];
        if let Some(text) = files.get_mut(path) {
            *text = damaged(text, chance);
        }
    }
}

fn damaged(text: &str, chance: &mut Chance) -> String {
    match chance.below(20) {
        0 => return text.replace('\n', "\r\n"),
        1 => return text[..floor(text, chance.below(text.len() as u64 + 1) as usize)].to_owned(),
        2 => return text.replace("  ", "\t"),
        3 => return text.replace("\r\n", "\n"),
        4 => return format!("\u{feff}{text}"),
        _ => {}
    }
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    for _ in 0..1 + chance.below(4) {
        if lines.is_empty() {
            break;
        }
        let at = place(&lines, chance);
        match chance.below(9) {
            0 => drop(lines.remove(at)),
            1 => lines.insert(at, lines[at].clone()),
            2 => {
                let other = chance.below(lines.len() as u64) as usize;
                lines.swap(at, other);
            }
            3 => {
                let end = floor(&lines[at], chance.below(lines[at].len() as u64) as usize);
                lines[at] = format!("{}\n", &lines[at][..end]);
            }
            4 => lines[at] = format!("{}{}", ["  ", "    ", "\t", "> "][at % 4], lines[at]),
            5 => lines[at] = lines[at].trim_start().to_owned(),
            _ => lines[at] = reworded(&lines[at], chance),
        }
    }
    lines.concat()
}

/// A line, more often than not one that holds a status.
fn place(lines: &[String], chance: &mut Chance) -> usize {
    let at = chance.below(lines.len() as u64) as usize;
    if chance.below(3) == 0 {
        return at;
    }
    let telling = |line: &String| {
        let marks = ["tatus", "# ", "[x]", "[ ]", "project_number"];
        marks.iter().any(|mark| line.contains(mark))
    };
    lines[at..].iter().position(telling).map_or(at, |found| at + found)
}

/// The line with its status, or with some word, replaced.
fn reworded(line: &str, chance: &mut Chance) -> String {
    let word = WORDS[chance.below(WORDS.len() as u64) as usize];
    if let Some(colon) = line.find("tatus").and_then(|at| Some(at + line[at..].find(':')?)) {
        let value = &line[colon + 1..];
        let quoted = value.trim_start().starts_with('"');
        let end = if value.trim_end().ends_with(',') { ",\n" } else { "\n" };
        return match quoted {
            true => format!("{}: \"{word}\"{end}", &line[..colon]),
            false => format!("{} {word}\n", &line[..colon + 1 + stars(value)]),
        };
    }
    let starts: Vec<usize> = line
        .char_indices()
        .filter(|(at, c)| c.is_alphanumeric() && !line[..*at].ends_with(char::is_alphanumeric))
        .map(|(at, _)| at)
        .collect();
    if starts.is_empty() {
        return format!("{word}{line}");
    }
    let start = starts[chance.below(starts.len() as u64) as usize];
    let rest = &line[start..];
    let len = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    format!("{}{word}{}", &line[..start], &rest[len..])
}

/// The emphasis that ends behind a field's colon.
fn stars(value: &str) -> usize {
    value.len() - value.trim_start_matches('*').len()
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

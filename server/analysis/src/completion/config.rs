//! Keys and values of `lockstep.toml`.

use crate::analysis::Analysis;
use crate::completion::{Completion, CompletionKind, Line, plain};
use crate::profile::builtin;
use crate::profile::keys::{Key, Kind, PROFILE, SETTINGS, SEVERITIES};
use crate::rules::RULES;
use crate::snapshot::CONFIG;
use crate::text::TextRange;

/// What can stand at a cursor in the configuration.
pub(super) fn completions(analysis: &Analysis, offset: usize) -> Vec<Completion> {
    let Some((text, lines)) = analysis.source(CONFIG) else { return Vec::new() };
    let range = lines.line_range(lines.line_col(offset).line);
    let own = text.copy(range.bytes());
    let line = Line::of(range.start as usize, own.trim_end_matches(['\n', '\r']), offset);
    let above = text.copy(0..range.start as usize);
    let before = line.before.trim_start();
    if before.starts_with('#') {
        return Vec::new();
    }
    if let Some(path) = before.strip_prefix('[') {
        return tables(&line, path);
    }
    let table = table_at(&above);
    match before.split_once('=') {
        Some((key, _)) => values(&line, &table, key.trim()),
        None => keys(&line, &table, &above),
    }
}

/// The path of the table that the last lines of a text are in.
fn table_at(above: &str) -> Vec<String> {
    let mut headers = above.lines().rev().filter_map(|line| {
        let inner = line.trim().strip_prefix('[')?.trim_start_matches('[');
        Some(inner.split(']').next().unwrap_or_default().to_owned())
    });
    let header = headers.next().unwrap_or_default();
    let parts = header.split('.').map(|part| part.trim().trim_matches(['"', '\'']).to_owned());
    parts.filter(|part| !part.is_empty()).collect()
}

/// The keys of the root: those of the settings, and of the profile beside them.
fn root() -> impl Iterator<Item = &'static Key> {
    SETTINGS.iter().chain(PROFILE)
}

fn named(keys: impl IntoIterator<Item = &'static Key>, name: &str) -> Option<&'static Key> {
    keys.into_iter().find(|key| key.name == name)
}

/// What a table holds: its keys, or its kind where it holds names.
fn of_table(path: &[String]) -> Option<(Vec<&'static Key>, Option<Kind>)> {
    let Some((first, rest)) = path.split_first() else { return Some((root().collect(), None)) };
    let mut key = named(root(), first)?;
    for name in rest {
        // Where it is the name of one of several, such as a strategy, nothing is known of it.
        key = named(key.kind.keys(), name)?;
    }
    Some((key.kind.keys().iter().collect(), Some(key.kind)))
}

fn word(line: &Line) -> TextRange {
    line.word(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
}

fn documented(key: &Key) -> String {
    match key.default {
        "" => key.doc.to_owned(),
        default => format!("{}\n\nDefault: {default}", key.doc),
    }
}

/// Tables that may be opened: `[rules]`, `[[allow]]`.
fn tables(line: &Line, path: &str) -> Vec<Completion> {
    let brackets = line.before.len() - line.before.trim_start().trim_start_matches('[').len();
    let (outer, _) = path.trim_start_matches('[').rsplit_once('.').unwrap_or(("", path));
    let outer: Vec<String> =
        outer.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let Some((keys, _)) = of_table(&outer) else { return Vec::new() };
    let is_table = |key: &&Key| match key.kind {
        Kind::Table(_) | Kind::Names | Kind::NameLists | Kind::Severities => brackets < 2,
        Kind::Tables(_) | Kind::TablesOrName(_) => line.before.trim_start().starts_with("[["),
        _ => false,
    };
    let range = word(line);
    let item = |key: &Key| Completion {
        documentation: documented(key),
        ..plain(CompletionKind::Key, range, key.name, "table")
    };
    keys.into_iter().filter(is_table).map(item).collect()
}

/// The keys of a table that it has not yet.
fn keys(line: &Line, table: &[String], above: &str) -> Vec<Completion> {
    let Some((keys, kind)) = of_table(table) else { return Vec::new() };
    let range = word(line);
    let with_value = |name: &str| match line.behind.contains('=') {
        true => name.to_owned(),
        false => format!("{name} = "),
    };
    let own = above.lines().rev().take_while(|line| !line.trim_start().starts_with('['));
    let written: Vec<&str> =
        own.filter_map(|line| line.split_once('=')).map(|(key, _)| key.trim()).collect();
    let item = |name: &str, detail: &str, documentation: String| Completion {
        label: name.to_owned(),
        filter: name.to_owned(),
        documentation,
        ..plain(CompletionKind::Key, range, &with_value(name), detail)
    };
    if matches!(kind, Some(Kind::Severities)) {
        let rules = RULES.iter().filter(|rule| !written.contains(&rule.id));
        return rules.map(|rule| item(rule.id, rule.summary, rule.doc.to_owned())).collect();
    }
    let is_value = |key: &&Key| !matches!(key.kind, Kind::Table(_) | Kind::Tables(_));
    let keys = keys.into_iter().filter(is_value).filter(|key| !written.contains(&key.name));
    keys.map(|key| item(key.name, key.example, documented(key))).collect()
}

/// The values of a key that has only a few.
fn values(line: &Line, table: &[String], key: &str) -> Vec<Completion> {
    let Some((keys, kind)) = of_table(table) else { return Vec::new() };
    let kind = match kind {
        Some(Kind::Severities) => Kind::Word(SEVERITIES),
        _ => match named(keys, key) {
            Some(key) => key.kind,
            None => return Vec::new(),
        },
    };
    let range = word(line);
    let in_quotes = line.before.matches('"').count() % 2 == 1;
    let value = |word: &str, detail: &str| {
        let insert = if in_quotes { word.to_owned() } else { format!("\"{word}\"") };
        let filter = if in_quotes { word.to_owned() } else { insert.clone() };
        let plain = plain(CompletionKind::Value, range, &insert, detail);
        Completion { label: word.to_owned(), filter, ..plain }
    };
    match kind {
        Kind::Flag => {
            ["true", "false"].map(|word| plain(CompletionKind::Value, range, word, "")).into()
        }
        Kind::Rule => RULES.iter().map(|rule| value(rule.id, rule.summary)).collect(),
        Kind::Builtin => builtin::SOURCES.iter().map(|it| value(it.id, "profile")).collect(),
        kind => kind.words().iter().map(|word| value(word, "")).collect(),
    }
}

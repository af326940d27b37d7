//! One TOML table, taken out key by key.

use globset::{GlobMatcher, GlobSet};
use regex::Regex;

use crate::profile::decode::Decoder;
use crate::profile::keys::{self, Kind, SEVERITIES};
use crate::profile::node::{Node, NodeKey, Value};
use crate::profile::{Severity, SeveritySetting};
use crate::text::TextRange;

/// A value with the place it stands.
pub(super) type Placed<T> = (T, Option<TextRange>);

/// A table whose keys are taken out one by one.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    pub(super) rows: &'a [(NodeKey, Node)],
    /// The keys that are read from it.
    own: &'static [keys::Key],
    /// The keys that may stand in it too, and are read elsewhere.
    beside: &'static [keys::Key],
    taken: Vec<&'static str>,
    pub(super) range: Option<TextRange>,
}

impl<'a> Table<'a> {
    pub(super) fn new(
        rows: &'a [(NodeKey, Node)],
        own: &'static [keys::Key],
        range: Option<TextRange>,
    ) -> Table<'a> {
        Table { rows, own, beside: &[], taken: Vec::new(), range }
    }

    /// With keys that are read elsewhere.
    pub(crate) fn beside(self, beside: &'static [keys::Key]) -> Table<'a> {
        Table { beside, ..self }
    }

    fn known(&self) -> impl Iterator<Item = &'static keys::Key> {
        self.own.iter().chain(self.beside)
    }

    /// What a key holds. There is no key that [`keys`] does not list.
    pub(super) fn kind(&self, key: &str) -> Kind {
        let found = self.known().find(|known| known.name == key);
        debug_assert!(found.is_some(), "`{key}` is not listed");
        found.map_or(Kind::Text, |known| known.kind)
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.rows.iter().any(|(k, _)| k.name == key)
    }

    /// Where a key stands.
    pub(crate) fn key_range(&self, key: &str) -> Option<TextRange> {
        self.rows.iter().find(|(k, _)| k.name == key).and_then(|(k, _)| k.range)
    }

    /// A string, or a number as text.
    pub(crate) fn word(&mut self, d: &mut Decoder, key: &'static str) -> Option<String> {
        match self.rows.iter().find(|(k, _)| k.name == key).map(|(_, node)| &node.value) {
            Some(Value::Integer(number)) => {
                self.take(key);
                Some(number.to_string())
            }
            _ => self.string(d, key).map(|(text, _)| text),
        }
    }

    pub(super) fn take(&mut self, key: &'static str) -> Option<&'a Node> {
        debug_assert!(self.known().any(|known| known.name == key), "`{key}` is not listed");
        self.taken.push(key);
        self.rows.iter().find(|(k, _)| k.name == key).map(|(_, node)| node)
    }

    pub(crate) fn string(&mut self, d: &mut Decoder, key: &'static str) -> Option<Placed<String>> {
        let node = self.take(key)?;
        match &node.value {
            Value::String(text) => Some((text.clone(), node.range)),
            other => {
                d.report(node.range, format!("`{key}` must be a string, not {}", other.kind()));
                None
            }
        }
    }

    /// One of the words that the key may be.
    pub(crate) fn choice(&mut self, d: &mut Decoder, key: &'static str) -> Option<&'static str> {
        let (word, range) = self.string(d, key)?;
        let known = self.kind(key).words();
        let found = known.iter().find(|known| **known == word).copied();
        if found.is_none() {
            d.unknown(&format!("value of `{key}`:"), &word, range, known);
        }
        found
    }

    pub(in crate::profile) fn number(&mut self, d: &mut Decoder, key: &'static str) -> Option<u32> {
        let node = self.take(key)?;
        match &node.value {
            Value::Integer(n) if u32::try_from(*n).is_ok() => u32::try_from(*n).ok(),
            other => {
                let kind = match other {
                    Value::Integer(n) => n.to_string(),
                    other => other.kind().to_owned(),
                };
                d.report(node.range, format!("`{key}` must be a number from 0 on, not {kind}"));
                None
            }
        }
    }

    pub(super) fn flag(&mut self, d: &mut Decoder, key: &'static str) -> bool {
        match self.take(key) {
            None => false,
            Some(Node { value: Value::Boolean(flag), .. }) => *flag,
            Some(node) => {
                d.report(node.range, format!("`{key}` must be true or false"));
                false
            }
        }
    }

    pub(super) fn placed_strings(
        &mut self,
        d: &mut Decoder,
        key: &'static str,
    ) -> Vec<Placed<String>> {
        self.take(key).map(|node| d.string_list(node, key)).unwrap_or_default()
    }

    pub(crate) fn strings(&mut self, d: &mut Decoder, key: &'static str) -> Vec<String> {
        self.placed_strings(d, key).into_iter().map(|(text, _)| text).collect()
    }

    pub(crate) fn globs(&mut self, d: &mut Decoder, key: &'static str) -> GlobSet {
        let globs = self.placed_strings(d, key);
        d.glob_set(&globs)
    }

    pub(crate) fn glob(&mut self, d: &mut Decoder, key: &'static str) -> Option<GlobMatcher> {
        let (glob, range) = self.string(d, key)?;
        Some(d.glob(&glob, range)?.compile_matcher())
    }

    pub(super) fn regex(&mut self, d: &mut Decoder, key: &'static str) -> Option<Regex> {
        let (source, range) = self.string(d, key)?;
        d.regex(&source, range, key)
    }

    pub(crate) fn tables(&mut self, d: &mut Decoder, key: &'static str) -> Vec<Table<'a>> {
        let Some(node) = self.take(key) else { return Vec::new() };
        let Value::Array(items) = &node.value else {
            d.report(node.range, format!("`{key}` must be written as [[{key}]]"));
            return Vec::new();
        };
        let own = self.kind(key).keys();
        items.iter().filter_map(|item| d.table(item, key, own)).collect()
    }

    pub(crate) fn sub<T>(
        &mut self,
        d: &mut Decoder,
        key: &'static str,
        decode: impl FnOnce(&mut Decoder, &mut Table<'a>) -> T,
    ) -> Option<T> {
        let node = self.take(key)?;
        let mut table = d.table(node, key, self.kind(key).keys())?;
        let out = decode(d, &mut table);
        table.finish(d);
        Some(out)
    }

    /// The rows of `[rules]`: name, place, severity.
    pub(crate) fn severities(
        &mut self,
        d: &mut Decoder,
    ) -> Vec<(String, Option<TextRange>, SeveritySetting)> {
        let Some(node) = self.take("rules") else { return Vec::new() };
        let mut out = Vec::new();
        for (key, value) in d.rows(node, "`rules`") {
            let setting = match &value.value {
                Value::String(word) => match word.as_str() {
                    "off" => None,
                    "info" => Some(Severity::Info),
                    "warning" => Some(Severity::Warning),
                    "error" => Some(Severity::Error),
                    _ => {
                        d.unknown("severity", word, value.range, SEVERITIES);
                        continue;
                    }
                },
                other => {
                    let kind = other.kind();
                    let message = format!(
                        "a severity is \"off\", \"info\", \"warning\" or \"error\", not {kind}"
                    );
                    d.report(value.range, message);
                    continue;
                }
            };
            out.push((key.name.clone(), key.range, setting));
        }
        out
    }

    /// Reports a key that is missing.
    pub(crate) fn needs(&self, d: &mut Decoder, key: &str) {
        if !self.has(key) {
            d.report(self.range, format!("`{key}` is missing here"));
        }
    }

    /// Reports every key that is not listed.
    pub(crate) fn finish(self, d: &mut Decoder) {
        let left = self.own.iter().find(|known| !self.taken.contains(&known.name));
        debug_assert!(left.is_none(), "{left:?} is listed, and nobody reads it");
        let mut known: Vec<&str> = self.known().map(|known| known.name).collect();
        known.sort_unstable();
        for (key, _) in self.rows {
            if !known.contains(&key.name.as_str()) && key.range.is_some() {
                d.unknown("key", &key.name, key.range, &known);
            }
        }
    }
}

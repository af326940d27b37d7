//! Facts of a Markdown document.

mod allows;
mod fenced;
mod renumbered;

use regex::Regex;
use rustc_hash::FxHashMap;

use crate::model::carrier::markdown_reader::{MarkdownReader, plain};
use crate::model::carriers::CARRIERS;
use crate::model::slug::slug;
use crate::model::{CounterFact, EntityIdx, Facts, Link, Occurrence, legend, link_path, title};
use crate::profile::reading::{self, Shape};
use crate::profile::vocabulary::StatusIdx;
use crate::profile::{DocumentRule, EntityKind, Profile, When};
use crate::syntax::SyntaxError;
use crate::syntax::front_matter::{self, FrontMatter};
use crate::syntax::markdown::{Markdown, conflict};
use crate::text::TextRange;

/// Reads `text` into `facts`.
pub(super) fn read(profile: &Profile, text: &str, facts: &mut Facts) {
    let by_name = profile.role(facts.role).is_read_by_name();
    let markdown = if by_name { front_matter_alone(text) } else { Markdown::parse(text) };
    facts.problems = markdown.problems.clone();
    facts.legend = legend::explained(text);
    let mut reader = MarkdownReader::new(profile, text, &markdown, facts);
    reader.document();
    for read in CARRIERS.iter().filter_map(|carrier| carrier.of_markdown) {
        read(&mut reader);
    }
    reader.words_before_boxes();
    reader.links();
    reader.front_matter();
    reader.unspaced_section();
    reader.explained();
    reader.allows();
    reader.renumbered();
    reader.fenced();
    reader.drop_conditional();
}

/// A document of which only front matter is read. Nothing is changed there, so that what is no YAML is
/// nobody's fault.
fn front_matter_alone(text: &str) -> Markdown {
    let front = front_matter::of(text).map(|front| FrontMatter { problems: Vec::new(), ..front });
    Markdown { front_matter: front, ..Markdown::default() }
}

impl MarkdownReader<'_> {
    fn document(&mut self) {
        let Some(rule) = &self.role.document else { return };
        if rule.id_from_path && self.facts.captures.id.is_none() {
            return;
        }
        let top = self.markdown.headings.iter().find(|h| h.level == 1 && !h.in_quote);
        // What says the status says no title.
        let is_status = |text: TextRange| {
            rule.status_section.as_ref().is_some_and(|own| own.is_match(text.of(self.text)))
        };
        let first = self.markdown.headings.iter().find(|heading| !is_status(heading.text));
        let name = top.or(first).map_or(TextRange::empty(0), |h| h.text);
        let mut entity = self.entity(rule.what, name, TextRange::new(0, self.text.len()));
        entity.title = plain(name.of(self.text)).into();
        if let Some(heading) = &rule.heading {
            // Without any heading, front matter says the title, or the name of the file who it is.
            let told = || self.told_title(rule).or(self.facts.captures.id.as_deref());
            let title = first.map_or_else(|| told().unwrap_or_default(), |_| name.of(self.text));
            let found = heading.captures(title);
            entity.by_key = found.is_none();
            if entity.by_key && !(rule.companions && self.facts.captures.id.is_some()) {
                return;
            }
            let group = |name: &str| found.as_ref().and_then(|found| found.name(name));
            entity.id = group("id").and_then(|id| self.profile.ids.parse(id.as_str()));
            if let Some(title) = group("title") {
                entity.title = plain(title.as_str()).into();
            }
        }
        let front = |key: &Option<String>| self.told_in_front(key);
        if let Some(title) = rule.title_section.as_ref().and_then(|own| self.title_in(own, name)) {
            entity.title = plain(title).into();
        }
        // Below no heading of all of it, the first one is of a part.
        let is_told = |it: &&str| !matches!(*it, "" | "~" | "null");
        let of_front = || self.front_value("title").filter(|_| top.is_none()).map(|it| &*it.text);
        if let Some(title) = self.told_title(rule) {
            entity.title = title.into();
        } else if let Some(title) = of_front().filter(is_told) {
            entity.title = plain(title).into();
        }
        let heading = first.map(|_| name.of(self.text)).filter(|_| !rule.id_from_stem);
        let named = self.named_in_full(heading.unwrap_or_default());
        if let Some((_, title)) = named {
            entity.title = plain(title).into();
        }
        let of_path = named.map(|(id, _)| id).or(self.facts.captures.id.as_deref());
        let captured = front(&rule.id_key).or(of_path);
        entity.id = captured.and_then(|id| self.profile.ids.parse(id)).or(entity.id);
        if entity.id.is_none() && rule.id_from_stem {
            let stem = self.facts.captures.stem.as_deref().unwrap_or("document");
            entity.id = self.profile.ids.parse(&slug(stem, 12));
            entity.derived_id = true;
        }
        if let (true, Some(id)) = (rule.title_from_id, &entity.id) {
            entity.title = id.as_str().into();
        }
        let id = entity.id.as_ref().map(|id| id.as_str());
        if let Some(words) = id.and_then(|id| title::behind_id(&entity.title, id)) {
            entity.title = words.into();
        }
        entity.derived = rule.derived;
        entity.fixed = rule.status.filter(|fixed| self.states_no_other(rule, *fixed));
        if rule.when != When::Always {
            self.conditional.push((self.facts.entities.len(), rule.when));
        }
        self.document = Some(self.push(entity));
    }

    /// All of the name of a file in capitals that begins with an id or may be one, where its heading begins with
    /// it, too, and what follows there: `W2-DRAW.md` with `# W2-DRAW: Draw it` is another than `W2-PRINT.md`.
    fn named_in_full<'h>(&self, heading: &'h str) -> Option<(&str, &'h str)> {
        let captures = &self.facts.captures;
        let (id, stem) = (captures.id.as_deref().unwrap_or_default(), captures.stem.as_deref()?);
        let is_longer =
            stem.len() > id.len() && stem.starts_with(id) && !stem.contains(char::is_lowercase);
        let title = title::behind_id(heading, stem).filter(|_| is_longer)?;
        Some((stem, title))
    }

    /// What a key of the front matter says, where it says something.
    fn told_in_front(&self, key: &Option<String>) -> Option<&str> {
        let told = self.front_value(key.as_deref()?).map(|entry| &*entry.text);
        told.filter(|told| !told.is_empty())
    }

    fn told_title(&self, rule: &DocumentRule) -> Option<&str> {
        self.told_in_front(&rule.title_key)
    }

    /// The title that another heading says than the first one, of its level.
    fn title_in(&self, own: &Regex, first: TextRange) -> Option<&str> {
        let headings = &self.markdown.headings;
        let level = headings.iter().find(|heading| heading.text == first)?.level;
        let mut beside = headings.iter().filter(|it| it.level == level && !it.in_quote);
        let found = beside.find_map(|it| own.captures(it.text.of(self.text)))?;
        found.name("title").map(|title| title.as_str())
    }

    /// Whether the front matter of a document that has a status by being there says no other.
    fn states_no_other(&self, rule: &DocumentRule, fixed: StatusIdx) -> bool {
        let names = self.profile.fields.status.iter().map(String::as_str).chain(["status"]);
        let said = names.into_iter().find_map(|name| self.front_value(name));
        let vocabulary = self.profile.vocabulary_of(rule.what);
        let is_said = |text: &str| vocabulary.lookup(text) == Some(fixed);
        said.is_none_or(|entry| entry.text.is_empty() || is_said(&entry.text))
    }

    /// A sign means what the word says that stands beside the same sign in another place of its entity.
    fn explained(&mut self) {
        let is_sign = |raw: &str| !raw.is_empty() && raw.chars().all(reading::is_sign_part);
        let bare = |raw: &str| raw.replace('\u{fe0f}', "");
        let all = &mut self.facts.occurrences;
        if all.iter().all(|it| it.reading.shape != Shape::Sign) {
            return;
        }
        let mut words: FxHashMap<EntityIdx, Vec<usize>> = FxHashMap::default();
        for (at, it) in all.iter().enumerate() {
            let is_word =
                it.reading.status.is_some() && !is_sign(&bare(it.reading.range.of(self.text)));
            if is_word {
                words.entry(it.entity).or_default().push(at);
            }
        }
        for at in 0..all.len() {
            let own = &all[at];
            let sign = bare(own.reading.range.of(self.text));
            if own.reading.shape != Shape::Sign || !is_sign(&sign) {
                continue;
            }
            let explains = |it: &&Occurrence| {
                let raw = bare(it.reading.range.of(self.text));
                raw.strip_prefix(&sign).is_some_and(|word| !word.trim().is_empty())
            };
            let beside = words.get(&own.entity).into_iter().flatten().map(|at| &all[*at]);
            if let Some(status) = beside.into_iter().find(explains).map(|it| it.reading.status) {
                all[at].reading.status = status;
            }
        }
    }

    fn links(&mut self) {
        for link in &self.markdown.links {
            if link.image {
                continue;
            }
            if let Some(target) = link_path(link.target.of(self.text)) {
                let entity =
                    self.item_around(link.target).or_else(|| self.section_of(link.heading));
                self.facts.links.push(Link { entity, target: target.into(), range: link.target });
            }
        }
    }

    /// The task that an item is which holds a place, where the item says its id.
    fn item_around(&self, target: TextRange) -> Option<EntityIdx> {
        let items = &self.markdown.items;
        let mut at = items.partition_point(|item| item.range.start <= target.start).checked_sub(1);
        while let Some(item) = at {
            let own = self.of_item[item].filter(|own| {
                let entity = &self.facts.entities[*own];
                entity.kind == EntityKind::Task && !entity.derived_id
            });
            if own.is_some() && items[item].range.contains_range(target) {
                return own;
            }
            at = items[item].parent;
        }
        None
    }

    fn front_matter(&mut self) {
        let is_conflict = |problem: &&SyntaxError| conflict::is_conflict(problem, self.text);
        let conflict = self.markdown.problems.iter().find(is_conflict).cloned();
        let role = self.facts.role;
        let is_counted = self.profile.counters.iter().any(|counter| counter.role == role);
        let key = self.role.document.as_ref().and_then(|rule| rule.front_matter.as_deref());
        let Some(front) = &self.markdown.front_matter else {
            let never_closed = |problem: &&SyntaxError| problem.range.of(self.text) == "---";
            let first = self.markdown.problems.iter().find(never_closed);
            let is_read = is_counted || (key.is_some() && !self.is_of_any_kind());
            self.facts.broken = conflict.or(first.filter(|_| is_read).cloned());
            return;
        };
        // One bad value hides no other, so that a status that is found is the one.
        let is_sought = key.is_some() && !self.has_front_status && !self.is_of_any_kind();
        let is_read = is_counted || is_sought;
        let by_file = self.role.document.as_ref().is_some_and(|rule| rule.status.is_some());
        if is_read || !(self.has_front_status || by_file) {
            self.facts.problems.extend(front.problems.iter().cloned());
        }
        self.facts.broken = conflict.or(front.problems.first().filter(|_| is_read).cloned());
        for (counter, def) in self.profile.counters.iter().enumerate() {
            if def.role != self.facts.role {
                continue;
            }
            if let Some(entry) = front.entries.iter().find(|entry| entry.path == def.key) {
                let value = entry.text.trim().parse().ok();
                self.facts.counters.push(CounterFact::new(counter, value, self.text, entry.value));
            }
        }
    }
}

#[cfg(test)]
mod tests;

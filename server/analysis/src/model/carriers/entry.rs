//! `- [IN PROGRESS] Title`, `- **12** [BLOCKED] — Title`: a marker in a list entry.

use crate::model::carrier::markdown_reader::{MarkdownReader, plain};
use crate::model::carrier::{Carrier, Form, Spelled};
use crate::model::carriers::{marker, old_status};
use crate::profile::vocabulary::StatusDef;
use crate::profile::{EntityKind, reading};
use crate::syntax::markdown::ListItem;
use crate::text::TextRange;
use crate::text::shared_text::SharedText;

/// The carrier.
pub(super) static CARRIER: Carrier = Carrier {
    id: "entry",
    of_markdown: Some(|reader| reader.entries()),
    respelled,
    ..marker::CARRIER
};

fn respelled(form: Form<'_>, def: &StatusDef, day: Option<&str>) -> Spelled {
    let (said, line) = (form.occurrence.reading.range, form.occurrence.line);
    let words = TextRange::new(said.end as usize, (line.end as usize).max(said.end as usize));
    marker::uncontradicted(form, words, def)?;
    let before = TextRange::new(line.start as usize, said.start as usize);
    old_status::unbound(form, bulleted(form.text, before), def)?;
    old_status::unbound(form, words, def)?;
    if !before.of(form.text).contains(']') {
        old_status::over(form, words, def)?;
    }
    (marker::CARRIER.respelled)(form, def, day)
}

impl MarkdownReader<'_> {
    /// List entries that name a task of another place.
    fn entries(&mut self) {
        if self.role.entries.is_empty() {
            return;
        }
        for (at, item) in self.markdown.items.iter().enumerate() {
            if self.entry(item) {
                self.taken.insert(at);
            }
        }
    }

    /// An entry that names a task of another place.
    fn entry(&mut self, item: &ListItem) -> bool {
        let role = self.role;
        for rule in &role.entries {
            if rule.section.is_some() {
                continue;
            }
            let start = item.text.start as usize;
            let Some(found) = rule.text.captures(item.text.of(self.text)) else { continue };
            let inside = self.section_of(item.heading).filter(|idx| self.counts(*idx));
            if inside.is_some_and(|idx| self.facts.entities[idx].kind == EntityKind::Task) {
                return false;
            }
            let group = |name: &str| {
                found.name(name).map(|m| TextRange::new(start + m.start(), start + m.end()))
            };
            let id = group("id").and_then(|id| self.profile.ids.parse(id.of(self.text)));
            let (Some(id), Some(status)) = (id, group("status")) else { continue };
            let vocabulary = self.profile.vocabulary_of(rule.what);
            let style = &self.profile.markers;
            let Some(reading) = reading::read_field(vocabulary, style, self.text, status) else {
                continue;
            };
            let mut entity = self.entity(rule.what, status, item.line);
            entity.name = group("id").unwrap_or(status);
            entity.id = Some(id);
            entity.mention = true;
            entity.rank = rule.rank;
            let rest = TextRange::new(status.end as usize, item.text.end as usize);
            let title = group("title").filter(|title| !title.is_empty()).unwrap_or(rest);
            entity.title =
                plain(title.of(self.text).trim_start_matches([' ', '-', '–', '—', ':'])).into();
            let idx = self.push(entity);
            self.occurrence(idx, &CARRIER, reading, item.line);
            return true;
        }
        false
    }
}

/// What stands in a line behind its bullet or number.
fn bulleted(text: &SharedText, before: TextRange) -> TextRange {
    let said = before.of(text);
    let own = said.trim_start_matches(|c: char| c.is_whitespace() || c == '>');
    let digits = own.trim_start_matches(|c: char| c.is_ascii_digit());
    let own = match digits.len() < own.len() {
        true => digits.strip_prefix(['.', ')']).unwrap_or(own),
        false => own.strip_prefix(['-', '*', '+']).unwrap_or(own),
    };
    TextRange::new(before.end as usize - own.trim_start().len(), before.end as usize)
}

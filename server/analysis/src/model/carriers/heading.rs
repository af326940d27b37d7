//! `### Phase 1: Title [COMPLETED]`: a marker in a heading. Signs at either end of the title may say
//! the status again.

use std::ops::Range;

use crate::model::EntityIdx;
use crate::model::carrier::markdown_reader::{MarkdownReader, plain};
use crate::model::carrier::{Carrier, Form, Spelled};
use crate::model::carriers::{check_box, marker};
use crate::profile::reading::{self, Reading, Shape};
use crate::profile::vocabulary::StatusDef;
use crate::profile::{EntityKind, EntityType, SectionRule, When};
use crate::syntax::markdown::Heading;
use crate::text::TextRange;

/// The carrier.
pub(super) static CARRIER: Carrier = Carrier {
    id: "heading",
    of_markdown: Some(|reader| reader.headings()),
    respelled,
    ..marker::CARRIER
};

fn respelled(form: Form<'_>, def: &StatusDef, day: Option<&str>) -> Spelled {
    let mut edits = (marker::CARRIER.respelled)(form, def, day)?;
    let line = form.occurrence.line;
    let before = TextRange::new(line.start as usize, form.range().start as usize);
    let before = reading::trim(form.text, before, |c| c.is_whitespace() || "#*_`-–—:|".contains(c));
    let title = before.of(form.text);
    let len = |it: String| it.len();
    let first = len(title.chars().take_while(marker::is_sign_part).collect());
    let last = len(title.chars().rev().take_while(marker::is_sign_part).collect());
    let (start, end) = (before.start as usize, before.end as usize);
    edits.extend(marker::sign_in(form, TextRange::new(start, start + first), def)?);
    if first < title.len() {
        edits.extend(marker::sign_in(form, TextRange::new(end - last, end), def)?);
    }
    Ok(edits)
}

impl MarkdownReader<'_> {
    fn headings(&mut self) {
        for at in 0..self.markdown.headings.len() {
            let heading = &self.markdown.headings[at];
            if heading.in_quote {
                continue;
            }
            let role = self.role;
            for rule in &role.sections {
                if rule.levels.contains(&heading.level)
                    && let Some(idx) = self.section(rule, heading)
                {
                    self.of_heading[at] = Some(idx);
                    break;
                }
            }
        }
    }

    fn section(&mut self, rule: &SectionRule, heading: &Heading) -> Option<EntityIdx> {
        let raw = heading.text.of(self.text);
        let (found, title) = rule.heading.captures(raw)?;
        let start = heading.text.start as usize;
        let at = |found: Range<usize>| TextRange::new(start + found.start, start + found.end);
        let group = |name: &str| found.name(name).map(|m| at(m.range()));
        let title = title.map_or(TextRange::empty(heading.text.end as usize), at);
        let vocabulary = self.profile.vocabulary_of(rule.what);
        let style = &self.profile.markers;
        let (title, marker) = reading::read_trailing(vocabulary, style, self.text, title);
        let title = reading::trim(self.text, title, |c| {
            c.is_whitespace() || matches!(c, ':' | '.' | '-' | '–' | '—')
        });
        let mut entity = self.entity(rule.what, heading.text, heading.section);
        entity.title = plain(title.of(self.text)).into();
        entity.number = group("number").map(|n| n.of(self.text).into());
        entity.id = group("id").and_then(|id| self.profile.ids.parse(id.of(self.text)));
        if let (None, Some(link)) = (&entity.id, &rule.link) {
            entity.id = Some(self.linked_id(heading.section, link)?);
        }
        entity.derived = rule.derived;
        entity.parent = self.section_of(heading.parent);
        entity.section = heading.parent.map(|at| self.markdown.headings[at].range.start);
        if rule.when != When::Always {
            self.conditional.push((self.facts.entities.len(), rule.when));
        }
        let idx = self.push(entity);
        let marker = marker.map(|reading| (&CARRIER, reading));
        let leading = || group("status").and_then(|range| self.heading_status(rule.what, range));
        // A task states its status in words; the sign before it is decoration.
        let is_phase = rule.what.kind == EntityKind::Phase;
        let sign = || reading::read_sign_before(vocabulary, self.text, heading.text);
        let sign = || sign().filter(|_| is_phase).map(|reading| (&CARRIER, reading));
        if let Some((kind, reading)) = marker.or_else(leading).or_else(sign) {
            self.occurrence(idx, kind, reading, heading.range);
        }
        Some(idx)
    }

    /// A known status in brackets in front of a heading's title: `[x]` or `[PLANNED]`.
    fn heading_status(
        &self,
        what: EntityType,
        range: TextRange,
    ) -> Option<(&'static Carrier, Reading)> {
        let vocabulary = self.profile.vocabulary_of(what);
        let mark = TextRange::new(range.start as usize + 1, range.end as usize - 1);
        if mark.of(self.text).chars().count() <= 1 {
            let status = Some(vocabulary.lookup_box(mark.of(self.text))?);
            let reading = Reading { range: mark, word: mark, status, shape: Shape::Exact };
            return Some((&check_box::CARRIER, reading));
        }
        let style = &self.profile.markers;
        let reading = reading::read_field(vocabulary, style, self.text, range)?;
        reading.status.is_some().then_some((&CARRIER, reading))
    }
}

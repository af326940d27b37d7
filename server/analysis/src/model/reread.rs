//! A document with another text, of which only the entity around the change is read again.
//!
//! The entity is read alone, as it was and as it is, between as much of the document as gives it its
//! place. Where it says alone what it says in the document, and the change moves no entity, what it says
//! now takes the place of what it said. Wherever that is not certain the whole text is read.

use std::cell::Cell;
use std::ops::Range;
use std::sync::Arc;

use crate::model::{
    Allow, CounterFact, Document, Entity, EntityIdx, Facts, Field, Link, from_json, from_markdown,
};
use crate::profile::{Format, Profile};
use crate::text::TextRange;

/// Shorter texts are read as fast as a whole. In bytes.
const WORTH: usize = if cfg!(test) { 1 } else { 16 * 1024 };

/// More than this is not read beside the entity. In bytes.
const MOST: usize = 64 * 1024;

impl Document {
    /// The same document with another text.
    pub fn with_text(&self, profile: &Profile, text: Arc<str>) -> Option<Document> {
        self.reread(profile, &text)
            .or_else(|| Document::read(profile, &self.path, text, self.facts.stray))
    }

    /// As [`Document::with_text`], if the change stays within one entity that can be read alone.
    fn reread(&self, profile: &Profile, text: &Arc<str>) -> Option<Document> {
        if text.len() < WORTH || !self.facts.problems.is_empty() || self.facts.broken.is_some() {
            return None;
        }
        let change = Change::between(&self.text, text)?;
        let outermost = self.outermost(profile, &change)?;
        let window = self.facts.entities[outermost].range;
        let old = window.of(&self.text);
        let new = text.get(window.bytes().start..change.moved(window.end)?)?;
        let own = self.entities_in(outermost)?;
        let reading = Reading { document: self, profile, window, own, length: new.len() };
        let part = match profile.role(self.facts.role).format {
            Format::Markdown => {
                let frame = self.markdown_frame(outermost)?;
                let is_plain = is_plain(old) && is_plain(new) && !text.contains("]:");
                if !is_plain || !(new.ends_with('\n') || window.end as usize == self.text.len()) {
                    return None;
                }
                reading.part(old, new, &frame)?
            }
            Format::Json => {
                let mut frames =
                    profile.role(self.facts.role).records.iter().filter_map(json_frame);
                frames.find_map(|frame| reading.part(old, new, &frame))?
            }
        };
        let facts = reading.in_place(part, &change)?;
        let replaced = TextRange::new(change.start, change.old_end);
        let lines = self.lines.edited(text, replaced, change.new_end - change.start);
        let lineage = self.lineage.next(reading.own);
        Some(Document { path: self.path.clone(), text: text.clone(), lines, facts, lineage })
    }

    /// The outermost entity around the change that is not the document.
    fn outermost(&self, profile: &Profile, change: &Change) -> Option<EntityIdx> {
        let entities = &self.facts.entities;
        let is_before = |entity: &Entity| (entity.range.start as usize) < change.start;
        let mut outermost = entities.partition_point(is_before).checked_sub(1)?;
        let is_document = |at: EntityIdx| entities[at].range.len() == self.text.len();
        while let Some(parent) = entities[outermost].parent.filter(|parent| !is_document(*parent)) {
            outermost = parent;
        }
        let window = entities[outermost].range;
        let is_around = window.start > 0
            && window.len() <= MOST
            && is_before(&entities[outermost])
            && change.old_end <= window.end as usize;
        let is_one = || match profile.role(self.facts.role).format {
            Format::Json => change.old_end < window.end as usize,
            Format::Markdown => {
                let hashes = window.of(&self.text).bytes().take_while(|byte| *byte == b'#').count();
                let heading = window.start as usize + hashes + 1;
                hashes > 0
                    && heading <= change.start
                    && begins_heading(&self.text, window.start as usize)
                    && (window.end as usize == self.text.len()
                        || begins_heading(&self.text, window.end as usize))
            }
        };
        (is_around && is_one()).then_some(outermost)
    }

    /// The entities that stand in this one, with it; `None` where others are between them.
    fn entities_in(&self, outermost: EntityIdx) -> Option<Range<EntityIdx>> {
        let entities = &self.facts.entities;
        let window = entities[outermost].range;
        let behind = entities[outermost..].iter().take_while(|it| it.range.start < window.end);
        let own = outermost..outermost + behind.count();
        let is_within = |entity: &Entity| window.contains_range(entity.range);
        entities[own.clone()].iter().all(is_within).then_some(own)
    }

    /// What stands before the first entity, and the heading around the one in the window.
    fn markdown_frame(&self, outermost: EntityIdx) -> Option<Frame<'_>> {
        let mut entities = self.facts.entities.iter();
        let first = entities.find(|entity| entity.range.len() < self.text.len())?;
        let entity = &self.facts.entities[outermost];
        let head = TextRange::new(0, first.range.start.min(entity.range.start) as usize);
        let mut before = vec![head];
        if let Some(heading) = entity.section.filter(|at| *at >= head.end) {
            let start = heading as usize;
            let end = start + self.text.get(start..)?.find('\n')? + 1;
            if !begins_heading(&self.text, start) {
                return None;
            }
            before.push(TextRange::new(start, end));
        }
        let text: String = before.iter().map(|range| range.of(&self.text)).collect();
        let is_whole_line = head.is_empty() || head.of(&self.text).ends_with('\n');
        let frame = Frame { kept: before, before: text.into(), after: "".into() };
        (is_whole_line && frame.before.len() <= MOST).then_some(frame)
    }
}

/// Where two texts differ, on character boundaries.
struct Change {
    start: usize,
    old_end: usize,
    new_end: usize,
}

impl Change {
    fn between(old: &str, new: &str) -> Option<Change> {
        let (was, is) = (old.as_bytes(), new.as_bytes());
        let most = was.len().min(is.len());
        let mut start = alike(most, |from, to| was[from..to] == is[from..to]);
        let from_end = |text: &[u8], from: usize, to: usize| (text.len() - to, text.len() - from);
        let mut tail = alike(most - start, |from, to| {
            let (one, two) = (from_end(was, from, to), from_end(is, from, to));
            was[one.0..one.1] == is[two.0..two.1]
        });
        while !old.is_char_boundary(start) || !new.is_char_boundary(start) {
            start -= 1;
        }
        while !old.is_char_boundary(was.len() - tail) || !new.is_char_boundary(is.len() - tail) {
            tail -= 1;
        }
        let change = Change { start, old_end: was.len() - tail, new_end: is.len() - tail };
        (start < change.old_end || start < change.new_end).then_some(change)
    }

    /// Where what stands at `offset`, at or behind the end of the change, stands now.
    fn moved(&self, offset: u32) -> Option<usize> {
        (offset as usize + self.new_end).checked_sub(self.old_end)
    }
}

/// How far the first of `most` pairs are alike, by a comparison of many at once.
fn alike(most: usize, same: impl Fn(usize, usize) -> bool) -> usize {
    let mut at = 0;
    for step in [4096, 64, 1] {
        while at + step <= most && same(at, at + step) {
            at += step;
        }
    }
    at
}

/// Whether a heading with hashes begins at this offset, at the start of a line.
fn begins_heading(text: &str, at: usize) -> bool {
    let before = text.as_bytes().get(..at).and_then(<[u8]>::last);
    before.is_none_or(|byte| *byte == b'\n') && text.get(at..).is_some_and(|it| it.starts_with('#'))
}

/// Whether nothing in the text can reach beyond the section that it is, or hide what is in it.
fn is_plain(text: &str) -> bool {
    let far = ["```", "~~~", "<", "]:", "=======", ">>>>>>>", "|||||||"];
    !far.iter().any(|far| text.contains(far))
        && text.split('\r').skip(1).all(|it| it.starts_with('\n'))
}

/// What is read around an entity, so that it is read as in the document.
struct Frame<'t> {
    /// What it is of the document; nothing where it is made up.
    kept: Vec<TextRange>,
    before: std::borrow::Cow<'t, str>,
    after: std::borrow::Cow<'t, str>,
}

impl Frame<'_> {
    /// The place in the document of what stands at `offset` of the frame with the window in it.
    fn place(&self, window: TextRange, offset: u32) -> Option<u32> {
        let inside = self.before.len() as u32;
        if offset >= inside {
            return Some(window.start + (offset - inside));
        }
        let mut at = 0;
        for kept in &self.kept {
            if offset < at + kept.len() as u32 {
                return Some(kept.start + (offset - at));
            }
            at += kept.len() as u32;
        }
        None
    }
}

/// The list that a rule's records stand in, around one of them.
fn json_frame(rule: &crate::profile::RecordRule) -> Option<Frame<'static>> {
    let path = rule.at.strip_suffix("[]").filter(|path| !path.contains(['"', '\\']))?;
    let (mut before, mut after) = (String::new(), "]".to_owned());
    for key in path.split('.').filter(|key| !key.is_empty()) {
        before += &format!("{{\"{key}\":");
        after.push('}');
    }
    before.push('[');
    Some(Frame { kept: Vec::new(), before: before.into(), after: after.into() })
}

/// A window that is to be read alone.
struct Reading<'a> {
    document: &'a Document,
    profile: &'a Profile,
    window: TextRange,
    /// The entities of the document that stand in the window.
    own: Range<EntityIdx>,
    /// How long the window is with the change.
    length: usize,
}

impl Reading<'_> {
    fn part(&self, old: &str, new: &str, frame: &Frame<'_>) -> Option<Facts> {
        let was = self.read(old, frame)?;
        let is = self.read(new, frame)?;
        let facts = &self.document.facts;
        let entities = &facts.entities[self.own.clone()];
        let outer = entities.first()?.parent;
        let inside = frame.before.len();
        let was = self.placed(was, inside + old.len(), frame, outer)?;
        let mut is = self.placed(is, inside + new.len(), frame, outer)?;
        // Alone it says what it says in the document.
        let same = was.entities.iter().zip(entities).all(|(one, two)| {
            let id = one.id == two.id || (one.derived_id && two.derived_id);
            id && format!("{:?}", Entity { id: None, ..one.clone() })
                == format!("{:?}", Entity { id: None, ..two.clone() })
        });
        let told = format!("{:?}{:?}{:?}", was.occurrences, was.fields, was.links);
        let known = format!(
            "{:?}{:?}{:?}",
            &facts.occurrences[own(&facts.occurrences, |it| it.entity, &self.own)],
            &facts.fields[own(&facts.fields, |it| it.entity, &self.own)],
            &facts.links[own(&facts.links, |it| it.entity, &linked(&self.own))],
        );
        // And it holds the same entities as before.
        let alike = was.entities.iter().zip(&is.entities).all(|(one, two)| {
            (one.kind, &one.id, one.derived_id, one.parent)
                == (two.kind, &two.id, two.derived_id, two.parent)
        });
        let whole =
            TextRange::new(self.window.start as usize, self.window.start as usize + self.length);
        if !same || told != known || !alike || is.entities.first()?.range != whole {
            return None;
        }
        for (entity, before) in is.entities.iter_mut().zip(entities) {
            entity.id.clone_from(&before.id);
        }
        Some(is)
    }

    fn read(&self, window: &str, frame: &Frame<'_>) -> Option<Facts> {
        let text = format!("{}{window}{}", frame.before, frame.after);
        let own = &self.document.facts;
        let mut facts = Facts::new(own.role, own.captures.clone());
        match self.profile.role(own.role).format {
            Format::Markdown => from_markdown::read(self.profile, &text, &mut facts),
            Format::Json => from_json::read(self.profile, &text, &mut facts),
        }
        facts.settle();
        facts.problems.is_empty().then_some(facts)
    }

    /// The facts of the window, at their places in the document; `None` if some are not its own.
    fn placed(
        &self,
        facts: Facts,
        end: usize,
        frame: &Frame<'_>,
        outer: Option<EntityIdx>,
    ) -> Option<Facts> {
        let inside = TextRange::new(frame.before.len(), end);
        let within = |range: TextRange| inside.contains_range(range);
        // Before those in the window there is at most the document itself.
        let outside = facts.entities.iter().take_while(|entity| !within(entity.range)).count();
        let is_document = |entity: &Entity| entity.range.start == 0;
        if outside != usize::from(outer.is_some())
            || !facts.entities.iter().take(outside).all(is_document)
            || facts.entities.len() - outside != self.own.len()
        {
            return None;
        }
        let idx = |entity: EntityIdx| match entity.checked_sub(outside) {
            Some(at) => Some(self.own.start + at),
            None => outer,
        };
        let at = |offset: u32| frame.place(self.window, offset);
        let range = |range: TextRange| {
            within(range).then_some(())?;
            Some(TextRange { start: at(range.start)?, end: at(range.end)? })
        };
        let mut placed = Facts::new(facts.role, facts.captures);
        for mut entity in facts.entities.into_iter().skip(outside) {
            (entity.name, entity.range) = (range(entity.name)?, range(entity.range)?);
            entity.parent = match entity.parent {
                Some(parent) => Some(idx(parent)?),
                None => None,
            };
            entity.section = match entity.section {
                Some(section) => Some(at(section)?),
                None => None,
            };
            placed.entities.push(entity);
        }
        for mut it in facts.occurrences.into_iter().filter(|it| it.entity >= outside) {
            it.entity = idx(it.entity)?;
            it.line = range(it.line)?;
            (it.reading.range, it.reading.word) =
                (range(it.reading.range)?, range(it.reading.word)?);
            placed.occurrences.push(it);
        }
        for mut it in facts.fields.into_iter().filter(|it| it.entity >= outside) {
            it.entity = idx(it.entity)?;
            (it.value, it.line) = (range(it.value)?, range(it.line)?);
            placed.fields.push(it);
        }
        for mut it in facts.links.into_iter().filter(|it| within(it.range)) {
            it.entity = Some(idx(it.entity.filter(|entity| *entity >= outside)?)?);
            it.range = range(it.range)?;
            placed.links.push(it);
        }
        Some(placed)
    }

    /// All facts of the document with `now` instead of those it had of the window.
    fn in_place(&self, now: Facts, change: &Change) -> Option<Facts> {
        let (old, window) = (&self.document.facts, self.window);
        // What stands in the window, and is not its own, cannot be placed.
        let is_placed = Cell::new(true);
        let at = |offset: u32| match offset {
            at if at <= window.start => at,
            at if at >= window.end => (at + change.new_end as u32) - change.old_end as u32,
            at => {
                is_placed.set(false);
                at
            }
        };
        let range = |range: TextRange| TextRange { start: at(range.start), end: at(range.end) };
        u32::try_from(self.document.text.len() + change.new_end).ok()?;
        let mut facts = Facts::new(old.role, old.captures.clone());
        (facts.history, facts.stray) = (old.history, old.stray);
        facts.below.clone_from(&old.below);
        facts.entities = spliced(&old.entities, self.own.clone(), now.entities, |it| Entity {
            name: range(it.name),
            range: range(it.range),
            section: it.section.map(at),
            ..it.clone()
        });
        let places = own(&old.occurrences, |it| it.entity, &self.own);
        facts.occurrences = spliced(&old.occurrences, places, now.occurrences, |it| {
            let mut it = it.clone();
            it.line = range(it.line);
            (it.reading.range, it.reading.word) = (range(it.reading.range), range(it.reading.word));
            it
        });
        let places = own(&old.fields, |it| it.entity, &self.own);
        facts.fields = spliced(&old.fields, places, now.fields, |it| Field {
            value: range(it.value),
            line: range(it.line),
            ..it.clone()
        });
        let places = own(&old.links, |it| it.entity, &linked(&self.own));
        let placed = |it: &Link| Link { range: range(it.range), ..it.clone() };
        facts.links = spliced(&old.links, places, now.links, placed);
        let counters = old.counters.iter();
        facts.counters =
            counters.map(|it| CounterFact { range: range(it.range), ..it.clone() }).collect();
        let allows = old.allows.iter();
        facts.allows = allows.map(|it| Allow { range: range(it.range), ..it.clone() }).collect();
        is_placed.get().then_some(facts)
    }
}

/// Where the facts about these entities are among all, which stand in the order of their entities.
fn own<T, E: PartialOrd>(
    facts: &[T],
    entity: impl Fn(&T) -> E,
    entities: &Range<E>,
) -> Range<usize> {
    let start = facts.partition_point(|it| entity(it) < entities.start);
    let count = facts[start..].partition_point(|it| entity(it) < entities.end);
    start..start + count
}

/// The entities as links name theirs.
fn linked(entities: &Range<EntityIdx>) -> Range<Option<EntityIdx>> {
    Some(entities.start)..Some(entities.end)
}

/// A list with others in the place of some, and the rest placed anew.
fn spliced<T>(old: &[T], replaced: Range<usize>, now: Vec<T>, placed: impl Fn(&T) -> T) -> Vec<T> {
    let mut all = Vec::with_capacity(old.len() - replaced.len() + now.len());
    all.extend(old[..replaced.start].iter().map(&placed));
    all.extend(now);
    all.extend(old[replaced.end..].iter().map(&placed));
    all
}

#[cfg(test)]
mod tests {
    use crate::testing;

    const WORKSPACE: &str = r#"
//- /specs/TODO.md
  # TODO

  ## Tasks

  ### 6. Add a form
  - **Status**: [PLANNED]

  ### 7. Add login
  - **Status**: [PLANNED]
  - [ ] Ask

  ### 8. Add logout
  - **Status**: [PLANNED]
//- /specs/state.json
  {
    "next_project_number": 9,
    "active_projects": [
      { "project_number": 7, "project_name": "add_login", "status": "planned" },
      { "project_number": 8, "project_name": "add_logout", "status": "planned" }
    ]
  }
//- /specs/007_add_login/plans/implementation-001.md
  # Plan
  - **Status**: [IN PROGRESS]

  ### Phase 1: Form [COMPLETED]
  - [x] Fields

  ### Phase 2: Server [NOT STARTED]
  - [ ] Door
"#;

    /// Whether only a part is read when `from` becomes `to`; what is read is checked.
    #[track_caller]
    fn is_read_in_part(path: &str, from: &str, to: &str) -> bool {
        let (analysis, _) = testing::analysis(WORKSPACE);
        let (_, document) = analysis.index.document(path).expect("the document");
        assert!(document.text.contains(from), "{from:?} is not in {path}");
        let text = document.text.replacen(from, to, 1).into();
        let part = document.reread(&analysis.profile, &text);
        let now = document.with_text(&analysis.profile, text.clone()).expect("a document");
        let whole = super::Document::read(&analysis.profile, &document.path, text, false);
        assert_eq!(format!("{now:#?}"), format!("{:#?}", whole.expect("a document")));
        part.is_some()
    }

    #[test]
    fn what_stays_within_a_task_is_read_alone() {
        const TODO: &str = "specs/TODO.md";
        assert!(is_read_in_part(
            TODO,
            "login\n- **Status**: [PLANNED]",
            "login\n- **Status**: [BLOCKED]"
        ));
        assert!(is_read_in_part(TODO, "Add login", "Add login by mail"));
        assert!(is_read_in_part(TODO, "[ ] Ask", "[x] Ask"));
        assert!(is_read_in_part(TODO, "- [ ] Ask\n", "- [ ] Ask\nWords.\n"));
        assert!(is_read_in_part(
            "specs/state.json",
            "login\", \"status\": \"planned",
            "login\", \"status\": \"blocked"
        ));
        assert!(is_read_in_part(
            "specs/state.json",
            "logout\", \"status\": \"planned\" }",
            "logout\", \"status\": \"blocked\", \"x\": 1 }"
        ));
        let plan = "specs/007_add_login/plans/implementation-001.md";
        assert!(is_read_in_part(plan, "Server [NOT STARTED]", "Server [COMPLETED]"));
    }

    #[test]
    fn what_may_reach_beyond_a_task_is_read_with_all() {
        const TODO: &str = "specs/TODO.md";
        for (from, to) in [
            ("### 7. Add", "## 7. Add"),
            ("### 7. Add", "### 9. Add"),
            ("- [ ] Ask\n", "- [ ] Ask\n## More\n"),
            ("- [ ] Ask\n", "- [ ] Ask\n- [ ] Tell\n"),
            ("- [ ] Ask\n", "- [ ] Ask\n```\n"),
            ("- [ ] Ask\n", "- [ ] Ask\n<!--\n"),
            ("- [ ] Ask\n\n", "- [ ] Ask"),
            ("# TODO", "# Tasks"),
        ] {
            assert!(!is_read_in_part(TODO, from, to), "{from:?} to {to:?}");
        }
        let record = "{ \"project_number\": 7,";
        assert!(!is_read_in_part("specs/state.json", record, "{ }, { \"project_number\": 7,"));
        assert!(!is_read_in_part("specs/state.json", record, "{ \"project_number\": 6,"));
        assert!(!is_read_in_part("specs/state.json", "\"add_login\"", "\"add_login"));
        assert!(!is_read_in_part("specs/state.json", "number\": 9", "number\": 10"));
    }
}

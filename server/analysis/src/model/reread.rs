//! A document with another text, of which only the entity around the change is read again.
//!
//! The entity is read alone, as it was and as it is, between as much of the document as gives it its
//! place. Where it says alone what it says in the document, and the change moves no entity, what it says
//! now takes the place of what it said. Wherever that is not certain the whole text is read.

mod box_line;

use std::ops::Range;

use crate::model::runs::Shift;
use crate::model::{
    Content, Document, Entity, EntityIdx, Facts, codes, from_json, from_markdown, from_yaml, legend,
};
use crate::profile::{Format, RecordStep, reading};
use crate::text::TextRange;
use crate::text::shared_text::{Difference, SharedText};

/// Shorter texts are read as fast as a whole. In bytes.
const WORTH: usize = if cfg!(test) { 1 } else { 16 * 1024 };

/// More than this is not read beside the entity. In bytes.
const MOST: usize = 64 * 1024;

impl Document {
    /// The same document with another content.
    pub fn with_content(&self, content: Content) -> Option<Document> {
        match content.fault {
            Some(_) => Document::read_content(&self.profile, &self.path, content, self.facts.stray),
            None => self.with_text(content.text),
        }
    }

    /// The same document with another text.
    pub fn with_text(&self, text: impl Into<SharedText>) -> Option<Document> {
        let text = text.into();
        self.reread(&text)
            .or_else(|| Document::read(&self.profile, &self.path, text, self.facts.stray))
    }

    /// As [`Document::with_text`], if the change stays within one entity that can be read alone.
    fn reread(&self, text: &SharedText) -> Option<Document> {
        if text.len() < WORTH
            || !self.facts.problems.is_empty()
            || self.facts.broken.is_some()
            || self.has_references
            || self.role().renumbered
            || self.role().hold.is_some()
            || self.role().former.is_some()
            || self.role().mentions_by_link()
            || self.role().mentions_by_heading()
            || self.role().reads_behind()
            || self.role().lists_by_section()
        {
            return None;
        }
        let change = self.text.difference(text)?;
        let outermost = self.outermost(&change, text)?;
        let window = self.facts.entities[outermost].range;
        let old = self.text.copy(window.bytes());
        let end = (window.end as usize + change.new_end).checked_sub(change.old_end)?;
        let new = text.copy(window.bytes().start..end);
        let own = self.entities_in(outermost)?;
        let reading = WindowReading { document: self, window, own, length: new.len() };
        let part = match self.role().format {
            Format::Markdown => {
                let frame = self.markdown_frame(outermost)?;
                let is_plain = is_plain(&old) && is_plain(&new);
                let is_adorned = pictures(&old).ne(pictures(&new));
                let is_whole_line = |window: &str, end: usize, text: &SharedText| {
                    window.ends_with('\n')
                        || end == text.len()
                        || !old.ends_with('\n') && text.copy(end..end + 1) == "\n"
                };
                // What a sign means in the rows of tables may be said anywhere in the file.
                let explains = |text: &str| text.contains(reading::is_sign);
                let may_explain = self.role().tables.iter().any(|rule| rule.alone)
                    && (explains(&old) || explains(&new));
                // Which ids there are depends on those of other items.
                let is_counted_on = codes::in_items(&old) != codes::in_items(&new);
                if is_counted_on
                    || may_explain
                    || is_adorned
                    || !is_plain
                    || !is_whole_line(&new, end, text)
                {
                    return None;
                }
                reading.part(&old, &new, &frame)?
            }
            Format::Json => {
                let mut frames = self.role().records.iter().filter_map(json_frame);
                frames.find_map(|frame| reading.part(&old, &new, &frame))?
            }
            Format::Yaml => return None,
        };
        u32::try_from(text.len()).ok()?;
        let longer = change.new_end as i64 - change.old_end as i64;
        let facts = self.facts.edited(&reading.own, part, Shift { window, longer })?;
        let replaced = TextRange::new(change.start, change.old_end);
        let text = match text.is_cut() {
            true => text.clone(),
            // One that was made from nothing has what it shares with this taken from here.
            false => {
                let now = text.copy(change.start..change.new_end);
                self.text.replaced(change.start..change.old_end, &now)
            }
        };
        let lines = self.lines.edited(&text, replaced, change.new_end - change.start);
        let lineage = self.lineage.next(reading.own);
        let (path, profile, fault) = (self.path.clone(), self.profile.clone(), None);
        Some(Document { path, text, lines, facts, has_references: false, fault, profile, lineage })
    }

    /// The outermost entity around the change that is not the document.
    fn outermost(&self, change: &Difference, now: &SharedText) -> Option<EntityIdx> {
        let entities = &self.facts.entities;
        let is_before = |entity: &Entity| (entity.range.start as usize) < change.start;
        let mut outermost = entities.before(change.start).checked_sub(1)?;
        let is_document = |at: EntityIdx| entities[at].range.len() == self.text.len();
        while let Some(parent) = entities[outermost].parent.filter(|parent| !is_document(*parent)) {
            outermost = parent;
        }
        let window = entities[outermost].range;
        let is_around = window.start > 0
            && window.len() <= MOST
            && is_before(&entities[outermost])
            && change.old_end <= window.end as usize;
        let is_one = || match self.role().format {
            Format::Json | Format::Yaml => change.old_end < window.end as usize,
            Format::Markdown if self.text.copy(window.bytes()).starts_with(['-', '*', '+']) => {
                self.changes_box(window, change, now)
            }
            Format::Markdown => {
                let window_text = self.text.copy(window.bytes());
                let hashes = window_text.bytes().take_while(|byte| *byte == b'#').count();
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
        let own = outermost..entities.before(window.end as usize);
        let is_within = |entity: EntityIdx| window.contains_range(entities[entity].range);
        own.clone().all(is_within).then_some(own)
    }

    /// What stands before the first entity, and the heading around the one in the window.
    fn markdown_frame(&self, outermost: EntityIdx) -> Option<Surroundings<'_>> {
        let mut entities = self.facts.entities.iter().take(2);
        let first = entities.find(|entity| entity.range.len() < self.text.len())?;
        let entity = &self.facts.entities[outermost];
        let head = TextRange::new(0, first.range.start.min(entity.range.start) as usize);
        let mut before = vec![head];
        let section = entity.section.map(|section| self.facts.sections[section as usize]);
        if let Some(heading) = section.filter(|at| *at >= head.end) {
            let start = heading as usize;
            let line = self.lines.line_col(start).line;
            let end = self.lines.line_range(line + 1).start as usize;
            if !begins_heading(&self.text, start) || end <= start {
                return None;
            }
            before.push(TextRange::new(start, end));
        }
        let text: String = before.iter().map(|range| self.text.copy(range.bytes())).collect();
        let is_whole_line = head.is_empty() || text[..head.len()].ends_with('\n');
        let frame = Surroundings { kept: before, before: text.into(), after: "".into() };
        (is_whole_line && frame.before.len() <= MOST).then_some(frame)
    }
}

/// Whether a heading with hashes begins at this offset, at the start of a line.
fn begins_heading(text: &SharedText, at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| text.copy(before..at));
    before.is_none_or(|before| before == "\n") && text.copy(at..at + 1) == "#"
}

/// Whether nothing in the text can reach beyond the section that it is, or hide what is in it.
fn is_plain(text: &str) -> bool {
    let far = ["```", "~~~", "///", "<", "]:", "=======", ">>>>>>>", "|||||||"];
    // What explains a mark is about all boxes of the file.
    !far.iter().any(|far| text.contains(far))
        && !legend::may_explain(text)
        && text.split('\r').skip(1).all(|it| it.starts_with('\n'))
}

/// The headings with signs: they tell whether those of others beside them are statuses.
fn pictures(text: &str) -> impl Iterator<Item = &str> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings.filter(|line| line.contains(reading::is_sign))
}

/// What is read around an entity, so that it is read as in the document.
struct Surroundings<'t> {
    /// What it is of the document; nothing where it is made up.
    kept: Vec<TextRange>,
    before: std::borrow::Cow<'t, str>,
    after: std::borrow::Cow<'t, str>,
}

impl Surroundings<'_> {
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
fn json_frame(rule: &crate::profile::RecordRule) -> Option<Surroundings<'static>> {
    let (last, path) = rule.at.0.split_last()?;
    let (mut before, mut after) = (String::new(), "]".to_owned());
    for step in path {
        let RecordStep::Key(key) = step else { return None };
        if key.contains(['"', '\\']) || *last != RecordStep::Elements {
            return None;
        }
        before += &format!("{{\"{key}\":");
        after.push('}');
    }
    before.push('[');
    Some(Surroundings { kept: Vec::new(), before: before.into(), after: after.into() })
}

/// A window that is to be read alone.
struct WindowReading<'a> {
    document: &'a Document,
    window: TextRange,
    /// The entities of the document that stand in the window.
    own: Range<EntityIdx>,
    /// How long the window is with the change.
    length: usize,
}

impl WindowReading<'_> {
    fn part(&self, old: &str, new: &str, frame: &Surroundings<'_>) -> Option<(Facts, Vec<u32>)> {
        let was = self.read(old, frame)?;
        let is = self.read(new, frame)?;
        let facts = &self.document.facts;
        let entities: Vec<&Entity> =
            self.own.clone().map(|entity| &facts.entities[entity]).collect();
        let outer = entities.first()?.parent;
        let inside = frame.before.len();
        let (was, _) = self.placed(was, inside + old.len(), frame, outer)?;
        let (mut is, inner) = self.placed(is, inside + new.len(), frame, outer)?;
        // Alone it says what it says in the document.
        let same = was.entities.iter().zip(&entities).all(|(one, two)| {
            let is_derived = one.derived_id && two.derived_id;
            let id = if is_derived { one.id.clone() } else { two.id.clone() };
            *one == Entity { id, ..(*two).clone() }
        });
        let own = || self.own.clone();
        let told = was.occurrences.iter().eq(own().flat_map(|it| facts.occurrences_of(it)))
            && was.fields.iter().eq(own().flat_map(|it| facts.fields_of(it)))
            && was.links.iter().eq(own().flat_map(|it| facts.links_of(it)));
        // And it holds the same entities as before.
        let alike = was.entities.iter().zip(&is.entities).all(|(one, two)| {
            (one.kind, &one.id, one.derived_id, one.parent)
                == (two.kind, &two.id, two.derived_id, two.parent)
        });
        let whole =
            TextRange::new(self.window.start as usize, self.window.start as usize + self.length);
        if !same || !told || !alike || is.entities.first()?.range != whole {
            return None;
        }
        for (entity, before) in is.entities.iter_mut().zip(&entities) {
            entity.id.clone_from(&before.id);
        }
        Some((is, inner))
    }

    fn read(&self, window: &str, frame: &Surroundings<'_>) -> Option<Facts> {
        let text = format!("{}{window}{}", frame.before, frame.after);
        let own = &self.document.facts;
        let mut facts = Facts::new(own.role, own.captures.clone());
        facts.codes.clone_from(&own.codes);
        match self.document.role().format {
            Format::Markdown => from_markdown::read(&self.document.profile, &text, &mut facts),
            Format::Json => from_json::read(&self.document.profile, &text, &mut facts),
            Format::Yaml => from_yaml::read(&self.document.profile, &text, &mut facts),
        }
        facts.settle();
        // What a row says that is a place of no task is no entity's own.
        let is_own = facts.shared.is_empty() && facts.unread.is_empty();
        (facts.problems.is_empty() && is_own).then_some(facts)
    }

    /// The facts of the window, at their places in the document; `None` if some are not its own.
    fn placed(
        &self,
        facts: Facts,
        end: usize,
        frame: &Surroundings<'_>,
        outer: Option<EntityIdx>,
    ) -> Option<(Facts, Vec<u32>)> {
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
        // What a line in the window says of the document is not the window's own.
        let of_document = |entity: EntityIdx, line: TextRange| entity < outside && within(line);
        if facts.occurrences.iter().any(|it| of_document(it.entity, it.line))
            || facts.fields.iter().any(|it| of_document(it.entity, it.line))
        {
            return None;
        }
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
        let inner = self.number_sections(&mut placed.entities)?;
        Some((placed, inner))
    }

    /// Names the headings around entities as the document does, and returns where those in the window
    /// begin; `None` where there are others.
    fn number_sections(&self, entities: &mut [Entity]) -> Option<Vec<u32>> {
        let facts = &self.document.facts;
        let within = facts.sections_in(self.window);
        let begin = entities.iter().filter_map(|entity| entity.section);
        let mut inner: Vec<u32> = begin.filter(|at| *at > self.window.start).collect();
        inner.sort_unstable();
        inner.dedup();
        for entity in entities {
            let Some(at) = entity.section else { continue };
            let section = match inner.binary_search(&at) {
                Ok(nth) => within.start + nth,
                Err(_) => facts.sections.binary_search(&at).ok()?,
            };
            entity.section = u32::try_from(section).ok();
        }
        (inner.len() == within.len()).then_some(inner)
    }
}

#[cfg(test)]
mod tests {
    use crate::testing;
    use crate::text::shared_text::SharedText;

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
        is_read_in_part_of(WORKSPACE, path, from, to)
    }

    #[track_caller]
    fn is_read_in_part_of(workspace: &str, path: &str, from: &str, to: &str) -> bool {
        let (analysis, _) = testing::analysis(workspace);
        let (_, document) = analysis.index.document(path).expect("the document");
        assert!(document.text.contains(from), "{from:?} is not in {path}");
        let text: SharedText = document.text.replacen(from, to, 1).into();
        let part = document.reread(&text);
        let now = document.with_text(text.clone()).expect("a document");
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

    const BOXES: &str = r#"
//- /lockstep.toml
  profile = "checklist"
//- /TODO.md
  # To do

  - [ ] Buy paper
  - [x] Draw the form
  - [ ] Buy paper
    - [ ] Thin
  - [ ] Print it
  * [ ] Read it
  - [ ] Bind it

  ## Later

  - [ ] Sell it
  - [ ] Ask

    for money
  - [ ] Last
//- /PLAN.md
  # Plan
  Status: in progress
  - [ ] Status: planned
  - [ ] Rest
"#;

    #[test]
    fn a_box_in_a_list_at_the_top_is_read_alone() {
        let is_alone = |from: &str, to: &str| is_read_in_part_of(BOXES, "TODO.md", from, to);
        assert!(is_alone("[x] Draw", "[ ] Draw"));
        assert!(
            is_alone("[ ] Buy paper\n  - [ ]", "[x] Buy paper\n  - [ ]"),
            "its id is the second"
        );
        assert!(is_alone("[ ] Thin", "[x] Thin"));
        assert!(is_alone("[ ] Bind", "[x] Bind"), "before a heading");
        assert!(is_alone("[ ] Sell it", "[/] Sell it"));
        assert!(is_alone("[ ] Last", "[x] Last"));
        assert!(is_alone("Draw the form", "Draw the form (completed 2026-01-02)"));
    }

    #[test]
    fn a_change_of_a_list_is_read_with_all() {
        let is_alone = |from: &str, to: &str| is_read_in_part_of(BOXES, "TODO.md", from, to);
        for (from, to) in [
            ("- [x] Draw", "  - [x] Draw"),
            ("- [x] Draw", "* [x] Draw"),
            ("Draw the form\n", "Draw the form\n\n"),
            ("[x] Draw the form", "[x] Draw\n- [ ] The form"),
            ("[x] Draw", "[x]: Draw"),
            ("[ ] Print it", "[x] Print it"),
            ("Sell it", "Sell all"),
            ("[ ] Thin", "```[ ] Thin"),
        ] {
            assert!(!is_alone(from, to), "{from:?} to {to:?}");
        }
        let plan = |from: &str, to: &str| is_read_in_part_of(BOXES, "PLAN.md", from, to);
        assert!(!plan("[ ] Status", "[x] Status"), "the line may be about the document");
    }
}

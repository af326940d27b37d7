//! The edits by which one entity says another status: in each place where it stands, or in a new one.

use super::{PlanDraft, comments, form, marks, own_words, says_no_more, unspelled, words};

use crate::change::{Mode, Refusal, json_edit, markdown_edit};
use crate::index::{Place, Spot};
use crate::model::carrier::{Form, Spelled};
use crate::profile::vocabulary::StatusIdx;
use crate::profile::{Format, RecordRule};
use crate::text::TextRange;
use crate::text::shared_text::Source as _;
use crate::text::text_edit::TextEdit;

/// What becomes of the places where the status of an entity stands.
#[derive(Default)]
struct StatedEdits {
    edits: Vec<TextEdit>,
    /// Lines that come back as they stood.
    recalled: Vec<TextRange>,
    /// Whether there is no such place.
    is_silent: bool,
    /// Whether one says something else.
    changes: bool,
}

impl PlanDraft<'_> {
    pub(super) fn place_edits(
        &self,
        place: Place,
        to: StatusIdx,
    ) -> Result<Vec<TextEdit>, Refusal> {
        let index = &self.analysis.index;
        let document = &*index.docs[place.doc];
        let entity = index.entity(place);
        let StatedEdits { mut edits, recalled, is_silent, mut changes } =
            self.stated_edits(place, to)?;
        if is_silent && entity.fixed.is_some() {
            return match entity.fixed == Some(to) {
                true => Ok(edits),
                false => Err(self.follows_file(place)),
            };
        }
        if is_silent && entity.derived {
            return match index.derived_at(place) == Some(to) {
                true => Ok(edits),
                false => Err(self.follows_boxes(place)),
            };
        }
        if is_silent {
            changes = true;
            edits.extend(self.added(place, to)?);
        }
        let mut more = Vec::new();
        let takes_fields = index.spots(place).all(|spot| spot.occurrence.carrier.takes_fields);
        if self.intent.mode != Mode::Align && !entity.mention && takes_fields {
            more.extend(self.stamp_edits(place, to, changes));
        }
        if changes {
            more.extend(self.ends(place, to));
        }
        // A line that comes back has its times with it.
        let is_back = |edit: &TextEdit| {
            let is_within = recalled.iter().any(|line| line.contains_range(edit.range));
            is_within && !edit.insert.contains('\n')
        };
        edits.extend(more.into_iter().filter(|edit| !is_back(edit)));
        if document.role().format == Format::Markdown {
            edits.extend(markdown_edit::part_from_prose(document, place, &edits));
        }
        Ok(edits)
    }

    /// The edits of the places where the status stands.
    fn stated_edits(&self, place: Place, to: StatusIdx) -> Result<StatedEdits, Refusal> {
        let index = &self.analysis.index;
        let document = &*index.docs[place.doc];
        let vocabulary = index.vocabulary_at(place);
        let def = vocabulary.get(to);
        let mut stated = StatedEdits { is_silent: true, ..StatedEdits::default() };
        let marked = index.spots(place).any(|spot| !spot.occurrence.carrier.is_coarse());
        let words = index.spots(place).filter(|spot| !spot.occurrence.carrier.is_coarse());
        let words: Vec<TextRange> = words.map(|spot| spot.occurrence.reading.range).collect();
        let in_words = |line: TextRange| words.iter().any(|word| line.contains_range(*word));
        for spot in index.spots(place) {
            stated.is_silent = false;
            // A box beside a marker changes only where it would contradict it; that of a heading is no
            // box of a list, and tells all that it can.
            let beside = spot.occurrence.carrier.beside.filter(|_| marked);
            let line = spot.occurrence.line.start as usize;
            let tells_all = document.text.byte(line) == Some(b'#') && !def.boxes.is_empty();
            let allows =
                |status| beside.is_some() && !tells_all && vocabulary.box_allows(status, to);
            if spot.status() == Some(to) || spot.status().is_some_and(allows) {
                continue;
            }
            stated.changes = true;
            match self.recalled(&spot, to) {
                // All places in a line come back together.
                Some((_, edit)) if stated.edits.contains(&edit) => {}
                Some((line, edit)) => {
                    stated.recalled.push(line);
                    stated.edits.push(edit);
                }
                None if let Some(edits) = self.recalled_list(&spot, to) => {
                    stated.edits.extend(edits);
                }
                None => {
                    let mut edits = self.spot_edits(&spot, beside, to)?;
                    // Of a line in which words say it too, a box has its mark.
                    if spot.occurrence.carrier.is_coarse() && in_words(spot.occurrence.line) {
                        edits.retain(|edit| {
                            spot.occurrence.reading.range.contains_range(edit.range)
                        });
                    }
                    stated.edits.extend(edits);
                }
            }
        }
        Ok(stated)
    }

    /// How a record says its status; `None` where those beside it say theirs in another way.
    fn record_rule(&self, place: Place) -> Option<&RecordRule> {
        let document = &*self.analysis.index.docs[place.doc];
        let what = |at: usize| document.facts.entities[at].what();
        let own = what(place.entity);
        let mut told = document.facts.occurrences.iter().map(|it| what(it.entity)).peekable();
        let is_alike = told.peek().is_none() || told.any(|other| other == own);
        let rules = &document.role().records;
        let of_type = rules.iter().find(|rule| rule.task_type == own.task_type);
        of_type.or(rules.first()).filter(|rule| rule.without.is_empty() || is_alike)
    }

    /// The edits that write the status of an entity that says none.
    fn added(&self, place: Place, to: StatusIdx) -> Result<Vec<TextEdit>, Refusal> {
        let index = &self.analysis.index;
        let document = &*index.docs[place.doc];
        let def = index.vocabulary_at(place).get(to);
        match document.role().format {
            Format::Json => {
                let rule = self.record_rule(place);
                let added = rule.and_then(|r| json_edit::add_status(document, place, r, def));
                if added.is_none() && document.facts.broken.is_none() {
                    return Err(self.nowhere(place));
                }
                Ok(added.into_iter().collect())
            }
            Format::Markdown => Ok(vec![self.added_field(place, def)?]),
            Format::Yaml => Err(self.nowhere(place)),
        }
    }

    /// The edits that have a place of the status say another.
    fn spot_edits(
        &self,
        spot: &Spot<'_>,
        beside: Option<fn(Form<'_>, StatusIdx) -> Spelled>,
        to: StatusIdx,
    ) -> Result<Vec<TextEdit>, Refusal> {
        let vocabulary = spot.document.vocabulary_of(spot.place.entity);
        let old = spot.occurrence.reading.word.of(&spot.document.text);
        let form = form(spot);
        let own = spot.document.role().in_words(vocabulary, to, old);
        let own = marks::as_elsewhere(&self.analysis.index, spot, own);
        // What tools read has their words.
        let is_free = spot.document.profile.free_words
            && spot.document.role().format == Format::Markdown
            && to == self.intent.to;
        let own = match self.typed.filter(|_| is_free) {
            Some(word) => words::as_typed(vocabulary, to, own, word),
            None => own,
        };
        let def = words::as_beside(&self.analysis.index, spot, to, own);
        let def = &comments::as_listed(spot, to, def)
            .map_err(|why| unspelled(spot, self.meant_id(spot, &vocabulary.get(to).id), &why))?;
        let mends = self.intent.mode.mends();
        let own = if mends { says_no_more(spot.remark(to)) } else { Ok(()) };
        let moved = spot.occurrence.carrier.moved;
        let edits = own.and_then(|()| match (beside, moved) {
            (Some(beside), _) => beside(form, to),
            (None, Some(moved)) => moved(spot.document, form, to),
            (None, None) => form.respelled(def, self.day()),
        });
        let edits = edits.map_err(|why| unspelled(spot, self.meant_id(spot, &def.id), &why))?;
        comments::in_legend(spot, &edits)
            .map_err(|why| unspelled(spot, self.meant_id(spot, &def.id), &why))?;
        if self.intent.mode != Mode::Force {
            says_no_more(spot.tale(to))
                .map_err(|why| unspelled(spot, self.meant_id(spot, &def.id), &why))?;
            own_words::kept(spot, old, def)?;
        }
        Ok(edits)
    }
}

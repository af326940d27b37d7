//! Why a place is given no status: none stands there, and none can be added.

use crate::change::planner::{PlanDraft, tick};
use crate::change::{Refusal, RefusalKind, refuse, validate};
use crate::index::Place;
use crate::index::boxes::Boxes;
use crate::model::Document;
use crate::profile::reading;
use crate::profile::vocabulary::Category;
use crate::syntax::front_matter::FrontEntry;
use crate::syntax::markdown::Markdown;

impl PlanDraft<'_> {
    /// Where no status stands and none can be added.
    pub(super) fn nowhere(&self, place: Place) -> Refusal {
        let index = &self.analysis.index;
        let path = &index.docs[place.doc].path;
        let name = index.task_at(place).map(|task| self.analysis.name_of(&task.id));
        if let Some(key) = unread_key(&index.docs[place.doc]) {
            let message = format!("`{key}` of {path} is in a form that is not read");
            let remedy = format!("write it on one line, as `{key}: {}`", self.intent_word(place));
            return refuse(RefusalKind::NoSpelling, message, &remedy);
        }
        let message = format!("{} has no status in {path}", name.unwrap_or_default());
        refuse(RefusalKind::NoSpelling, message, "add one by hand")
    }

    /// The word of the status that is wanted, for an example.
    fn intent_word(&self, place: Place) -> &str {
        &self.analysis.index.vocabulary_at(place).get(self.intent.to).marker
    }

    /// Refuses where the heading may say a status in a form that is not read: a second one beside it
    /// would contradict it.
    pub(super) fn is_silent(&self, place: Place) -> Result<(), Refusal> {
        let index = &self.analysis.index;
        let (document, entity) = (&*index.docs[place.doc], index.entity(place));
        let text = document.text.whole();
        let Some(hint) = reading::hint(index.vocabulary_at(place), text, entity.name) else {
            return Ok(());
        };
        let at = validate::location(document, hint);
        let message =
            format!("`{}` at {at} may be a status, in a form that is not read", hint.of(text));
        let marker =
            document.profile.markers.write(&index.vocabulary_at(place).get(self.intent.to).marker);
        let remedy = format!("write `{marker}` at the end of the heading, and that out of it");
        Err(refuse(RefusalKind::NoSpelling, message, &remedy))
    }

    /// What has its status by the folder of its file is given no other.
    pub(super) fn follows_file(&self, place: Place) -> Refusal {
        let index = &self.analysis.index;
        let name = index.task_at(place).map(|task| self.analysis.name_of(&task.id));
        let name = name.unwrap_or_else(|| index.entity(place).title.to_string());
        let path = &index.docs[place.doc].path;
        let message = format!("{name} has its status by where its file is, which is {path}");
        refuse(RefusalKind::NotAllowed, message, "move the file, or its folder")
    }

    /// What has the status of its boxes is given no other.
    pub(super) fn follows_boxes(&self, place: Place) -> Refusal {
        let index = &self.analysis.index;
        let name = index.task_at(place).map(|task| self.analysis.name_of(&task.id));
        let name = name.unwrap_or_else(|| index.entity(place).title.to_string());
        let message = format!("{name} states no status: it follows from its check boxes");
        let boxes = index.boxes_below(place, Boxes::WithPhases);
        let category = index.vocabulary_at(place).get(self.intent.to).category;
        if let Some(spot) = tick::unknown_mark(index, &boxes).and_then(|it| index.spots(it).next())
        {
            let at = validate::location(spot.document, spot.occurrence.reading.range);
            let remedy = format!("write a known mark instead of {} at {at}", spot.shown());
            return refuse(RefusalKind::NotAllowed, message, &remedy);
        }
        let remedy = match (boxes.first(), category) {
            (None, _) => "add check boxes, or a status".to_owned(),
            (Some(_), Category::Done) => format!("`--tick` ticks all {}", boxes.len()),
            (Some(_), Category::Open) => format!("`--tick` unticks all {}", boxes.len()),
            (Some((first, _)), _) => {
                format!("set the boxes, such as `{}`", index.part_name(*first))
            }
        };
        refuse(RefusalKind::NotAllowed, message, &remedy)
    }
}

/// The key of the front matter that is to say the status, where it says something that is not read: a
/// value over two lines, or one with escapes.
fn unread_key(document: &Document) -> Option<&str> {
    let key = document.role().document.as_ref()?.front_matter.as_deref()?;
    let markdown = Markdown::parse(document.text.whole());
    let entries = &markdown.front_matter.as_ref()?.entries;
    let is_own = |it: &FrontEntry| matches!(&it.path[..], [only] if only.eq_ignore_ascii_case(key));
    let own = entries.iter().find(|it| is_own(it))?;
    (!own.text.is_empty() && !["~", "null"].contains(&own.text.as_str())).then_some(key)
}

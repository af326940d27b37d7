//! `status: completed` between the `---` at the start of a document.

use crate::model::carrier::markdown_reader::MarkdownReader;
use crate::model::carrier::{Carrier, Form, Spelled};
use crate::model::carriers::marker;
use crate::model::carriers::spelling::machine_word;
use crate::profile::reading::{Reading, Shape};
use crate::profile::vocabulary::StatusDef;
use crate::syntax::front_matter::FrontEntry;
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// The carrier.
pub(super) static CARRIER: Carrier = Carrier {
    id: "front-matter",
    of_markdown: Some(|reader| reader.front_status()),
    respelled,
    with_word: |_, word| StatusDef::json_name(word),
    whereabouts: "in its header",
    ..marker::CARRIER
};

fn respelled(form: Form<'_>, def: &StatusDef, _: Option<&str>) -> Spelled {
    Ok(vec![TextEdit { range: form.range(), insert: machine_word(def, form.raw()) }])
}

impl MarkdownReader<'_> {
    fn front_status(&mut self) {
        let key = self.role.document.as_ref().and_then(|rule| rule.front_matter.as_deref());
        let (Some(key), Some(front)) = (key, &self.markdown.front_matter) else { return };
        let is_key = |entry: &&FrontEntry| matches!(&entry.path[..], [only] if only.eq_ignore_ascii_case(key));
        let Some(entry) = front.entries.iter().find(is_key) else { return };
        self.has_front_status = true;
        let Some(document) = self.document else { return };
        let quote = usize::from(entry.quoted);
        let (start, end) = (entry.value.start as usize + quote, entry.value.end as usize - quote);
        let (range, line) = (TextRange::new(start, end), self.whole_line(entry.value));
        let vocabulary = self.profile.vocabulary_of(self.facts.entities[document].what());
        if entry.text.is_empty() || range.of(self.text) != entry.text {
            return;
        }
        let reading = Reading {
            range,
            word: range,
            status: vocabulary.lookup(&entry.text),
            shape: Shape::Exact,
        };
        self.occurrence(document, &CARRIER, reading, line);
    }
}

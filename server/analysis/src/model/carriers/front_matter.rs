//! `status: completed` between the `---` at the start of a document.

use crate::model::carrier::markdown_reader::MarkdownReader;
use crate::model::carrier::{Carrier, Form, LikeWords, Remarks, Spelled};
use crate::model::carriers::marker;
use crate::model::carriers::spelling::machine_word;
use crate::model::{Field, FieldRole};
use crate::profile::reading::{self, Reading, Shape};
use crate::profile::vocabulary::{StatusDef, Vocabulary};
use crate::syntax::front_matter::FrontEntry;
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// The carrier.
pub(super) static CARRIER: Carrier =
    Carrier { of_markdown: Some(|reader| reader.front_status()), ..BASE };

/// What values of YAML have in common.
pub(super) const BASE: Carrier = Carrier {
    id: "front-matter",
    respelled,
    words: Some(LikeWords { range: |form| form.range(), like: machine_word }),
    with_word: |_, word| StatusDef::json_name(word),
    whereabouts: "in its header",
    is_in_header: true,
    remarks: Remarks::Comments,
    ..marker::CARRIER
};

fn respelled(form: Form<'_>, def: &StatusDef, _: Option<&str>) -> Spelled {
    Ok(vec![TextEdit { range: form.range(), insert: machine_word(def, form.raw()) }])
}

/// A value as a status, if it stands there as it is meant. Null is none.
pub(super) fn scalar(vocabulary: &Vocabulary, text: &str, entry: &FrontEntry) -> Option<Reading> {
    let quote = usize::from(entry.quoted);
    let (start, end) = (entry.value.start as usize + quote, entry.value.end as usize);
    let range = TextRange::new(start, end.checked_sub(quote).filter(|end| *end >= start)?);
    let status = vocabulary.lookup(&entry.text);
    let status = status.or_else(|| reading::given_up_for(vocabulary, &entry.text));
    let is_null = !entry.quoted && ["~", "null", "Null", "NULL"].contains(&entry.text.as_str());
    let stands = !entry.text.is_empty() && !is_null && range.of(text) == entry.text;
    stands.then_some(Reading { range, word: range, status, shape: Shape::Exact })
}

impl MarkdownReader<'_> {
    fn front_status(&mut self) {
        let key = self.role.document.as_ref().and_then(|rule| rule.front_matter.as_deref());
        self.front_fields();
        let Some(entry) = key.and_then(|key| self.front_value(key)) else { return };
        // Of a key that stands twice, nobody knows which is believed.
        if self.is_twice(entry) {
            return;
        }
        self.has_front_status = true;
        let Some(document) = self.document else { return };
        let vocabulary = self.profile.vocabulary_of(self.facts.entities[document].what());
        let Some(reading) = scalar(vocabulary, self.text, entry) else { return };
        // Of a document of any kind it may tell how far its words are, `published`.
        if reading.status.is_none() && self.is_of_any_kind() {
            return;
        }
        let line = self.whole_line(entry.value);
        self.occurrence(document, &CARRIER, reading, line);
    }

    /// Whether a file is a task by nothing but its status, and may be a document about anything.
    pub(in crate::model) fn is_of_any_kind(&self) -> bool {
        self.profile.free_words && self.facts.captures.id.is_none()
    }

    fn is_twice(&self, own: &FrontEntry) -> bool {
        let entries = self.markdown.front_matter.iter().flat_map(|front| &front.entries);
        entries.filter(|entry| entry.path == own.path).count() > 1
    }

    /// What the front matter says of dependencies, and of what the document is part of.
    fn front_fields(&mut self) {
        let (Some(front), Some(document)) = (&self.markdown.front_matter, self.document) else {
            return;
        };
        let names = &self.profile.fields;
        let by_name = self.role.document.as_ref().is_some_and(|rule| rule.by_name);
        for entry in &front.entries {
            // A list has the number of each element behind its key.
            let [key, ..] = &entry.path[..] else { continue };
            let is = |names: &[String]| {
                entry.path.len() <= 2 && names.iter().any(|name| name.eq_ignore_ascii_case(key))
            };
            let flow = || names.flow.field(key, &entry.text).filter(|_| entry.path.len() <= 2);
            let role = match () {
                () if is(&names.dependencies) => FieldRole::Dependencies,
                () if by_name => continue,
                () if is(&names.parent) => FieldRole::Parent,
                () => match flow() {
                    Some(said) => FieldRole::Flow(said),
                    None => continue,
                },
            };
            if entry.text.is_empty() {
                continue;
            }
            if role == FieldRole::Dependencies {
                let ids = self.profile.listed_ids(&entry.text);
                self.facts.entities[document].depends.extend(ids);
            }
            let line = self.whole_line(entry.value);
            self.facts.fields.push(Field { entity: document, role, value: entry.value, line });
        }
    }
}

//! `status: completed` between the `---` at the start of a document.

use crate::model::carrier::markdown_reader::MarkdownReader;
use crate::model::carrier::{Carrier, Form, Spelled};
use crate::model::carriers::marker;
use crate::model::carriers::spelling::machine_word;
use crate::model::{Field, FieldRole};
use crate::profile::reading::{Reading, Shape};
use crate::profile::vocabulary::StatusDef;
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
        self.front_fields();
        let Some(entry) = key.and_then(|key| self.front_value(key)) else { return };
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

    /// What the front matter says of dependencies, and of what the document is part of.
    fn front_fields(&mut self) {
        let (Some(front), Some(document)) = (&self.markdown.front_matter, self.document) else {
            return;
        };
        let names = &self.profile.fields;
        for entry in &front.entries {
            // A list has the number of each element behind its key.
            let [key, ..] = &entry.path[..] else { continue };
            let is = |names: &[String]| {
                entry.path.len() <= 2 && names.iter().any(|name| name.eq_ignore_ascii_case(key))
            };
            let role = match () {
                () if is(&names.parent) => FieldRole::Parent,
                () if is(&names.dependencies) => FieldRole::Dependencies,
                () => continue,
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

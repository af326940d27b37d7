//! `status: completed` between the `---` at the start of a document.

use crate::model::carrier::spelling::machine_word;
use crate::model::carrier::{Carrier, Form, Spelled, marker};
use crate::profile::vocabulary::StatusDef;
use crate::text::text_edit::TextEdit;

/// The carrier.
pub static CARRIER: Carrier = Carrier {
    id: "front-matter",
    respelled,
    with_word: |_, word| StatusDef::json_name(word),
    whereabouts: "in its header",
    ..marker::CARRIER
};

fn respelled(form: Form<'_>, def: &StatusDef, _: Option<&str>) -> Spelled {
    Ok(vec![TextEdit { range: form.range(), insert: machine_word(def, form.raw()) }])
}

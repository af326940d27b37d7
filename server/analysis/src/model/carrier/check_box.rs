//! `- [x] Title`: the mark in a check box. Beside a marker it tells only whether work is left.

use crate::model::carrier::{Carrier, Form, Spelled, marker};
use crate::profile::vocabulary::{StatusDef, StatusIdx};
use crate::text::text_edit::TextEdit;

/// The carrier.
pub static CARRIER: Carrier = Carrier {
    id: "box",
    text: |raw| format!("[{raw}]"),
    respelled,
    beside: Some(beside),
    is_line: false,
    ..marker::CARRIER
};

fn respelled(form: Form<'_>, def: &StatusDef, _: Option<&str>) -> Spelled {
    match def.boxes.first() {
        Some(mark) => Ok(vec![TextEdit { range: form.range(), insert: mark.clone() }]),
        None => Err(format!("a check box has no mark for {}", def.id)),
    }
}

fn beside(form: Form<'_>, to: StatusIdx) -> Spelled {
    let def = form.vocabulary.get(to);
    let mut fitting = form
        .vocabulary
        .iter()
        .filter(|(idx, def)| !def.boxes.is_empty() && form.vocabulary.box_allows(*idx, to));
    let def = match def.boxes.is_empty() {
        true => fitting.next().map_or(def, |(_, def)| def),
        false => def,
    };
    respelled(form, def, None)
}

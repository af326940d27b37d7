//! `### Phase 1: Title [COMPLETED]`: a marker in a heading. Signs at either end of the title may say
//! the status again.

use crate::model::carrier::{Carrier, Form, Spelled, marker};
use crate::profile::reading;
use crate::profile::vocabulary::StatusDef;
use crate::text::TextRange;

/// The carrier.
pub static CARRIER: Carrier = Carrier { id: "heading", respelled, ..marker::CARRIER };

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

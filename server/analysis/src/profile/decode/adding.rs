//! `[add]`: how a new task is written.

use crate::profile::adding::{AddPlace, Adding};
use crate::profile::decode::{Decoder, Table};

pub(super) fn adding(d: &mut Decoder, t: &mut Table<'_>, roles: &[&str]) -> Adding {
    let command = t.string(d, "command").map(|(command, _)| command);
    let places = t.tables(d, "place").into_iter().filter_map(|mut place| {
        let role = place.string(d, "role");
        let list = place.string(d, "list").map(|(list, _)| list);
        let text = place.string(d, "text").map(|(text, _)| text);
        place.needs(d, "role");
        place.needs(d, "text");
        place.finish(d);
        let (name, range) = role?;
        Some(AddPlace { role: d.role_named(&name, range, roles)?, list, text: text? })
    });
    Adding { places: places.collect(), command }
}

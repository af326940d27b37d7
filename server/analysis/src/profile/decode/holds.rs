//! `[role.hold]`: what a file says that a task still waits for.

use crate::profile::decode::{Decoder, Table};
use crate::profile::{Hold, HoldAt};

pub(super) fn hold(d: &mut Decoder, t: &mut Table<'_>) -> Option<Hold> {
    let task_type = d.type_named(t, "type");
    let text = t.regex(d, "text");
    let path = t.regex(d, "path");
    let key = t.string(d, "front_matter");
    let unless = t.strings(d, "unless");
    let at = match (text, path, key) {
        (Some(text), ..) => HoldAt::Text(text),
        (None, Some(path), Some((key, _))) => {
            let key = key.split('.').map(str::to_owned).collect();
            HoldAt::FrontMatter { path, key, unless }
        }
        _ => return None,
    };
    Some(Hold { task_type, at })
}

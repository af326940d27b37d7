//! `[note]`: where a task keeps notes.

use crate::profile::decode::{Decoder, Table};
use crate::profile::noting::{NoteSection, Noting};

pub(super) fn noting(d: &mut Decoder, t: &mut Table<'_>, roles: &[&str]) -> Option<Noting> {
    let command = t.string(d, "command").map(|(command, _)| command);
    let role = t.string(d, "role");
    let role = role.and_then(|(name, range)| d.role_named(&name, range, roles));
    let section = t.regex(d, "section");
    let heading = t.string(d, "heading").map(|(heading, _)| heading);
    let text = t.string(d, "text").map(|(text, _)| text);
    let text = text.unwrap_or_else(|| "- {date}: {text}".to_owned());
    if let Some(command) = command {
        return Some(Noting::Command(command));
    }
    t.needs(d, "role");
    t.needs(d, "section");
    Some(Noting::Section(NoteSection { role: role?, section: section?, heading, text }))
}

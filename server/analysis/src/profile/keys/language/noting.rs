//! `[note]`: where a task keeps notes.

use crate::profile::keys::{Key, Kind, key};

pub(super) const NOTE: &[Key] = &[
    key(
        "command",
        Kind::Text,
        "none",
        "\"backlog task edit ID --append-notes TEXT\"",
        "The command of another tool that writes notes. `lockstep note` is refused then, and names it.",
    ),
    key(
        "role",
        Kind::Text,
        "none",
        "\"ledger\"",
        "The role of the file of a task that holds its notes.",
    ),
    key(
        "section",
        Kind::Regex,
        "none",
        "'^(?i-u:work log)$'",
        "Matches the heading of the section that holds them.",
    ),
    key(
        "heading",
        Kind::Text,
        "the section must be there",
        "\"## Work Log\"",
        "The heading that is written at the end of a file without the section.",
    ),
    key(
        "text",
        Kind::Text,
        "`\"- {date}: {text}\"`",
        "\"- {date} {text}\"",
        "One note, with `{date}` and `{text}`. In a numbered list its number goes on.",
    ),
];

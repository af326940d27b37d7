//! `[add]`: how a new task is written.

use crate::profile::keys::{Key, Kind, key};

pub(super) const ADD: &[Key] = &[
    key(
        "command",
        Kind::Text,
        "none",
        "\"backlog task create\"",
        "The command of another tool that adds a task and does more than write it. `lockstep add` is \
         refused then, and names it.",
    ),
    key(
        "place",
        Kind::Tables(ADD_PLACE),
        "`lockstep add` is refused",
        "",
        "Where a new task stands. The first place must be there; each other one is written where there \
         is a file for it.",
    ),
];

const ADD_PLACE: &[Key] = &[
    key("role", Kind::Text, "", "\"ledger\"", "The role of the file."),
    key(
        "list",
        Kind::Text,
        "none",
        "\"active_projects\"",
        "For JSON: the member of the root object that holds the records.",
    ),
    key(
        "text",
        Kind::Text,
        "",
        "\"- [ ] {title}\"",
        "What is written, with `{id}`, `{title}`, `{slug}` with hyphens, `{snake}` with underscores, \
         `{status}` and `{time}`. In Markdown a task that stands there already shows the form instead, \
         and in JSON members that no record there has are left out. Without `{id}` the id is made from \
         the title.",
    ),
];

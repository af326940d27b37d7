//! `[archive]`: where finished tasks are put away.

use crate::profile::keys::{Key, Kind, key};

pub(super) const ARCHIVE: &[Key] = &[
    key(
        "entries",
        Kind::Text,
        "none",
        "\"archive/TODO.md\"",
        "The file that entries in Markdown go to, from the folder of the file they stand in. A \
         role must take it, so that the tasks are still found.",
    ),
    key(
        "folders",
        Kind::Text,
        "none",
        "\"archive\"",
        "The folder that the folders of tasks go to, from the folder they stand in; `../archive` lies \
         beside that, and `/archive` in the folder of the profile.",
    ),
    key(
        "unlist",
        Kind::Flag,
        "false",
        "true",
        "Whether the entries of a task whose folder moves are taken out of their file.",
    ),
    key(
        "command",
        Kind::Text,
        "none",
        "\"openspec archive {id}\"",
        "The command of another tool that archives a task and does more than move it. `lockstep \
         archive` is refused then, and names it.",
    ),
    key(
        "files",
        Kind::Texts,
        "none",
        "\"completed\"",
        "The folder that a file goes to that is a task and has no folder of its own. It lies beside \
         the folder of the file, and within the folder of the profile. Of several names the first is \
         taken of which there is a folder with tasks.",
    ),
    key(
        "records",
        Kind::Tables(ARCHIVE_RECORDS),
        "none",
        "",
        "The lists that records go to: each of them that exists; where none does, the first in \
         the same file is created.",
    ),
];

const ARCHIVE_RECORDS: &[Key] = &[
    key(
        "file",
        Kind::Text,
        "the same file",
        "\"archive/state.json\"",
        "The file of the list, from the folder of the records.",
    ),
    key("list", Kind::Text, "", "\"completed_projects\"", "The member that holds the list."),
];

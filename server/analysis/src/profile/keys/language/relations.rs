//! `[[relation]]`: tasks that are part of others.

use crate::profile::keys::{KINDS, Key, Kind, key};
use crate::profile::strategies;

pub(super) const RELATION: &[Key] = &[
    key("parent", Kind::Text, "tasks", "\"epic\"", "The type of the whole."),
    key("child", Kind::Text, "tasks", "\"epic\"", "The type of the parts."),
    key(
        "by",
        Kind::Word(&["id", "path", "field", "nesting"]),
        "",
        "\"id\"",
        "How a part names its whole: `id` by `pattern` and `parent_id`, `path` by the group \
         `parent` of its role's `path`, `field` by a field or member named in `[fields]`, `nesting` \
         by standing in it.",
    ),
    key(
        "pattern",
        Kind::Regex,
        "none",
        "'^(?<epic>[0-9]+)-'",
        "For `id`: matches the id of a part. Its groups stand in `parent_id`. For `field`: finds the \
         id of the whole in the value, as the group `id`; without it the whole value is one.",
    ),
    key("parent_id", Kind::Text, "none", "\"epic-{epic}\"", "For `id`: the id of the whole."),
    key(
        "agreement",
        Kind::NameLists,
        "by category: a whole whose parts are all finished is finished, and one with a part that \
         is begun is under way",
        "in_review = [\"open\", \"active\"]",
        "For each status of the whole, what its parts may say together then: `open` none is begun, \
         `active` some are begun or finished, `done` all are finished or dropped. A status that is \
         not listed says nothing about the parts. `fix` takes the status that names first what they say.",
    ),
    key(
        "roll_up",
        Kind::Word(&["propose", "apply", "tell", "off"]),
        "`\"propose\"`",
        "\"apply\"",
        "What becomes of the whole when a part changes: `propose` reports a contradiction and offers \
         to mend it, `apply` changes the whole with the part, `tell` only reports a whole that is \
         finished before its parts are, which count in no figure of it, `off` compares nothing.",
    ),
    key(
        "kind",
        Kind::Word(KINDS),
        "`\"basic\"`",
        "\"composite\"",
        "The kind of each whole that does not say it in a field `Type`: `composite` its parts are done \
         one after the other, `aggregate` it has the status that follows from its parts and is never \
         set, `router` one of its parts is done and not the others.",
    ),
    key(
        "strategy",
        Kind::Word(&strategies::NAMES),
        "`\"wait_all\"`",
        "\"race\"",
        "How each whole follows from its parts that does not say it in a field `Strategy`; `lockstep \
         explain strategies` shows the table.",
    ),
    key(
        "threshold",
        Kind::Text,
        "`\"1\"`",
        "\"60%\"",
        "For `best_effort`: how many parts suffice, as a number or a percentage that is rounded up.",
    ),
];

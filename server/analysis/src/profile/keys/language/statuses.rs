//! `[vocabulary]` and `[[type]]`: the words for statuses.

use crate::profile::keys::{CATEGORIES, Key, Kind, key};

pub(super) const VOCABULARY: &[Key] = &[
    key(
        "task",
        Kind::TablesOrName(STATUS),
        "no statuses",
        "",
        "The statuses of tasks. Where `plan`, `phase` or `item` is left out, they hold there too.",
    ),
    key("plan", Kind::TablesOrName(STATUS), "as `task`", "", "The statuses of plans."),
    key("phase", Kind::TablesOrName(STATUS), "as `task`", "", "The statuses of phases."),
    key("item", Kind::TablesOrName(STATUS), "as `task`", "", "The statuses of check boxes."),
];

pub(super) const TYPE: &[Key] = &[
    key("id", Kind::Text, "", "\"epic\"", "The name of the type."),
    key("status", Kind::Tables(STATUS), "those of tasks", "", "The statuses of its tasks."),
];

const STATUS: &[Key] = &[
    key("id", Kind::Text, "", "\"in_review\"", "The id of the status."),
    key(
        "category",
        Kind::Word(CATEGORIES),
        "of the profile that is extended; else it must be given",
        "\"active\"",
        "What the status means: `open` no work has begun, `active` work is under way, `waiting` \
         it cannot go on, `done` finished, `failed` it went wrong, `dropped` it will not be done.",
    ),
    key("marker", Kind::Text, "the id in words", "\"IN REVIEW\"", "The word in a marker."),
    key(
        "json",
        Kind::Text,
        "the id",
        "\"in-review\"",
        "The value in JSON. `\"true\"` and `\"false\"` are the booleans, too.",
    ),
    key(
        "spellings",
        Kind::Texts,
        "none",
        "[\"reviewing\"]",
        "Other words that say just the same, in any case. Where the places beside it are written so, \
         one is written; else only read.",
    ),
    key(
        "aliases",
        Kind::Texts,
        "none",
        "[\"approved by one\", \"👀\"]",
        "Other spellings, in any case. They are read, never written.",
    ),
    key(
        "box",
        Kind::Texts,
        "none",
        "[\"+\"]",
        "Characters in a check box that mean this status; the first is written.",
    ),
    key(
        "stamp",
        Kind::Text,
        "none",
        "\"Reviewed\"",
        "The field that gets the date when an entity enters the status.",
    ),
    key(
        "stamp_required",
        Kind::Flag,
        "`false`",
        "true",
        "`missing-timestamp` reports an entity in this status without the stamp.",
    ),
    key(
        "seldom",
        Kind::Flag,
        "`false`",
        "true",
        "Its mark for a check box is no part of the format, though many use it: *Toggle* passes over it \
         in a file that does not.",
    ),
    key(
        "may_be_ticked",
        Kind::Flag,
        "`false`",
        "true",
        "All boxes of what is in this status may be ticked, as while somebody reviews it.",
    ),
    key(
        "ticked_aliases",
        Kind::Texts,
        "none",
        "[\"in review\"]",
        "Those of its aliases of which `may_be_ticked` holds alone.",
    ),
    key(
        "within",
        Kind::Text,
        "none",
        "\"in_progress\"",
        "The id of a status that it is a part of: a place that says the one agrees with one that says the \
         other.",
    ),
    key(
        "reason",
        Kind::Text,
        "no reason is needed",
        "\"Blocking Reason\"",
        "The field that must give a reason; `lockstep set` then needs `--reason`.",
    ),
    key(
        "artifacts",
        Kind::Globs,
        "none",
        "[\"**/reports/**\"]",
        "Of the files that a task links to, those that must exist and not be empty before it \
         enters the status.",
    ),
    key(
        "next",
        Kind::Texts,
        "none: the status is final",
        "[\"completed\", \"blocked\"]",
        "The statuses that may follow.",
    ),
];

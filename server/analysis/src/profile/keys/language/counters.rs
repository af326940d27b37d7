//! `[[counter]]` and `[[share]]`: numbers that follow from the tasks.

use crate::profile::keys::{CATEGORIES, Key, Kind, key};

pub(super) const COUNTER: &[Key] = &[
    key("role", Kind::Text, "", "\"ledger\"", "The role of the files that it stands in."),
    key(
        "front_matter",
        Kind::Text,
        "none",
        "\"task_counts.active\"",
        "Where it stands in the front matter, keys from the outermost in. Give this or `json`.",
    ),
    key("json", Kind::Text, "none", "\"next_number\"", "Where it stands in JSON."),
    key(
        "equals",
        Kind::Word(&["next-id", "count"]),
        "",
        "\"count\"",
        "What it must equal: `next-id` a number that no task has, `count` how many tasks have one \
         of the statuses or categories below.",
    ),
    key(
        "type",
        Kind::Text,
        "tasks in the same file",
        "\"epic\"",
        "For `count`: the type of the tasks, which may stand in any file. It is judged where the places \
         of each of them agree, and its parts with it.",
    ),
    key(
        "total",
        Kind::Text,
        "none",
        "\"progress.total_epics\"",
        "For `type`: the counter that says how many there are in all. Where it says another number, \
         this one is not judged, for it may count what is put away.",
    ),
    key("status", Kind::Texts, "none", "[\"not_started\"]", "Statuses that `count` counts."),
    key(
        "category",
        Kind::Words(CATEGORIES),
        "none",
        "[\"active\"]",
        "Categories that `count` counts.",
    ),
    key(
        "lenient",
        Kind::Flag,
        "`false`",
        "true",
        "A wrong number is not reported. Changes still keep it right.",
    ),
];

pub(super) const SHARE: &[Key] = &[
    key("role", Kind::Text, "", "\"state\"", "The role of the files that it stands in."),
    key(
        "front_matter",
        Kind::Text,
        "none",
        "\"progress.percent\"",
        "The key of a percentage in the front matter, keys from the outermost in. Give this or `line`.",
    ),
    key(
        "line",
        Kind::Regex,
        "none",
        "'^Progress:\\s*'",
        "The beginning of a line of Markdown, up to the bar or the first number. A line with a number \
         that is no share of the counters stays as it is.",
    ),
];

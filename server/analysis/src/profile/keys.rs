//! The keys of `lockstep.toml` and of a profile. The decoder takes no other, and the reference and
//! the schema for TOML tools are made from them.

mod language;

pub use language::PROFILE;

use crate::profile::flow::TaskKind;
use crate::profile::modes::{CommitTo, WorktreeMode};
use crate::profile::vocabulary::Category;

/// One key of a table.
#[derive(Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What holds without it, in Markdown; empty where it must be given.
    pub default: &'static str,
    /// What it means, in Markdown.
    pub doc: &'static str,
    /// Its value in an example, or all of it for tables of names; empty where none is shown.
    pub example: &'static str,
}

/// What a key holds.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A string.
    Text,
    /// A string or a number.
    TextOrNumber,
    /// The id of a rule.
    Rule,
    /// The name of a built-in profile.
    Builtin,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of these words, or one of them.
    Words(&'static [&'static str]),
    /// A number from 0 on.
    Number,
    /// A list of numbers from 1 to 6.
    Levels,
    /// True or false.
    Flag,
    /// A list of strings, or one.
    Texts,
    /// A glob.
    Glob,
    /// A list of globs, or one.
    Globs,
    /// A regular expression.
    Regex,
    /// A table with these keys.
    Table(&'static [Key]),
    /// A list of tables with these keys.
    Tables(&'static [Key]),
    /// A list of tables with these keys, or the name of the key beside it that holds one.
    TablesOrName(&'static [Key]),
    /// A table of names, each with a name.
    Names,
    /// A table of names, each with a list of names.
    NameLists,
    /// A table of rules, each with its severity.
    Severities,
}

impl Kind {
    /// The keys of the tables that it holds.
    pub fn keys(self) -> &'static [Key] {
        match self {
            Kind::Table(keys) | Kind::Tables(keys) | Kind::TablesOrName(keys) => keys,
            _ => &[],
        }
    }

    /// The words that it may be.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Kind::Word(words) | Kind::Words(words) => words,
            _ => &[],
        }
    }
}

/// What a severity may be set to.
pub const SEVERITIES: &[&str] = &["off", "info", "warning", "error"];

/// The kinds of entities, by name.
const ENTITIES: &[&str] = &["task", "plan", "phase", "item"];

const CATEGORIES: &[&str] = &names(Category::ALL);

const KINDS: &[&str] = &names(TaskKind::ALL);

const fn names<T: Copy, const N: usize>(all: [(T, &'static str); N]) -> [&'static str; N] {
    let mut names = [""; N];
    let mut at = 0;
    while at < N {
        names[at] = all[at].1;
        at += 1;
    }
    names
}

const fn key(
    name: &'static str,
    kind: Kind,
    default: &'static str,
    example: &'static str,
    doc: &'static str,
) -> Key {
    Key { name, kind, default, doc, example }
}

/// The settings of `lockstep.toml`. The keys of [`PROFILE`] may stand beside them.
pub const SETTINGS: &[Key] = &[
    key(
        "profile",
        Kind::Builtin,
        "the profile that is detected",
        "",
        "The built-in profile to use as it is. `lockstep profiles` lists them.",
    ),
    key(
        "extends",
        Kind::Builtin,
        "none",
        "\"opencode\"",
        "The built-in profile that the keys of the profile in this file change. Tables are merged \
         key by key, roles and statuses by their `id`; every other list is replaced.",
    ),
    key(
        "commit",
        Kind::Word(&names(CommitTo::ALL)),
        "`\"edit\"`",
        "\"disk\"",
        "Where a command from an editor changes a status: `edit` changes the text in the editor \
         and leaves saving to you; `disk` writes all files as one transaction.",
    ),
    key(
        "durability",
        Kind::Word(&["full", "process"]),
        "`\"full\"`",
        "\"process\"",
        "What a transaction survives: `full` a power cut, `process` only the end of the program, \
         which is faster.",
    ),
    key(
        "in-place",
        Kind::Globs,
        "none",
        "[\"shared/*.md\"]",
        "Files to write in place where a new file cannot replace them: they have several hard links \
         or a mount of their own. Other programs may see half of such a write.",
    ),
    key(
        "wip-limit",
        Kind::Number,
        "no limit",
        "3",
        "How many tasks of a profile may be active at one time, for the rule `wip-limit`.",
    ),
    key(
        "rules",
        Kind::Severities,
        "the severities of the profile, then of the rules",
        "drift = \"error\"",
        "The severity of each rule. `lockstep explain` lists the rules.",
    ),
    key(
        "use",
        Kind::Tables(USE),
        "the profiles that are detected",
        "",
        "Built-in profiles, each at a folder, where a repository keeps tasks in several ways. Nothing \
         is detected then.",
    ),
    key(
        "allow",
        Kind::Tables(ALLOW),
        "none",
        "",
        "Findings that are not reported. Each table allows those that match all of its keys.",
    ),
    key(
        "worktrees",
        Kind::Table(WORKTREES),
        "`mode = \"report\"`",
        "",
        "What happens to the other worktrees of the repository.",
    ),
];

const USE: &[Key] = &[
    key("profile", Kind::Builtin, "", "\"opencode\"", "The name of the profile."),
    key(
        "root",
        Kind::Text,
        "",
        "\"apps/web\"",
        "The folder, relative to this file. A file belongs to the deepest folder whose profile has \
         a role for it; `.` is the folder of this file.",
    ),
];

const ALLOW: &[Key] = &[
    key("rule", Kind::Rule, "", "\"drift\"", "The rule whose findings are allowed."),
    key("path", Kind::Glob, "every file", "\"specs/old/**\"", "Only in files that match."),
    key("task", Kind::TextOrNumber, "every task", "\"58\"", "Only for this task."),
];

const WORKTREES: &[Key] = &[
    key(
        "mode",
        Kind::Word(&names(WorktreeMode::ALL)),
        "`\"report\"`",
        "\"mirror\"",
        "`report` shows the status in other worktrees; `mirror` changes a status in all of them, \
         in one transaction; `off` does not read them.",
    ),
    key(
        "also",
        Kind::Texts,
        "none",
        "[\"../clone\"]",
        "Roots of clones that belong to the group, relative to this root or absolute.",
    ),
];

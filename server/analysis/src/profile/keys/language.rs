//! The language of profiles: how one kind of repository keeps its tasks.

mod adding;
mod archive;
mod counters;
mod noting;
mod relations;
mod roles;
mod statuses;

use crate::profile::keys::{Key, Kind, key};
use adding::ADD;
use archive::ARCHIVE;
use counters::{COUNTER, SHARE};
use noting::NOTE;
use relations::RELATION;
use roles::ROLE;
use statuses::{TYPE, VOCABULARY};

/// The keys of a profile.
pub const PROFILE: &[Key] = &[
    key("id", Kind::Text, "`\"custom\"`", "\"team\"", "The name of the profile."),
    key("summary", Kind::Text, "empty", "\"Tasks of the team\"", "One line about the profile."),
    key(
        "detect",
        Kind::Tables(DETECT),
        "none",
        "",
        "How the profile is recognized, for built-in profiles; one of these is enough. The first \
         profile that recognizes the repository is used.",
    ),
    key("ids", Kind::Table(IDS), "ids as written", "", "How ids of tasks are written."),
    key("markers", Kind::Table(MARKERS), "`[word]`", "", "How a marker is written in Markdown."),
    key("fields", Kind::Table(FIELDS), "none", "", "Names of fields and of JSON members."),
    key(
        "vocabulary",
        Kind::Table(VOCABULARY),
        "no statuses",
        "",
        "The statuses of each kind of entity, in the order in which they are offered.",
    ),
    key(
        "statuses_from",
        Kind::Table(STATUSES_FROM),
        "the statuses of tasks are those of the profile",
        "",
        "Where a repository lists the statuses of its tasks itself. Those that the profile knows keep \
         what they mean, and have the word of the list; of the others the first is open, the last is \
         done where no other is, and those between are active. Any of the list may follow any other. \
         A status of the profile that the list has not is read, and no longer written. With a list, \
         `unknown-status` is reported even where the profile switches it off.",
    ),
    key(
        "type",
        Kind::Tables(TYPE),
        "all tasks are of one type",
        "",
        "A type of task with statuses of its own, such as epics beside stories. Rules name it by \
         `type`.",
    ),
    key(
        "relation",
        Kind::Tables(RELATION),
        "none",
        "",
        "Tasks that are part of others, such as the stories of an epic.",
    ),
    key(
        "agreement",
        Kind::NameLists,
        "a plan and its task are not compared",
        "implementing = [\"in_progress\"]",
        "For each status of a task, the statuses that the header of its newest plan may have. A \
         status that is not listed says nothing about the plan.",
    ),
    key(
        "keeps_progress",
        Kind::Flag,
        "`false`",
        "true",
        "Whether drift is not fixed unasked where a place says that work is begun or done and the \
         trusted place does not say so yet: each side is offered, and none chosen.",
    ),
    key(
        "stamps_as_kept",
        Kind::Flag,
        "`false`",
        "true",
        "Whether a list stamps statuses as it does already: a stamp that no other entity of it has is \
         not written, and one that most of them lack is not missed.",
    ),
    key(
        "shares_folder",
        Kind::Flag,
        "`false`",
        "true",
        "Whether files of its folder to which it gives no role are read as if it were not there: else \
         nothing below it is left to `checklist`.",
    ),
    key(
        "free_words",
        Kind::Flag,
        "`false`",
        "true",
        "Whether people have words of their own: of the words that are not known, `unknown-status` \
         reports only slips of the pen.",
    ),
    key("history", Kind::Table(HISTORY), "none", "", "Files that are history."),
    key(
        "role",
        Kind::Tables(ROLE),
        "no files",
        "",
        "One group of files, and where statuses stand in them. The first role that matches a path \
         takes the file. Files without a role are never judged.",
    ),
    key(
        "pairs",
        Kind::Names,
        "none",
        "ledger = \"state\"",
        "Two roles whose live tasks must stand in both.",
    ),
    key(
        "listed_in",
        Kind::Names,
        "none",
        "ledger = \"state\"",
        "Roles, and for each the role that must have its live tasks, too.",
    ),
    key(
        "create",
        Kind::Tables(CREATE),
        "none",
        "",
        "A file that is created when the status of a task with a folder changes and the file is \
         missing.",
    ),
    key("counter", Kind::Tables(COUNTER), "none", "", "A number that follows from the tasks."),
    key(
        "share",
        Kind::Tables(SHARE),
        "none",
        "",
        "How much is finished, in percent, as a bar `[████░░░░░░]` or as `4/10`, beside counters with a \
         `total`: where it says what they say, a change of theirs changes it, too.",
    ),
    key("add", Kind::Table(ADD), "`lockstep add` is refused", "", "How a new task is written."),
    key("note", Kind::Table(NOTE), "`lockstep note` is refused", "", "Where a task keeps notes."),
    key(
        "folders",
        Kind::Table(FOLDERS),
        "a change of status moves no files",
        "",
        "Folders that say a status. When the status of a task changes, its folder moves along, or those \
         of its files that lie beside other tasks; links are mended.",
    ),
    key(
        "archive",
        Kind::Table(ARCHIVE),
        "finished tasks stay where they are",
        "",
        "Where `lockstep archive` moves finished tasks. What is left out is not moved.",
    ),
];

const DETECT: &[Key] = &[
    key(
        "root",
        Kind::Text,
        "the folder of the workspace",
        "\".planning\"",
        "The name of the folder that the profile is at, wherever it is; with `/*` behind it, the \
         profile is at each folder in that one. All globs of the profile are relative to its folder, \
         those in this table too.",
    ),
    key(
        "root_holds",
        Kind::Text,
        "none",
        "\"_tasks.md\"",
        "The profile is at each folder that holds this file. Give this or `root`. Where the file lies in \
         a folder of it, `lists/status.yaml`, globs may be relative to that one, too.",
    ),
    key(
        "root_around",
        Kind::Texts,
        "none",
        "[\"pending\", \"completed\"]",
        "The profile is at each folder in which there are folders of these names, the outermost of \
         several.",
    ),
    key(
        "files",
        Kind::Globs,
        "none",
        "[\"**/TODO.md\", \"**/state.json\"]",
        "Each of these globs must match a file.",
    ),
    key("file", Kind::Glob, "none", "\"**/state.json\"", "The files that `contains` reads."),
    key(
        "contains",
        Kind::Regex,
        "none",
        "'\"active_projects\"'",
        "One of these files must match the expression.",
    ),
    key(
        "shares_folder",
        Kind::Flag,
        "`false`",
        "true",
        "Whether files of a folder called as `root` to which the profile gives no role are read as if \
         it were not there.",
    ),
    key(
        "several",
        Kind::Flag,
        "`false`",
        "true",
        "Whether the profile is at such folders only where several of them lie in one: each of these \
         numbers its tasks anew.",
    ),
    key(
        "except",
        Kind::Texts,
        "none",
        "[\"done\", \"open\"]",
        "Names of folders, in small letters, that the profile is neither at nor below.",
    ),
];

const IDS: &[Key] = &[
    key(
        "prefixes",
        Kind::Texts,
        "none",
        "[\"#\", \"task \"]",
        "What may stand before an id and does not belong to it; `*-` is any word and a hyphen before a digit.",
    ),
    key(
        "others",
        Kind::Texts,
        "none",
        "[\"doc\", \"draft\"]",
        "Words that `*-` does not stand for: with a number they name something else than a task.",
    ),
    key(
        "number",
        Kind::Flag,
        "`false`",
        "true",
        "Ids are numbers, and leading zeros do not count: `007` is `7`.",
    ),
    key(
        "local",
        Kind::Flag,
        "`false`",
        "true",
        "An id holds within its file, so that the same number in two files is two tasks.",
    ),
    key(
        "listed",
        Kind::Regex,
        "numbers, their ranges, and such as `T07` or `LOG-12`",
        "'task_0*(?<id>[0-9]+)'",
        "Each id in a list of dependencies. Groups: `id`, and `other` for an id that has another form. \
         Other words there name no task; what matches without a group is passed over.",
    ),
];

const MARKERS: &[Key] = &[
    key(
        "style",
        Kind::Text,
        "`\"[{}]\"`",
        "\"[{}]\"",
        "How a marker is written; `{}` is the word of the status.",
    ),
    key("case", Kind::Word(&["upper", "any"]), "`\"any\"`", "\"upper\"", "The case of the word."),
    key("bare", Kind::Flag, "`false`", "true", "A word without brackets is as good as a marker."),
    key(
        "unstated",
        Kind::Regex,
        "none",
        "'^pending \\(default|^\\{\\{'",
        "What begins so where a status may stand states none, as what a template says. In YAML its record \
         is no task then.",
    ),
];

const FIELDS: &[Key] = &[
    key(
        "status",
        Kind::Texts,
        "none",
        "[\"Status\"]",
        "Fields in Markdown that hold a status: `- **Status**: [DONE]`. Of every list in this \
         table the first name is the one that is written.",
    ),
    key(
        "status_again",
        Kind::Texts,
        "none",
        "[\"Overall Status\"]",
        "Fields that say the status of the whole document once more, in a section of its header. What is \
         no known status there says nothing.",
    ),
    key(
        "dependencies",
        Kind::Texts,
        "none",
        "[\"Depends on\"]",
        "Fields that hold the ids of tasks that must be finished first.",
    ),
    key("reason", Kind::Texts, "none", "[\"Reason\"]", "Fields that hold the reason of a status."),
    key(
        "parent",
        Kind::Texts,
        "none",
        "[\"Epic\"]",
        "Fields that hold the id of the task that a task is part of.",
    ),
    key(
        "parts",
        Kind::Texts,
        "none",
        "[\"Plans\"]",
        "Fields that say how many parts of a task are finished, as in `2/3`, perhaps with words behind.",
    ),
    key(
        "json_dependencies",
        Kind::Texts,
        "none",
        "[\"dependencies\"]",
        "JSON members that hold dependencies.",
    ),
    key(
        "json_parent",
        Kind::Texts,
        "none",
        "[\"epic\"]",
        "JSON members that hold the id of the task that a task is part of.",
    ),
    key(
        "json_reason",
        Kind::Texts,
        "none",
        "[\"blocking_reason\"]",
        "JSON members that hold a reason.",
    ),
    key(
        "json_touch",
        Kind::Texts,
        "none",
        "[\"last_updated\"]",
        "JSON members that get the time of every change.",
    ),
    key(
        "touch",
        Kind::Texts,
        "none",
        "[\"updated_date\"]",
        "Keys of front matter that get the time of every change where they stand, in their form.",
    ),
    key(
        "json_artifacts",
        Kind::Texts,
        "none",
        "[\"artifacts\", \"plan_path\"]",
        "JSON members that name files that the task has produced.",
    ),
    key(
        "kind",
        Kind::Texts,
        "`Type`, `Kind`",
        "[\"Type\"]",
        "Fields and members, of any format, that hold the kind of a task: `composite`, `aggregate` and \
         so on. Another value says nothing.",
    ),
    key(
        "strategy",
        Kind::Texts,
        "`Strategy`",
        "[\"Strategy\"]",
        "Fields and members that say how a task follows from its parts. Another value than the name \
         of a strategy says nothing.",
    ),
    key(
        "threshold",
        Kind::Texts,
        "`Threshold`",
        "[\"Enough\"]",
        "Fields and members that say how many parts suffice.",
    ),
    key(
        "waits_for",
        Kind::Texts,
        "`Waits for`",
        "[\"Until\"]",
        "Fields and members that name the tasks or signals that a task of the kind `wait` waits for.",
    ),
    key(
        "raises",
        Kind::Texts,
        "`Raises`, `Signal`",
        "[\"Raises\"]",
        "Fields and members that name the signal that a task of the kind `signal` gives when it is done.",
    ),
    key(
        "items",
        Kind::Texts,
        "`Items`",
        "[\"Items\"]",
        "Fields and members that name what a task of the kind `collection` has a part for, each.",
    ),
];

const HISTORY: &[Key] = &[key(
    "files",
    Kind::Globs,
    "none",
    "[\"**/archive/**\"]",
    "Files of the past, whatever the case of the letters in their paths. Only malformed markers are \
     reported in them, and no fix edits them.",
)];

const CREATE: &[Key] = &[
    key("role", Kind::Text, "", "\"record\"", "The role of the new file."),
    key(
        "path",
        Kind::Text,
        "",
        "\"{folder}/state.json\"",
        "Its path; `{folder}` is the folder of the task.",
    ),
    key(
        "text",
        Kind::Text,
        "",
        "'{\"number\": {id}, \"status\": \"{status}\"}'",
        "Its text; `{id}`, `{slug}`, `{status}` and `{time}` are replaced.",
    ),
];

const STATUSES_FROM: &[Key] = &[
    key(
        "role",
        Kind::Text,
        "",
        "\"state\"",
        "The role of the file that lists them, which is YAML or JSON. It needs no rules of its own.",
    ),
    key(
        "key",
        Kind::Text,
        "",
        "\"board.statuses\"",
        "The key of the list, with `.` between nested keys.",
    ),
];

const FOLDERS: &[Key] = &[
    key(
        "path",
        Kind::Regex,
        "",
        "'(?:open|done)(?:/(?<area>[^/]+))?'",
        "Matches the first parts of a folder that says a status. What follows them is kept, and what a \
         group matches can be named in `to`.",
    ),
    key(
        "to",
        Kind::Names,
        "",
        "completed = \"done/{year}/{area?}\"",
        "For each status that has a folder, that folder: `{area}` is the group of that name, `{year}`, \
         `{quarter}` and `{month}` are those of the time stamp of the status, else of the change. With \
         a question mark in the braces, a part of the path of which nothing is known is left out; \
         without one, the change is refused then.",
    ),
];

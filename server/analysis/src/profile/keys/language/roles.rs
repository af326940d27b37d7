//! `[[role]]`: groups of files, and where statuses stand in them.

use crate::profile::keys::{ENTITIES, Key, Kind, key};

pub(super) const ROLE: &[Key] = &[
    key("id", Kind::Text, "", "\"ledger\"", "The name of the role."),
    key("files", Kind::Globs, "none", "[\"**/TODO.md\"]", "The files of the role."),
    key("exclude", Kind::Globs, "none", "[\"**/drafts/**\"]", "Files that it does not take."),
    key(
        "format",
        Kind::Word(&["markdown", "json", "yaml"]),
        "`\"markdown\"`",
        "\"json\"",
        "What the files are written in.",
    ),
    key(
        "path",
        Kind::Regex,
        "none",
        "'(?<id>[0-9]+)_(?<slug>[^/]+)/(?<stem>[^/]+)\\.md$'",
        "What the path says about the task. Groups: `id`; `tag`, what stands before the id, with a \
         colon between; `folder`, the folder of the task, which \
         ends with `slug` where that is a group; `stem`, the name of the file: in capitals it is the id, where it begins with that and \
         the heading begins with all of it; `parent`, what the \
         task is part of; `status`, the status that its folder says. Where a group `NAME_again` matches \
         something else than the group `NAME`, the path says nothing.",
    ),
    key(
        "path_id",
        Kind::Text,
        "`\"{id}\"`",
        "\"{epic}-{number}\"",
        "The id, made of groups of `path`, where other files spell it with other marks between. Where a group \
         `id` matches, that is the id.",
    ),
    key(
        "path_also",
        Kind::Text,
        "none",
        "\"{epic}-{number}\"",
        "Another id, made in the same way: the file is of the record with it where no record has the first.",
    ),
    key(
        "old",
        Kind::Regex,
        "none",
        "'[-_.](old|backup)\\b'",
        "Names of files that are older versions and speak for no task.",
    ),
    key(
        "reports",
        Kind::Regex,
        "none",
        "'-report\\.md$'",
        "Names of files that only report on a task, and speak for none, where another file has the same id.",
    ),
    key(
        "words",
        Kind::Texts,
        "those of the profile",
        "[\"InProgress\"]",
        "Words that these files have for statuses: a status that one of them spells is written so in place \
         of a word that begins with a capital, or with none, as it does.",
    ),
    key(
        "rank",
        Kind::Number,
        "`100`",
        "10",
        "Authority: where places disagree, `fix` trusts the smallest number first.",
    ),
    key("latest", Kind::Flag, "`false`", "true", "Only the newest file of a task speaks for it."),
    key(
        "renumbered",
        Kind::Flag,
        "`false`",
        "true",
        "Numbers may begin anew. A block `<details>` is of the past if a number in it is that of \
         something else behind it; of the rows of one table with one number and different names, the last counts.",
    ),
    key(
        "hold",
        Kind::Table(HOLD),
        "none",
        "",
        "What the files say that a task still waits for: its parts alone do not finish it then.",
    ),
    key(
        "former",
        Kind::Regex,
        "none",
        "'(?m)^- Shipped: phases (?<from>[0-9]+)-(?<to>[0-9]+)'",
        "Numbers of tasks that are finished and may be listed nowhere any more, so that others may depend on \
         them. Counters leave them out. Groups: `from`, and `to` where there are several; parts such as `3.1` belong to their number.",
    ),
    key("document", Kind::Table(DOCUMENT), "none", "", "The whole document is an entity."),
    key("section", Kind::Tables(SECTION), "none", "", "Headings that are entities."),
    key("entry", Kind::Tables(ENTRY), "none", "", "List entries that name a task."),
    key("table", Kind::Tables(TABLE), "none", "", "Tables whose rows are entities."),
    key("box", Kind::Tables(BOXES), "none", "", "Check boxes that are known by the `id` in them."),
    key(
        "boxes",
        Kind::Table(BOXES),
        "`kind = \"item\"`",
        "",
        "Other check boxes at the top level.",
    ),
    key("records", Kind::Tables(RECORDS), "none", "", "Records of JSON or YAML that are tasks."),
];

const HOLD: &[Key] = &[
    key("type", Kind::Text, "the first one", "\"epic\"", "The type of the task."),
    key(
        "path",
        Kind::Regex,
        "none",
        "'/(?<id>[0-9]+)-VERIFICATION\\.md$'",
        "Finds the `id` of the task in the path of the file. Give this and `front_matter`, or `text`.",
    ),
    key(
        "front_matter",
        Kind::Text,
        "none",
        "\"status\"",
        "The key of a verdict in the front matter; without one the task waits for nothing.",
    ),
    key(
        "unless",
        Kind::Texts,
        "none",
        "[\"passed\"]",
        "Verdicts with which the task waits for nothing.",
    ),
    key(
        "text",
        Kind::Regex,
        "none",
        "'(?m)^Task: (?<id>[0-9]+)\\nStatus: (?<says>awaits review)'",
        "A passage with the `id` of the task, and what `says` that it waits.",
    ),
];

const KIND: Key = key("kind", Kind::Word(ENTITIES), "", "\"task\"", "What the entity is.");

const OF_TYPE: Key = key("type", Kind::Text, "none", "\"epic\"", "The `[[type]]` of the task.");

const LINK: Key = key(
    "link",
    Kind::Regex,
    "none",
    "'(?<id>[^/]+)/?$'",
    "Where the text has no id: matches the target of a link in it. Group: `id`. What has no such link \
     is no task then.",
);

const IN_DOCUMENT: Key = key(
    "in_document",
    Kind::Flag,
    "`false`",
    "true",
    "They are parts of the document's task: `2` in that of task 7 is `7.2`, and so are those that they \
     say they depend on.",
);

const DERIVED: Key = key(
    "derived",
    Kind::Flag,
    "`false`",
    "true",
    "Where it states no status, it has that of its check boxes.",
);

const WHEN: Key = key(
    "when",
    Kind::Word(&["always", "status", "known", "field", "boxes"]),
    "`\"always\"`",
    "\"status\"",
    "When it is an entity: `status` only where it has a status in a field or a marker, `known` only where \
     that is a status of the vocabulary, `field` \
     also where it has any field, `boxes` also where it has a check box.",
);

const DOCUMENT: &[Key] = &[
    KIND,
    OF_TYPE,
    WHEN,
    DERIVED,
    key(
        "status",
        Kind::Text,
        "none",
        "\"completed\"",
        "Where it states no status, it has this one, as the file of a folder for finished tasks.",
    ),
    key(
        "id_from",
        Kind::Word(&["stem", "path"]),
        "none",
        "\"stem\"",
        "`stem`: where neither the path nor a field gives the id, the name of the file does. `path`: where \
         the path gives none, the file is nothing itself.",
    ),
    key(
        "title_from",
        Kind::Word(&["id"]),
        "its first heading",
        "\"id\"",
        "What the title is, where the headings of such a document say nothing of the task.",
    ),
    key(
        "companions",
        Kind::Flag,
        "`false`",
        "true",
        "Of several documents with one id, that which an entry or a record names by its file is the \
         task. The others are about it, and are not judged.",
    ),
    key(
        "by_name",
        Kind::Flag,
        "`false`",
        "true",
        "Nothing is read of the document but that it is there, and what its front matter says of \
         dependencies: what stands in it is of another kind.",
    ),
    key(
        "prose_status",
        Kind::Flag,
        "`false`",
        "true",
        "What a field of the document itself says of a status is prose, and no place of it.",
    ),
    key(
        "task_fields",
        Kind::Texts,
        "none",
        "[\"Task\"]",
        "Fields whose first number is the id of the task.",
    ),
    key(
        "front_matter",
        Kind::Text,
        "none",
        "\"status\"",
        "The key of the front matter that holds the status of the document.",
    ),
    key(
        "heading",
        Kind::Regex,
        "any",
        "'^Story [0-9.]+: (?<title>.+)$'",
        "The first heading of the document. Another document is no entity. Groups: `title`, and `id` \
         where neither the path nor the front matter gives one.",
    ),
    key("id_key", Kind::Text, "none", "\"id\"", "The key of the front matter that holds the id."),
    key(
        "title_key",
        Kind::Text,
        "none",
        "\"title\"",
        "The key of the front matter that holds the title.",
    ),
    key(
        "title_section",
        Kind::Regex,
        "none",
        "'^Title: (?<title>.+)$'",
        "The heading that says the title, where the first one of the same level says something else. \
         Group: `title`.",
    ),
    key(
        "status_section",
        Kind::Regex,
        "none",
        "'^Status(?:: (?<status>.+))?$'",
        "The heading of the section whose first line is the status of the document. Group: `status` \
         where it stands in the heading itself.",
    ),
    key(
        "field_tables",
        Kind::Flag,
        "`false`",
        "true",
        "A table of two columns in the header holds fields, a name and a value in each row: what it says \
         of the status counts where no field does.",
    ),
    key(
        "field_blocks",
        Kind::Flag,
        "`false`",
        "true",
        "A code block of YAML in the header holds fields: what it says of the status counts where nothing \
         else does. So does a line of several bold names: a status that is known counts behind others.",
    ),
    key(
        "header_sections",
        Kind::Regex,
        "none",
        "'(?i-u)\\b(metadata|status)\\b'",
        "Sections that belong to the header, where the fields of the document stand.",
    ),
];

const SECTION: &[Key] = &[
    KIND,
    OF_TYPE,
    WHEN,
    LINK,
    DERIVED,
    key(
        "heading",
        Kind::Regex,
        "",
        "'^(?<id>[0-9]+)\\. (?<title>.+)$'",
        "The text of the heading. Groups: `id` of a task or `number` of a phase, `title`, and \
         `status` where it stands before the id with its brackets, or behind the title without.",
    ),
    key(
        "behind",
        Kind::Regex,
        "anywhere",
        "'^Subtasks:$'",
        "Only headings behind one whose text this matches are meant.",
    ),
    IN_DOCUMENT,
    key("levels", Kind::Levels, "all", "[2, 3]", "The levels of headings that count."),
    key(
        "mention",
        Kind::Flag,
        "`false`",
        "true",
        "The headings only tell more of tasks that stand elsewhere in the file: fields, or a status that \
         is known. One with a status is a place of the task by itself. What stands below is no part of \
         them.",
    ),
    key(
        "status",
        Kind::Texts,
        "none",
        "[\"Status\"]",
        "Fields below the heading that hold the status, beside those of the profile.",
    ),
    key("rank", Kind::Number, "that of the role", "15", "Authority of the sections."),
    key(
        "marker",
        Kind::Word(&["end"]),
        "`\"end\"`",
        "\"end\"",
        "Where the marker stands in the heading.",
    ),
];

const ENTRY: &[Key] = &[
    KIND,
    OF_TYPE,
    key(
        "text",
        Kind::Regex,
        "",
        "'^\\*\\*(?<id>[0-9]+)\\*\\* (?<status>\\[[^\\]]*\\])'",
        "The first line of the entry. Groups: `id`, `status`, `title`.",
    ),
    key(
        "section",
        Kind::Regex,
        "none",
        "'^(?<status>.+)$'",
        "The heading that says the status of the entries below it, in the group `status`. Another status \
         moves the line to the section of that one. Where the file has no such section, the line stays, and \
         contradicts nothing.",
    ),
    key("rank", Kind::Number, "`100`", "50", "Authority of these entries."),
];

const TABLE: &[Key] = &[
    KIND,
    OF_TYPE,
    key(
        "id",
        Kind::Texts,
        "with `alone`, made from the title",
        "[\"#\", \"ID\"]",
        "Headers of the column that holds the id. A table without such a column is no table of tasks. Only \
         with `alone` it may be left out.",
    ),
    key(
        "alone",
        Kind::Flag,
        "`false`",
        "true",
        "Anything may stand in such a table: a row is a task only where its cell holds one known status and \
         nothing else, and the table only if it has a `title`, and half of what its column says are statuses.",
    ),
    key(
        "mention",
        Kind::Flag,
        "`false`",
        "true",
        "The rows only name tasks of other places, so that one may be named twice.",
    ),
    key(
        "status",
        Kind::Texts,
        "",
        "[\"Status\"]",
        "Headers of the column that holds the status. A row whose cell is empty is no task.",
    ),
    key("title", Kind::Texts, "none", "[\"Title\"]", "Headers of the column that holds the title."),
    key(
        "depends",
        Kind::Texts,
        "none",
        "[\"Dependencies\"]",
        "Headers of the column that holds what the row depends on.",
    ),
    key(
        "parent",
        Kind::Texts,
        "none",
        "[\"Phase\"]",
        "Headers of the column that names the task that the row is part of, for a `[[relation]]` by \
         `field`. A cell that names several names none.",
    ),
    key(
        "parts",
        Kind::Texts,
        "none",
        "[\"Plans\"]",
        "Headers of the column that says how many parts are finished, as in `2/3`.",
    ),
    key(
        "without",
        Kind::Texts,
        "none",
        "[\"Question\"]",
        "Headers of other tables: one that has such a column is no table of tasks.",
    ),
    key(
        "ended",
        Kind::Texts,
        "none",
        "[\"Completed\"]",
        "Headers of the column that holds the day on which a row was finished.",
    ),
    key(
        "pattern",
        Kind::Regex,
        "the whole text",
        "'^ADR-(?<id>[0-9]+)$'",
        "The text of the cell that holds the id. Group: `id`. Another row is no task.",
    ),
    key(
        "link",
        Kind::Regex,
        "none",
        "'(?<id>[0-9]+)[^/]*\\.md$'",
        "Matches the target of a link in the cell that holds the id, instead of its text. Group: `id`.",
    ),
    IN_DOCUMENT,
    key("rank", Kind::Number, "that of the role", "20", "Authority of the rows."),
];

const BOXES: &[Key] = &[
    KIND,
    OF_TYPE,
    LINK,
    key(
        "id",
        Kind::Regex,
        "the id is made of the text",
        "'^(?<id>T[0-9]+)'",
        "The text of a box that is a task, in the list of another box too. Group: `id`. Any other box \
         is an item.",
    ),
    key(
        "depends",
        Kind::Regex,
        "none",
        "'\\(depends on (?<ids>[^)]*)\\)'",
        "What the text of a box says it depends on. Groups: `ids`, of which words are kept for \
         `lockstep next`, and `ids_only` where words are prose.",
    ),
    key(
        "parts",
        Kind::Regex,
        "none",
        "'\\((?<parts>[0-9]+/[0-9]+ plans)\\)'",
        "What the text of a box that is a task says of how many of its parts are finished. Group: \
         `parts`.",
    ),
    key("rank", Kind::Number, "that of the role", "30", "Authority of the boxes."),
    key(
        "mention",
        Kind::Flag,
        "`false`",
        "true",
        "The boxes only name tasks of other places, so that one may be named twice.",
    ),
    key(
        "coarse",
        Kind::Flag,
        "`false`",
        "true",
        "An open box tells only that work is left, where another place of the task tells more: it does \
         not contradict what is in progress there.",
    ),
    IN_DOCUMENT,
    key(
        "optional",
        Kind::Regex,
        "none",
        "'(?i-u)\\boptional\\b'",
        "The text of boxes that may stay open in what is finished, or of the heading right above them.",
    ),
    key(
        "sections",
        Kind::Regex,
        "all",
        "'^Tasks$'",
        "The headings below which boxes count. All others are prose.",
    ),
    key(
        "labels",
        Kind::Texts,
        "none",
        "[\"P\"]",
        "What stands in brackets that are a label, and no box: what begins with one is prose.",
    ),
];

const RECORDS: &[Key] = &[
    OF_TYPE,
    key(
        "at",
        Kind::Text,
        "the root object",
        "\"active_projects[]\"",
        "Where the records are: `a.b[]` the elements of an array, `a{}` the members of an object, by \
         id, whose values may be statuses themselves. Arrays may be in the elements of arrays, whose \
         ids stand before a dot then: `tasks[].parts[]`. `*` is any key, which stands before the ids \
         with a colon.",
    ),
    key(
        "key",
        Kind::Regex,
        "the whole key",
        "'^(?<id>[0-9]+-[0-9]+)-'",
        "The key of a member. Groups: `id`, and in YAML `letter` behind it, which belongs to the id where \
         keys of one list have the same id with different letters. A member with another key is no task. Of \
         several rules for one place, the first whose expression matches takes the member.",
    ),
    key("id", Kind::Text, "`\"id\"`", "\"project_number\"", "The member that holds the id."),
    key("title", Kind::Text, "`\"title\"`", "\"name\"", "The member that holds the title."),
    key(
        "without",
        Kind::Texts,
        "none",
        "[\"passes\"]",
        "Members of other records: one that has such a member is no task, as what says its status in a \
         second way that nothing here would change.",
    ),
    key(
        "title_else",
        Kind::Texts,
        "none",
        "[\"description\"]",
        "Members that hold the title where that is missing: the first of them that is there.",
    ),
    key("status", Kind::Text, "`\"status\"`", "\"state\"", "The member that holds the status."),
    key(
        "untouched",
        Kind::Texts,
        "none",
        "[\"new\"]",
        "What a tool writes as the status at first and often nobody changes. If another place says \
         something else, `drift` is reported as `info` only.",
    ),
    key(
        "list",
        Kind::Word(&["active", "finished", "archived"]),
        "`\"active\"`",
        "\"finished\"",
        "What standing in this list means: `finished` tasks are judged only where an active place \
         speaks of them too, `archived` tasks are history.",
    ),
];

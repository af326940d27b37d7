//! Repositories made by chance: every shape in which a profile reads a status, and its neighbours
//! that it does not read.

use super::Files;
use crate::support::report::Chance;

/// Statuses of tasks in their upper case words, known ones first.
const TASK: [&str; 22] = [
    "NOT STARTED",
    "RESEARCHING",
    "RESEARCHED",
    "PLANNING",
    "PLANNED",
    "REVISED",
    "IMPLEMENTING",
    "PARTIAL",
    "COMPLETED",
    "BLOCKED",
    "ABANDONED",
    "EXPANDED",
    "IN PROGRESS",
    "DONE",
    "SUPERSEDED",
    "DEFERRED",
    "PENDING",
    "ON HOLD",
    "COMPLETD",
    "IMPLEMENTNG",
    "SOMEDAY",
    "",
];

/// Statuses of plans and phases.
const PHASE: [&str; 16] = [
    "NOT STARTED",
    "IN PROGRESS",
    "COMPLETED",
    "COMPLETED",
    "PARTIAL",
    "BLOCKED",
    "ABANDONED",
    "DEFERRED",
    "PLANNED",
    "SKIPPED",
    "SUPERSEDED",
    "NOT APPLICABLE",
    "READY FOR IMPLEMENTATION",
    "COMPLETD",
    "WHATEVER",
    "DONE",
];

const TITLES: [&str; 8] = [
    "Add login",
    "Write the *docs* for `set`",
    "Größe ändern",
    "任务 list",
    "Reset (the) password",
    "Status: a field of its own",
    "Move [old](old.md) files",
    "Clean up - finally",
];

const PROSE: [&str; 10] = [
    "The status is COMPLETED where all is done.",
    "- Status: `[COMPLETED]` if zero are left",
    "**Note**: it was [PLANNED] once.",
    "| Phase | Status |\n|---|---|\n| 1 | ✅ Completed |\n| 2 | [IN PROGRESS] |",
    "> **Status**: [BLOCKED]",
    "```\n- **Status**: [PLANNED]\n### 7. No task\n```",
    "1. First\n2. Second",
    "[ref]: https://example.org",
    "<!-- a comment -->",
    "- 2026-01-02: [IMPLEMENTING] begun",
];

/// How one repository is written.
struct Dress {
    chance: Chance,
    /// Whether a status is as a rule written as the profile has it, and places agree.
    neat: bool,
}

impl Dress {
    fn below(&mut self, end: u64) -> u64 {
        self.chance.below(end)
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64) as usize]
    }

    /// A status word, mostly one of the first that are known.
    fn word<'a>(&mut self, of: &[&'a str], known: usize) -> &'a str {
        if self.neat || !self.one_in(4) { self.pick(&of[..known]) } else { self.pick(of) }
    }

    /// A status in one of the many forms in which people write it.
    fn marker(&mut self, word: &str) -> String {
        if self.neat && !self.one_in(8) {
            return format!("[{word}]");
        }
        let lower = word.to_lowercase();
        let title = title_case(word);
        match self.below(16) {
            0 => lower,
            1 => title,
            2 => format!("({title})"),
            3 => format!("**{title}**"),
            4 => format!("✅ {title}"),
            5 => format!("❌ {title} (0%)"),
            6 => format!("🚧 {title}"),
            7 => format!("[{word}"),
            8 => format!("[{title}]"),
            9 => format!("[{}]", lower.replace(' ', "_")),
            10 => format!("**[{word}]**"),
            11 => format!("[{word}] - since May"),
            12 => format!("**{word}** (moved)"),
            13 => "✅".to_owned(),
            14 => format!("~~[PLANNED]~~ [{word}]"),
            _ => format!("[{word}]"),
        }
    }

    fn field(&mut self, name: &str, value: &str) -> String {
        if self.neat && !self.one_in(8) {
            return format!("- **{name}**: {value}\n");
        }
        match self.below(7) {
            0 => format!("**{name}**: {value}\n"),
            1 => format!("* **{name}**: {value}\n"),
            2 => format!("  - **{name}**: {value}\n"),
            3 => format!("- **{name}:** {value}\n"),
            4 => format!("{name}: {value}\n"),
            5 => format!("- **{name}**: {value}  \n"),
            _ => format!("- **{name}**: {value}\n"),
        }
    }

    fn stamp(&mut self) -> String {
        let day = format!("2026-0{}-{:02}", 1 + self.below(3), 1 + self.below(28));
        match self.below(4) {
            0 => format!("{day}T08:30:00Z"),
            1 if !self.neat => "TBD".to_owned(),
            _ => day,
        }
    }

    /// Check boxes, some below others.
    fn boxes(&mut self, depth: usize) -> String {
        let mut out = String::new();
        for n in 0..1 + self.below(3) {
            let mark = if self.neat { self.pick(&[" ", "x"]) } else { self.mark() };
            let bullet = if self.neat { "-" } else { self.pick(&["-", "*", "+", "1."]) };
            let end = self.leftover();
            out.push_str(&format!("{}{bullet} [{mark}] Part {n}{end}\n", "  ".repeat(depth)));
            if depth < 2 && self.one_in(4) {
                out.push_str(&self.boxes(depth + 1));
            }
        }
        out
    }

    fn mark(&mut self) -> &'static str {
        self.pick(&[" ", "x", "X", "-", "~", "/", "!", "?", "✅", ""])
    }

    /// What may stand behind a box besides its title.
    fn leftover(&mut self) -> &'static str {
        match self.neat || !self.one_in(6) {
            true => "",
            false => self.pick(&[" ✅", " [COMPLETED]", " (in progress)", " - DONE", " ❌"]),
        }
    }

    fn prose(&mut self) -> String {
        if self.one_in(3) { format!("\n{}\n\n", self.pick(&PROSE)) } else { String::new() }
    }

    /// The text with the ends of lines, and the first bytes, that some editor gave it.
    fn finish(&mut self, text: String) -> String {
        let text = if self.one_in(8) { text.trim_end().to_owned() } else { text };
        let text = match self.below(8) {
            0 => text.replace('\n', "\r\n"),
            1 if !self.neat => text.replacen('\n', "\r\n", 3),
            _ => text,
        };
        if self.one_in(10) { format!("\u{feff}{text}") } else { text }
    }
}

fn title_case(word: &str) -> String {
    let words = word.split(' ').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().into_iter();
        first.chain(letters.flat_map(char::to_lowercase)).collect::<String>()
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A task, as all its files are to have it.
struct Task {
    id: u64,
    title: &'static str,
    status: &'static str,
}

impl Task {
    fn slug(&self) -> String {
        let letters =
            |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        let slug: String = self.title.chars().map(letters).collect();
        format!("{:03}_{}", self.id, slug.trim_matches('_'))
    }
}

/// A repository of numbered tasks, records and folders with plans.
pub fn numbered(chance: Chance) -> Files {
    let mut dress = Dress { chance, neat: false };
    dress.neat = dress.one_in(2);
    let root = dress.pick(&["specs", ".opencode/specs", "specs"]);
    let tasks: Vec<Task> = (0..2 + dress.below(6))
        .map(|n| Task { id: 5 + n, title: dress.pick(&TITLES), status: dress.word(&TASK, 12) })
        .collect();
    let mut files = Files::new();
    let text = ledger(&mut dress, &tasks);
    files.insert(format!("{root}/TODO.md"), text);
    let text = records(&mut dress, &tasks);
    files.insert(format!("{root}/state.json"), text);
    for task in &tasks {
        if dress.one_in(3) {
            continue;
        }
        let folder = format!("{root}/{}", task.slug());
        if dress.one_in(2) {
            let text = record_file(&mut dress, task);
            files.insert(format!("{folder}/state.json"), text);
        }
        for version in 0..1 + dress.below(3) / 2 {
            let text = plan(&mut dress, task);
            files.insert(format!("{folder}/plans/implementation-00{}.md", version + 1), text);
        }
        if dress.one_in(3) {
            files
                .insert(format!("{folder}/reports/research-001.md"), "# Status: Good\n".to_owned());
        }
    }
    if dress.one_in(3) {
        archive(&mut dress, root, &mut files);
    }
    files
}

fn ledger(dress: &mut Dress, tasks: &[Task]) -> String {
    let mut out = String::new();
    if dress.one_in(2) {
        let next = 5 + tasks.len() as u64 + dress.below(2);
        let active = tasks.len() as u64 - dress.below(2);
        out.push_str(&format!("---\nnext_project_number: {next}\ntask_counts:\n  active: {active}\n  not_started: 1\n---\n"));
    }
    out.push_str("# TODO\n\n");
    if dress.one_in(3) {
        out.push_str("## Task Order\n\n");
        for task in tasks {
            if !dress.one_in(5) {
                out.push_str(&format!("- **{}** [{}] — {}\n", task.id, task.status, task.title));
            }
        }
        out.push('\n');
    }
    out.push_str("## Tasks\n\n");
    for task in tasks {
        if !dress.neat && dress.one_in(12) {
            continue;
        }
        let text = entry(dress, task);
        out.push_str(&text);
        if !dress.neat && dress.one_in(16) {
            out.push_str(&text);
        }
    }
    dress.finish(out)
}

fn said(dress: &mut Dress, task: &Task) -> &'static str {
    if dress.one_in(5) { dress.word(&TASK, 12) } else { task.status }
}

fn entry(dress: &mut Dress, task: &Task) -> String {
    let (id, title) = (task.id, task.title);
    let status = said(dress, task);
    let marker = dress.marker(status);
    let mut out = match if dress.neat { 9 } else { dress.below(14) } {
        0 => format!("### Task {id}: {title}\n"),
        1 => format!("### #{id} - {title}\n"),
        2 => format!("## {id}. {title}\n"),
        3 => format!("### {id}) {title} {marker}\n"),
        4 => format!("### [{status}] {id}. {title}\n"),
        5 => format!("### {id:03}. {title}\n"),
        6 => format!("### -{id}. {title}\n"),
        7 => format!("{id}. {title}\n---\n"),
        8 => format!("### {id}. {title} ###\n"),
        _ => format!("### {id}. {title}\n"),
    };
    if dress.one_in(4) {
        out.push_str(&dress.field("Effort", "2 hours"));
    }
    if dress.neat || !dress.one_in(10) {
        out.push_str(&dress.field("Status", &marker));
    }
    for (name, n) in [("Started", 3), ("Completed", 4), ("Blocking Reason", 6), ("Blocked", 10)] {
        if dress.one_in(n) {
            let value = dress.stamp();
            out.push_str(&dress.field(name, &value));
        }
    }
    if dress.one_in(6) {
        let other = 5 + dress.below(5);
        out.push_str(&dress.field("Dependencies", &format!("{other}")));
    }
    out.push_str(&dress.prose());
    if dress.one_in(4) {
        out.push('\n');
        out.push_str(&dress.boxes(0));
    }
    if dress.one_in(8) {
        out.push('\n');
        out.push_str(&phases(dress, 4));
    }
    out.push('\n');
    out
}

fn json_status(dress: &mut Dress, status: &str) -> String {
    let plain = status.to_lowercase().replace(' ', "_");
    match if dress.neat { 9 } else { dress.below(14) } {
        0 => "null".to_owned(),
        1 => format!("\"{status}\""),
        2 => format!("\"[{status}]\""),
        3 => "7".to_owned(),
        _ => format!("\"{plain}\""),
    }
}

fn members(dress: &mut Dress, task: &Task) -> Vec<String> {
    let status = said(dress, task);
    let mut out = vec![
        format!("\"project_number\": {}", task.id),
        format!("\"project_name\": \"{}\"", &task.slug()[4..]),
    ];
    if dress.neat || !dress.one_in(12) {
        let status = json_status(dress, status);
        out.push(format!("\"status\": {status}"));
    }
    for (name, n) in [("created", 2), ("started", 3), ("completed", 4), ("last_updated", 2)] {
        if dress.one_in(n) {
            let value = dress.stamp();
            out.push(format!("\"{name}\": \"{value}\""));
        }
    }
    if dress.one_in(8) {
        out.push("\"blocked_by\": \"the designer\"".to_owned());
    }
    if dress.one_in(8) {
        out.push("\"dependencies\": [5, 99]".to_owned());
    }
    if !dress.neat && dress.one_in(10) {
        out.push("\"note\": 1, \"note\": 2".to_owned());
    }
    out
}

fn records(dress: &mut Dress, tasks: &[Task]) -> String {
    let (mut active, mut completed) = (Vec::new(), Vec::new());
    for task in tasks {
        let members = members(dress, task);
        if !dress.neat && dress.one_in(10) {
            continue;
        }
        match dress.one_in(6) {
            true => completed.push(members),
            false => active.push(members),
        }
        if !dress.neat && dress.one_in(16) {
            active.extend(active.last().cloned());
        }
    }
    let layout = dress.below(4);
    let list = |records: &[Vec<String>]| {
        let records: Vec<String> = records.iter().map(|members| record(members, layout)).collect();
        match layout {
            0 => format!("[{}]", records.join(", ")),
            _ => format!("[\n    {}\n  ]", records.join(",\n    ")),
        }
    };
    let next = 5 + tasks.len();
    let text = format!(
        "{{\n  \"next_project_number\": {next},\n  \"active_projects\": {},\n  \"completed_projects\": {}\n}}\n",
        list(&active),
        list(&completed)
    );
    dress.finish(text)
}

fn record(members: &[String], layout: u64) -> String {
    match layout {
        0 | 1 => format!("{{ {} }}", members.join(", ")),
        2 => format!("{{\n      {}\n    }}", members.join(",\n      ")),
        _ => format!("{{\n\t\t{}}}", members.join(",\n\t\t")),
    }
}

fn record_file(dress: &mut Dress, task: &Task) -> String {
    let members = members(dress, task);
    let text = match dress.below(3) {
        0 => format!("{{ {} }}", members.join(", ")),
        1 => format!("{{\n\t{}\n}}\n", members.join(",\n\t")),
        _ => format!("{{\n  {}\n}}\n", members.join(",\n  ")),
    };
    dress.finish(text)
}

fn plan(dress: &mut Dress, task: &Task) -> String {
    let mut out = format!("# Implementation Plan: {}\n\n", task.title);
    out.push_str(&dress.field("Task", &format!("{} - {}", task.id, task.title)));
    if !dress.one_in(5) {
        let word = match task.status {
            "COMPLETED" | "PARTIAL" | "BLOCKED" if !dress.one_in(4) => task.status,
            "IMPLEMENTING" if !dress.one_in(4) => "IN PROGRESS",
            _ => dress.word(&PHASE, 8),
        };
        let marker = dress.marker(word);
        out.push_str(&dress.field("Status", &marker));
    }
    out.push_str(&dress.prose());
    out.push_str("\n## Phases\n\n");
    out.push_str(&phases(dress, 3));
    dress.finish(out)
}

fn phases(dress: &mut Dress, level: usize) -> String {
    let mut out = String::new();
    let all = dress.word(&PHASE, 8);
    for n in 1..=1 + dress.below(4) {
        let word = if dress.one_in(2) { all } else { dress.word(&PHASE, 8) };
        let marker = dress.marker(word);
        let hashes = "#".repeat(level);
        let heading = match if dress.neat { 9 } else { dress.below(12) } {
            0 => format!("{hashes} Phase {n}: Part\n"),
            1 => format!("{hashes} Phase {n}: Part - {marker}\n"),
            2 => format!("{hashes} 🔴 Phase {n} - Part {marker}\n"),
            3 => format!("{hashes} Phase {n}a: Part {marker} [PASS]\n"),
            4 => format!("{hashes} Phase {n}: Part {marker} {hashes}\n"),
            _ => format!("{hashes} Phase {n}: Part {marker}\n"),
        };
        out.push_str(&heading);
        if dress.one_in(6) {
            let marker = if dress.one_in(2) { marker } else { dress.marker("IN PROGRESS") };
            out.push_str(&dress.field("Status", &marker));
        }
        if dress.one_in(5) {
            let value = dress.stamp();
            out.push_str(&dress.field("Started", &value));
        }
        if dress.one_in(3) {
            out.push('\n');
            out.push_str(&dress.boxes(0));
        }
        out.push('\n');
        out.push_str(&dress.prose());
    }
    out
}

fn archive(dress: &mut Dress, root: &str, files: &mut Files) {
    let old = Task { id: 3, title: "Draw a logo", status: "COMPLETED" };
    let text = entry(dress, &old);
    files.insert(format!("{root}/archive/TODO.md"), text);
    let text = plan(dress, &old);
    files.insert(format!("{root}/archive/{}/plans/implementation-001.md", old.slug()), text);
    let text = record_file(dress, &old);
    files.insert(format!("{root}/archive/{}/state.json", old.slug()), text);
}

/// A repository of check lists and plans without numbers.
pub fn lists(chance: Chance) -> Files {
    let mut dress = Dress { chance, neat: false };
    dress.neat = dress.one_in(2);
    let mut files = Files::new();
    let mut todo = "# TODO\n\n".to_owned();
    for part in 0..1 + dress.below(3) {
        todo.push_str(&format!("## Part {part}\n\n"));
        let boxes = dress.boxes(0);
        todo.push_str(&boxes);
        todo.push('\n');
        todo.push_str(&dress.prose());
        if dress.one_in(3) {
            let status = dress.pick(&["PLANNED", "IN PROGRESS", "COMPLETED", "BLOCKED"]);
            let marker = dress.marker(status);
            todo.push_str(&format!("- {marker} Marked thing\n- Thing {marker}\n\n"));
        }
        if dress.one_in(4) {
            let status = dress.pick(&["PLANNED", "IN PROGRESS", "COMPLETED", "BLOCKED"]);
            let marker = dress.marker(status);
            todo.push_str(&format!("### {}. Numbered\n", part + 1));
            todo.push_str(&dress.field("Status", &marker));
            todo.push('\n');
        }
    }
    let todo = dress.finish(todo);
    files.insert("TODO.md".to_owned(), todo);
    if dress.one_in(2) {
        let task = Task { id: 1, title: dress.pick(&TITLES), status: dress.word(&TASK, 12) };
        let text = plan(&mut dress, &task);
        files.insert("docs/PLAN.md".to_owned(), text);
    }
    if dress.one_in(4) {
        let boxes = dress.boxes(0);
        files.insert("docs/archive/TODO.md".to_owned(), boxes);
    }
    files
}

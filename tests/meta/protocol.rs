//! The reference of what other programs rely on. Methods, commands, members, codes and events are read
//! from the sources that define them, with what is said of each there.

use std::path::Path;

use lockstep_analysis::change::events::EventKind;
use lockstep_analysis::operation::Code;
use serde_json::{Value, json};

use super::docs_fresh::{NOTE, cell, check};
use crate::cli::support::Place;

const EXITS: &str = "server/lockstep/src/cli/error.rs";
const CODES: &str = "server/analysis/src/operation.rs";
const REPORT: &str = "server/lockstep/src/report.rs";
const ROWS: &str = "server/lockstep/src/report/rows.rs";
const TRANSITIONS: &str = "server/lockstep/src/report/transitions.rs";
const MARKS: &str = "server/lockstep/src/report/marks.rs";
const CHANGED: &str = "server/lockstep/src/lsp/rows.rs";
const APPLIED: &str = "server/lockstep/src/lsp/applied.rs";
const NEXT: &str = "server/lockstep/src/report/next.rs";
const CLAIMING: &str = "server/lockstep/src/workspace/commit/claiming.rs";
const EVENTS: &str = "server/lockstep/src/workspace/events.rs";
const STATUS: &str = "server/lockstep/src/daemon/status.rs";
const METRICS: &str = "server/lockstep/src/metrics.rs";

/// What a command prints, and the types that it is made of, each with its source.
const ANSWERS: &[(&str, &[(&str, &str)])] = &[
    (
        "`lockstep check --format json`",
        &[
            (REPORT, "CheckReport"),
            (REPORT, "Summary"),
            (REPORT, "ReportedFinding"),
            (REPORT, "RelatedPlace"),
        ],
    ),
    (
        "`lockstep list --format json`, `lockstep/tasks`",
        &[
            (REPORT, "TaskList"),
            (REPORT, "TaskReport"),
            (REPORT, "OccurrenceReport"),
            (REPORT, "PhaseReport"),
            (REPORT, "PartReport"),
            (REPORT, "StatusElsewhere"),
        ],
    ),
    ("`lockstep show --format json`: a `TaskReport`", &[]),
    (
        "`lockstep next --format json`",
        &[(NEXT, "NextReport"), (NEXT, "WaitingTask"), (NEXT, "BlockerReport")],
    ),
    (
        "`lockstep set`, `batch`, `fix` and `archive`, each with `--format json`",
        &[
            (REPORT, "SetReport"),
            (REPORT, "SetResult"),
            (REPORT, "PlaceReport"),
            (REPORT, "MirrorReport"),
        ],
    ),
    (
        "`lockstep claim`, `renew` and `release`, each with `--format json`",
        &[(CLAIMING, "ClaimReport")],
    ),
    (
        "`lockstep watch --format json`, `lockstep/event`: an object a line",
        &[(EVENTS, "EventReport")],
    ),
    (
        "`lockstep/tasks` with `brief`, and the row of an event",
        &[(ROWS, "TaskRow"), (ROWS, "PartsDone")],
    ),
    ("`lockstep/tasksChanged`", &[(CHANGED, "TasksChanged")]),
    ("`lockstep/transitions`: a list", &[(TRANSITIONS, "TransitionReport")]),
    ("`lockstep/marks`: a list", &[(MARKS, "StatusMark")]),
    ("`lockstep/applied`", &[(APPLIED, "Applied")]),
    (
        "`lockstep daemon status --format json`: `schema`, `running`, and where it runs",
        &[
            (STATUS, "Status"),
            (STATUS, "SessionStatus"),
            (REPORT, "WorkspaceStatus"),
            (METRICS, "Latency"),
        ],
    ),
];

/// Answers that are made in one place only. A run of each is compared with what is said of it.
fn plain_answers() -> [(&'static [&'static str], Value); 3] {
    [
        (
            &["undo", "--format", "json"],
            json!({"schema": 1, "transaction": "…", "reversed": "…", "files": ["…"], "worktrees": []}),
        ),
        (
            &["log", "--format", "json"],
            json!({"schema": 1, "more": false, "operations": [
                {"id": "…", "who": "…", "when": "…", "what": {}, "files": [
                    {"path": "…", "pre": "…", "post": "…"}
                ]}
            ]}),
        ),
        (
            &["show", "none", "--format", "json"],
            json!({"schema": 1, "error": {
                "code": "…", "message": "…", "reason": null, "remedy": "…"
            }}),
        ),
    ]
}

#[test]
fn the_reference_of_the_protocol_is_fresh() {
    let mut out = format!("{NOTE}\n\n# Protocol\n\nWhat other programs can rely on.\n");
    out.push_str("\n## Exit codes\n\n| code | means |\n|---|---|\n");
    for (doc, _, code) in members(EXITS, "enum Exit") {
        let code = code.rsplit_once("= ").map_or("", |(_, number)| number.trim_end_matches(','));
        out.push_str(&format!("| {code} | {} |\n", cell(&doc)));
    }
    out.push_str(
        "\n## Result codes\n\nThe `code` of what was refused.\n\n| code | means |\n|---|---|\n",
    );
    for (doc, _, variant) in members(CODES, "enum Code") {
        let named = |code: &Code| format!("{code:?},") == variant;
        let (_, name) = Code::ALL.iter().find(|(code, _)| named(code)).expect("a name");
        out.push_str(&format!("| `{name}` | {} |\n", cell(&doc)));
    }
    out.push_str("| `conflict` | As exit code 3, for any other reason. |\n");
    out.push_str("| `internal` | As exit code 4. |\n");
    out.push_str("\n## JSON\n\nLines and columns count from 1, columns in Unicode scalar values. Paths are relative to the root. New members may be added under the same `schema`.\n");
    for (title, types) in ANSWERS {
        out.push_str(&format!("\n### {title}\n"));
        for (source, name) in *types {
            out.push_str(&format!("\n`{name}`\n\n| member | type | is |\n|---|---|---|\n"));
            out.push_str(&rows(source, name));
        }
    }
    for (arguments, answer) in plain_answers() {
        let title = match arguments[0] {
            "show" => {
                "Every command that cannot do what it is told, under `--format json`".to_owned()
            }
            _ => format!("`lockstep {}`", arguments.join(" ")),
        };
        let text = serde_json::to_string_pretty(&answer).expect("plain values");
        out.push_str(&format!("\n### {title}\n\n```json\n{text}\n```\n"));
    }
    out.push_str("\n## Requests\n\nA server of the Language Server Protocol over standard input and output, `lockstep lsp`. Beside opening, changing, saving and closing documents it knows:\n\n");
    list(&mut out, "server/lockstep/src/lsp/requests");
    out.push_str("\n## Commands\n\nOf `workspace/executeCommand`, each with one object as its argument. A task is named by `task`, or by `uri` and `position`; `task` is also the name of a phase or check box, as on the command line: `PLAN.md#phase-2/choose-a-store`. `commit` is `edit` or `disk`, else `lockstep.toml` decides. In the editor the answer is `{\"transaction\", \"files\", \"notes\"}`; on disk it is that of `lockstep set --format json`.\n\n");
    list(&mut out, "server/lockstep/src/lsp/commands");
    out.push_str("\n## Other methods\n\nEditors get `lockstep/event`, and those that declare it in `capabilities.experimental.lockstep` the two after it: `{\"rows\": true, \"applied\": true}`. A client that declares `asksReason` there is offered commands without a reason for statuses that need one, and asks its user. The others are for the process that hands the messages of an editor on to the daemon, as `lockstep lsp` does.\n\n");
    for (said, method) in methods() {
        out.push_str(&format!("- `{method}`: {said}\n"));
    }
    out.push_str("\n## Events\n\nThe notification `lockstep/event` tells each client what has happened. The kinds:\n\n");
    for kind in EventKind::ALL {
        out.push_str(&format!("- `{kind}`: {}\n", kind.summary()));
    }
    check("protocol.md", &out);
}

#[test]
fn answers_have_the_members_that_the_reference_says() {
    let place = Place::sample();
    assert_eq!(place.run(&["set", "9", "researching"]).exit, 0);
    for (arguments, expected) in plain_answers() {
        let answer: Value = serde_json::from_str(&place.run(arguments).out).expect("JSON");
        assert_eq!(shape(&answer), shape(&expected), "{arguments:?}");
    }
}

/// The names of members, whatever they hold; of lists the first entry speaks for all. What `log` tells
/// of an operation is the request, which the reference leaves open.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| {
                (name.clone(), if name == "what" { json!({}) } else { shape(value) })
            })
            .collect(),
        Value::Array(items) => {
            items.iter().take(1).filter(|it| it.is_object()).map(shape).collect()
        }
        _ => Value::Null,
    }
}

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join(path)).expect("a source")
}

/// Members or variants of a type: what is said of each, its attributes, its line.
fn members(source: &str, header: &str) -> Vec<(String, String, String)> {
    let text = read(source);
    let body = text.split_once(&format!(" {header} {{\n")).expect("the type").1;
    let mut found = Vec::new();
    let (mut doc, mut attributes) = (Vec::new(), String::new());
    for line in body.lines().take_while(|line| *line != "}").map(str::trim) {
        match line.strip_prefix("/// ") {
            Some(said) => doc.push(said),
            None if line.starts_with("#[") => attributes.push_str(line),
            None => {
                let said = std::mem::take(&mut doc).join(" ");
                let said = said.replace("[`", "`").replace("`]", "`");
                found.push((said, std::mem::take(&mut attributes), line.to_owned()));
            }
        }
    }
    found
}

/// The members of a type, with those of the types that it takes in.
fn rows(source: &str, name: &str) -> String {
    let members = members(source, &format!("struct {name}")).into_iter();
    let row = |(doc, attributes, member): (String, String, String)| {
        let of = member.rsplit(' ').next().unwrap_or_default().trim_end_matches(',');
        match attributes.contains("flatten") {
            true => rows(source, of),
            false => row(&doc, &attributes, &member),
        }
    };
    members.map(row).collect()
}

fn row(doc: &str, attributes: &str, member: &str) -> String {
    let member = member.trim_start_matches("pub(crate) ").trim_start_matches("pub ");
    let member = member.trim_end_matches(',');
    let (name, of) = member.split_once(": ").expect("a member");
    let left_out = if attributes.contains("skip_serializing_if") { ", or left out" } else { "" };
    format!("| `{name}` | {}{left_out} | {} |\n", plain(of), cell(doc))
}

/// A type of Rust as one of JSON.
fn plain(of: &str) -> String {
    let inner = |of: &str, outer: &str| {
        of.strip_prefix(outer)?.strip_prefix('<')?.strip_suffix('>').map(plain)
    };
    if let Some(some) = inner(of, "Option") {
        return format!("{some} or null");
    }
    if let Some(items) = inner(of, "Vec") {
        return format!("list of {items}");
    }
    match of {
        "String" => "string".to_owned(),
        "u32" | "u64" | "usize" | "f64" => "number".to_owned(),
        "bool" => "boolean".to_owned(),
        "ReportedVerdict" => "`applied`, `would_apply`, `unchanged` or `refused`".to_owned(),
        "Build" => "object".to_owned(),
        "Uri" => "string".to_owned(),
        "AppliedOutcome" => "`applied`, `refused` or `in-part`".to_owned(),
        other => format!("`{other}`"),
    }
}

/// What is said of each method beside the requests, and its name.
fn methods() -> Vec<(String, String)> {
    let source = read("server/lockstep/src/lsp/methods.rs");
    let blocks = source.split("\n\n").filter_map(|block| {
        let name = block.lines().last()?.split('"').nth(1)?.to_owned();
        let said: Vec<&str> = block.lines().filter_map(|line| line.strip_prefix("/// ")).collect();
        Some((said.join(" "), name))
    });
    blocks.collect()
}

/// What each file of a registry is for, where it begins with what clients call it.
fn list(out: &mut String, folder: &str) {
    let source = read(&format!("{folder}.rs"));
    let is_name = |name: &&str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let registry = source.lines().skip_while(|line| !line.ends_with("s! {"));
    let names = registry.map(str::trim).filter_map(|line| line.strip_suffix(','));
    let names = names.map(|line| line.split_once(": ").map_or(line, |(name, _)| name));
    for name in names.filter(is_name) {
        let source = read(&format!("{folder}/{name}.rs"));
        let said = source.lines().map_while(|line| line.strip_prefix("//! "));
        let said = said.collect::<Vec<_>>().join(" ").replace("[`", "`").replace("`]", "`");
        out.push_str(&format!("- {said}\n"));
    }
}

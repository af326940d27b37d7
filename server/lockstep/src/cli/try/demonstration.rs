//! What the server does in an editor, shown without one: findings, and one edit that mends them.

use std::collections::BTreeMap;
use std::path::Path;

use lockstep_analysis::rules;
use lockstep_analysis::text::diff;
use serde_json::{Value, json};

use super::client::Client;
use super::sample::{FILES, STATE, Sample};
use crate::cli::output::{BOLD, GREEN, paint, painted_diff};
use crate::cli::source::Excerpts;
use crate::cli::{Context, UserError};
use crate::hub::uri::DocumentUri;
use crate::report::{RelatedPlace, ReportedFinding, ReportedRange};

/// What the demonstration mends.
const RULE: &str = "drift";

/// Starts a server, shows its findings, has it mend the drift, and shows what has changed.
pub(super) fn run(cx: &mut Context, sample: &Sample, server: &Path) -> Result<(), UserError> {
    let mut open = OpenFile::new(sample);
    let mut client = Client::start(server)?;
    client.request("initialize", capabilities(&open.root))?;
    client.notify("initialized", json!({}))?;
    for (path, text) in &open.texts {
        let language = if path.ends_with(".md") { "markdown" } else { "json" };
        let uri = open.uri(path);
        let document = json!({ "uri": uri, "languageId": language, "version": 1, "text": text });
        client.notify("textDocument/didOpen", json!({ "textDocument": document }))?;
    }
    let uris: Vec<String> = open.texts.keys().map(|path| open.uri(path)).collect();
    client.wait_for("findings in every file", |found| {
        uris.iter().all(|uri| found.get(uri).is_some_and(|found| !found.is_empty()))
    })?;
    title(cx, "Findings of the server")?;
    let excerpts = Excerpts::new(&sample.root, &cx.out);
    for path in open.texts.keys() {
        let mut found = client.diagnostics.get(&open.uri(path)).cloned().unwrap_or_default();
        found.sort_by_key(|diagnostic| line(&diagnostic["range"]["start"]));
        for diagnostic in &found {
            cx.out.line(&excerpts.show(&finding(&open, path, diagnostic)))?;
            cx.out.text("\n")?;
        }
    }
    let edit = choose(cx, &mut client, &open.uri(STATE))?;
    title(cx, "What this one edit changes")?;
    let changed = open.apply(&edit)?;
    for (path, before) in &changed {
        let text = &open.texts[path];
        cx.out.text(&painted_diff(&diff::unified(path, before, text, 1)))?;
        std::fs::write(sample.root.join(path), text)
            .map_err(|error| UserError::io(format!("{path} cannot be written"), &error))?;
        save(&mut client, &open, path)?;
    }
    client.wait_for("files in step", |found| {
        let mut codes = found.values().flatten().filter_map(|found| found["code"].as_str());
        codes.all(|code| code != RULE && !rules::is_of_editors(code))
    })?;
    let left: usize = client.diagnostics.values().map(Vec::len).sum();
    client.leave()?;
    title(cx, "After the edit")?;
    cx.out.line(&format!("{}; {left} other findings remain", paint(GREEN, "no drift")))?;
    in_an_editor(cx, sample, server)
}

fn title(cx: &mut Context, text: &str) -> Result<(), UserError> {
    cx.out.line(&format!("\n{}\n", paint(BOLD, text)))
}

/// How to have the same in an editor.
fn in_an_editor(cx: &mut Context, sample: &Sample, server: &Path) -> Result<(), UserError> {
    title(cx, "The same in Neovim 0.11 or newer")?;
    let server = server.display();
    cx.out.line(&format!(
        "  vim.lsp.config('lockstep', {{ cmd = {{ '{server}', 'lsp' }}, \
         filetypes = {{ 'markdown', 'json' }} }})\n  \
         vim.lsp.enable('lockstep')\n  \
         :edit {}/specs/TODO.md\n\n\
         In a terminal, `lockstep try` opens Neovim, Helix or Emacs if one is installed.",
        sample.root.display()
    ))
}

/// Asks for the code actions at the drift, and takes the one that is preferred.
fn choose(cx: &mut Context, client: &mut Client, uri: &str) -> Result<Value, UserError> {
    let found = client.diagnostics.get(uri).into_iter().flatten();
    let drift = found.into_iter().find(|diagnostic| diagnostic["code"] == RULE).cloned();
    let drift = drift.ok_or_else(|| UserError::internal("the server does not see the drift"))?;
    let context = json!({ "diagnostics": [drift], "only": ["quickfix"] });
    let params =
        json!({ "textDocument": { "uri": uri }, "range": drift["range"], "context": context });
    let actions = client.request("textDocument/codeAction", params)?;
    let actions = actions.as_array().cloned().unwrap_or_default();
    let preferred = actions.iter().position(|action| action["isPreferred"] == true);
    title(cx, &format!("Code actions at line {} of {STATE}", line(&drift["range"]["start"])))?;
    for (idx, action) in actions.iter().enumerate() {
        let mark = if Some(idx) == preferred { paint(GREEN, "->") } else { "  ".into() };
        cx.out.line(&format!("{mark} {}", action["title"].as_str().unwrap_or_default()))?;
    }
    let chosen = preferred.map(|idx| actions[idx].clone());
    let chosen = chosen.ok_or_else(|| UserError::internal("the server prefers no action"))?;
    let mut resolved = client.request("codeAction/resolve", chosen)?;
    Ok(resolved["edit"].take())
}

/// Tells the server of a file's new text, and that it is saved.
fn save(client: &mut Client, open: &OpenFile, path: &str) -> Result<(), UserError> {
    let uri = open.uri(path);
    let text = &open.texts[path];
    client.notify(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": uri, "version": 2 }, "contentChanges": [{ "text": text }] }),
    )?;
    client.notify("textDocument/didSave", json!({ "textDocument": { "uri": uri } }))
}

fn capabilities(root: &str) -> Value {
    json!({
        "processId": std::process::id(),
        "rootUri": root,
        "workspaceFolders": [{ "uri": root, "name": "sample" }],
        "capabilities": {
            // Columns in characters, as everything else here counts them.
            "general": { "positionEncodings": ["utf-32"] },
            "workspace": { "workspaceEdit": {
                "documentChanges": true,
                "resourceOperations": ["create", "rename", "delete"],
            }},
            "textDocument": {
                "publishDiagnostics": { "relatedInformation": true, "versionSupport": true },
                "codeAction": {
                    "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["quickfix"] } },
                    "isPreferredSupport": true,
                    "dataSupport": true,
                    "resolveSupport": { "properties": ["edit"] },
                },
            },
        },
    })
}

/// The files that the demonstration has open, as an editor has them.
struct OpenFile {
    /// The workspace's URI.
    root: String,
    texts: BTreeMap<String, String>,
}

impl OpenFile {
    fn new(sample: &Sample) -> OpenFile {
        let tasks = FILES.iter().filter(|(path, _)| !path.ends_with(".toml"));
        let texts = tasks.map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        OpenFile { root: DocumentUri::of_path(&sample.root).as_str().to_owned(), texts }
    }

    fn uri(&self, path: &str) -> String {
        format!("{}/{path}", self.root)
    }

    fn path<'a>(&self, uri: &'a str) -> &'a str {
        uri.strip_prefix(&self.root).map_or(uri, |path| path.trim_start_matches('/'))
    }

    /// Applies an edit; returns the changed files and what they said before.
    fn apply(&mut self, edit: &Value) -> Result<BTreeMap<String, String>, UserError> {
        let mut before = BTreeMap::new();
        for document in edit["documentChanges"].as_array().into_iter().flatten() {
            let path = self.path(document["textDocument"]["uri"].as_str().unwrap_or_default());
            let path = path.to_owned();
            let text = self.texts.get_mut(&path).ok_or_else(|| {
                UserError::internal(format!("the edit changes {path}, which is not open"))
            })?;
            before.insert(path, text.clone());
            let edits = document["edits"].as_array().map(Vec::as_slice).unwrap_or_default();
            *text = edited(text, edits);
        }
        match before.is_empty() {
            true => Err(UserError::internal("the edit changes nothing")),
            false => Ok(before),
        }
    }
}

/// A text after edits, which do not overlap and all count in the text before.
fn edited(text: &str, edits: &[Value]) -> String {
    let mut edits: Vec<(usize, usize, &str)> = edits
        .iter()
        .map(|edit| {
            let at = |end: &str| offset(text, &edit["range"][end]);
            (at("start"), at("end"), edit["newText"].as_str().unwrap_or_default())
        })
        .collect();
    edits.sort_by_key(|(start, end, _)| (*start, *end));
    let mut out = text.to_owned();
    for (start, end, new) in edits.into_iter().rev() {
        out.replace_range(start..end, new);
    }
    out
}

/// The byte offset of a position.
fn offset(text: &str, position: &Value) -> usize {
    let n_before = position["line"].as_u64().unwrap_or(0) as usize;
    let before: usize = text.split_inclusive('\n').take(n_before).map(str::len).sum();
    let rest = &text[before..];
    let column = position["character"].as_u64().unwrap_or(0) as usize;
    before + rest.char_indices().nth(column).map_or(rest.len(), |(offset, _)| offset)
}

/// A diagnostic of the protocol as a finding.
fn finding(open: &OpenFile, path: &str, diagnostic: &Value) -> ReportedFinding {
    let related = diagnostic["relatedInformation"].as_array().into_iter().flatten();
    let related = related.map(|related| RelatedPlace {
        path: open.path(related["location"]["uri"].as_str().unwrap_or_default()).to_owned(),
        at: reported(&related["location"]["range"]),
        message: related["message"].as_str().unwrap_or_default().to_owned(),
    });
    let severity = match diagnostic["severity"].as_u64() {
        Some(1) => "error",
        Some(2) => "warning",
        _ => "info",
    };
    ReportedFinding {
        rule: diagnostic["code"].as_str().unwrap_or_default().to_owned(),
        severity: severity.to_owned(),
        path: path.to_owned(),
        at: reported(&diagnostic["range"]),
        message: diagnostic["message"].as_str().unwrap_or_default().to_owned(),
        task: None,
        related: related.collect(),
        fixable: false,
    }
}

fn reported(range: &Value) -> ReportedRange {
    let (start, end) = (&range["start"], &range["end"]);
    let (line, column, end_line, end_column) = (line(start), column(start), line(end), column(end));
    ReportedRange { line, column, end_line, end_column }
}

fn line(position: &Value) -> u32 {
    one_based(&position["line"])
}

fn column(position: &Value) -> u32 {
    one_based(&position["character"])
}

fn one_based(n: &Value) -> u32 {
    n.as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or(0).saturating_add(1)
}

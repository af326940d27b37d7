//! The page that says what real clients get, made from what they declare.

use std::fmt::Write as _;

use expect_test::expect_file;
use lockstep_analysis::text::line_index::PositionEncoding;
use serde_json::Value;
use tower_lsp::ls_types::InitializeParams;

use super::{ClientFeatures, EditForm, Shown};
use crate::lsp::connection::params::mend;

/// Where each recording is from.
const FROM: [(&str, &str); 14] = [
    ("cs", "VS Code's workbench, code-server 1.139"),
    ("cs100", "VS Code's workbench, code-server 1.100"),
    ("cs3", "VS Code's workbench, code-server 1.139, another window"),
    ("csl", "VS Code's workbench, code-server 1.139, with our extension"),
    ("emacs-bpo", "Emacs with Eglot, Debian's backports"),
    ("emacs-sid", "Emacs with Eglot, Debian sid"),
    ("hx-sid", "Helix 25.07, Debian sid"),
    ("hx-trixie", "Helix 25.01, Debian 13"),
    ("kak", "Kakoune with kakoune-lsp 22"),
    ("kate", "Kate, Debian 13"),
    ("nvim", "Neovim 0.12"),
    ("nvim-sid", "Neovim 0.12, Debian sid"),
    ("nvim-trixie", "Neovim 0.10, Debian 13"),
    ("vim", "Vim with vim-lsp"),
];

/// A client, as it declares itself.
struct Recorded {
    declared: Value,
    features: ClientFeatures,
}

impl Recorded {
    fn read(name: &str) -> Recorded {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/client-capabilities");
        let text = std::fs::read_to_string(format!("{folder}/{name}.json")).expect("a recording");
        let declared: Value = serde_json::from_str(&text).expect("JSON");
        let mut params = Some(declared.clone());
        mend("initialize", true, &mut params);
        let params: InitializeParams =
            serde_json::from_value(params.expect("params")).expect("params of `initialize`");
        Recorded { declared, features: ClientFeatures::new(&params.capabilities) }
    }

    /// Whether it declares anything of a request.
    fn asks(&self, pointer: &str) -> bool {
        self.declared.pointer(&format!("/capabilities/{pointer}")).is_some_and(|it| !it.is_null())
    }
}

/// A line of the table: what it is about, and what a client gets.
type Line = (&'static str, fn(&Recorded) -> &'static str);

fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "–" }
}

/// What is shown of a request that a client may not know.
fn shown(client: &Recorded, request: &str, detail: &'static str) -> &'static str {
    if client.asks(request) { detail } else { "–" }
}

const LINES: &[Line] = &[
    ("columns count in", |it| match it.features.encoding {
        PositionEncoding::Utf8 => "UTF-8",
        PositionEncoding::Utf16 => "UTF-16",
        PositionEncoding::Utf32 => "UTF-32",
    }),
    ("an edit over several files", |it| match it.features.edits {
        EditForm::DocumentChanges => "in order, versions",
        EditForm::Changes => "by file",
    }),
    ("… creates files", |it| yes(it.features.creates_files)),
    ("… renames files and folders", |it| yes(it.features.renames_files)),
    ("… can be looked at part by part", |it| yes(it.features.annotations)),
    ("commands that edit", |it| yes(it.features.applies_edits)),
    ("actions", |it| match (it.features.code_actions, it.features.resolves_edits) {
        (false, _) => "as commands",
        (true, true) => "edit when chosen",
        (true, false) => "edit at once",
    }),
    ("diagnostics", |it| match (it.features.can_pull, it.features.refreshes_diagnostics) {
        (false, _) => "told",
        (true, false) => "told, or asked for",
        (true, true) => "told, or asked for and refreshed",
    }),
    ("… with places that explain them", |it| yes(it.features.related_information)),
    ("… of other documents with those of one", |it| yes(it.features.related_documents)),
    ("hover", |it| if it.features.markdown_hover { "Markdown" } else { "plain" }),
    ("outline", |it| match it.asks("textDocument/documentSymbol") {
        false => "–",
        true if it.features.shown.nested_symbols => "tree",
        true => "list",
    }),
    ("… finished tasks crossed out", |it| yes(it.features.shown.symbol_tags)),
    ("search for tasks", |it| shown(it, "workspace/symbol", "yes")),
    ("… finished ones crossed out", |it| yes(it.features.shown.found_tags)),
    ("definition", |it| match it.features.shown.definition_links {
        true => "with the word asked for",
        false => "place",
    }),
    ("declaration", |it| match it.features.shown.declaration_links {
        true => "with the word asked for",
        false => shown(it, "textDocument/declaration", "place"),
    }),
    ("completion beside an item", |it| match it.features.shown.markdown_items {
        true => "Markdown",
        false => shown(it, "textDocument/completion", "plain"),
    }),
    ("lenses", |it| match it.features.applies_edits {
        false => "–",
        true if it.features.shown.refreshes_lenses => "refreshed",
        true => shown(it, "textDocument/codeLens", "when asked"),
    }),
    ("hints", |it| match it.features.shown.refreshes_hints {
        true => "refreshed",
        false => shown(it, "textDocument/inlayHint", "when asked"),
    }),
    ("tokens", |it| match it.features.shown.refreshes_tokens {
        true => "refreshed",
        false => shown(it, "textDocument/semanticTokens", "when asked"),
    }),
    ("folding", |it| match it.features.shown.folded_text {
        true => "with words",
        false => shown(it, "textDocument/foldingRange", "yes"),
    }),
    ("… at most", |it| match it.features.shown.max_folds {
        usize::MAX => "",
        _ => "as many as it takes",
    }),
    ("links", |it| match it.features.shown.link_tooltips {
        true => "with what they lead to",
        false => shown(it, "textDocument/documentLink", "yes"),
    }),
    ("growing a selection", |it| shown(it, "textDocument/selectionRange", "yes")),
    ("renaming", |it| match it.features.shown.prepares_rename {
        true => "with the word first",
        false => shown(it, "textDocument/rename", "yes"),
    }),
    ("files that it renames", |it| yes(it.features.shown.tells_renames)),
    ("pages `lockstep:/…`", |it| yes(it.features.shown.opens_pages)),
    ("progress", |it| yes(it.features.progress)),
];

/// Every member that the answers depend on is told of, or named here with why not: one that is new must
/// find its place.
fn nothing_is_forgotten(features: &ClientFeatures) {
    let ClientFeatures {
        // What it calls itself, and what its settings say.
        name: _,
        pulls: _,
        // How an edit or a finding is written, which nobody sees.
        diagnostic_versions: _,
        edit_metadata: _,
        // Only our own extensions declare these.
        asks_reason: _,
        rows: _,
        applied: _,
        encoding: _,
        edits: _,
        creates_files: _,
        renames_files: _,
        applies_edits: _,
        code_actions: _,
        resolves_edits: _,
        markdown_hover: _,
        related_information: _,
        can_pull: _,
        refreshes_diagnostics: _,
        related_documents: _,
        progress: _,
        annotations: _,
        shown:
            Shown {
                nested_symbols: _,
                symbol_tags: _,
                found_tags: _,
                definition_links: _,
                declaration_links: _,
                folded_text: _,
                max_folds: _,
                link_tooltips: _,
                markdown_items: _,
                refreshes_lenses: _,
                refreshes_hints: _,
                refreshes_tokens: _,
                prepares_rename: _,
                tells_renames: _,
                opens_pages: _,
            },
    } = features;
}

#[test]
fn the_page_of_what_clients_get_is_fresh() {
    let clients: Vec<(&str, Recorded)> =
        FROM.iter().map(|(name, _)| (*name, Recorded::read(name))).collect();
    let mut page = "<!-- Generated from the recordings under tests/client-capabilities: `UPDATE_EXPECT=1 cargo test`. -->\n\n\
                    # What clients get\n\n\
                    Of what these clients declared when they were recorded, this is what the server makes: what \
                    each is sent, and what it is not. `–` says that the client shows nothing of it. What a \
                    client that can do less gets instead, [the language server](language-server.md) says.\n\n\
                    | recording | client |\n|---|---|\n"
        .to_owned();
    for (name, from) in FROM {
        let _ = writeln!(page, "| `{name}` | {from} |");
    }
    // Those that get the same are one column.
    let mut columns: Vec<(Vec<&str>, Vec<&str>)> = Vec::new();
    for (name, client) in &clients {
        nothing_is_forgotten(&client.features);
        let gets: Vec<&str> = LINES.iter().map(|(_, of)| of(client)).collect();
        match columns.iter_mut().find(|(_, known)| *known == gets) {
            Some((names, _)) => names.push(name),
            None => columns.push((vec![name], gets)),
        }
    }
    page.push_str("\n|  |");
    for (names, _) in &columns {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let _ = write!(page, " {} |", names.join(", "));
    }
    let _ = writeln!(page, "\n|---|{}", "---|".repeat(columns.len()));
    for (nth, (title, _)) in LINES.iter().enumerate() {
        let cells: Vec<&str> = columns.iter().map(|(_, gets)| gets[nth]).collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            let _ = writeln!(page, "| {title} | {} |", cells.join(" | "));
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/clients.md");
    expect_file![path].assert_eq(&page);
}

#[test]
fn every_recording_is_told_of() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/client-capabilities");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("the recordings")
        .map(|entry| entry.expect("an entry").path())
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    assert_eq!(names, FROM.map(|(name, _)| name.to_owned()));
}

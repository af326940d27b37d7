//! `textDocument/completion`: what can stand at a place: statuses that may follow, each with all that
//! changes with it; tasks in lists of dependencies; files of tasks in links; fields that a task lacks;
//! rules in comments that allow findings; keys and values of `lockstep.toml`.

use lockstep_analysis::change::reason::PLACEHOLDER;
use lockstep_analysis::completion::{Completion, CompletionKind, Rest, completions};
use lockstep_analysis::text::text_edit::TextEdit;
use serde_json::json;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    self as proto, Command, CompletionItem, CompletionItemKind, CompletionList, CompletionOptions,
    CompletionParams, CompletionResponse, CompletionTextEdit, Documentation, InsertTextMode,
    MarkupContent, MarkupKind, ServerCapabilities, Uri,
};

use crate::lsp::asked::AskedDocument;
use crate::lsp::client::ClientFeatures;
use crate::lsp::commands::set_status;
use crate::lsp::requests::Request;
use crate::lsp::session::SessionContext;
use crate::workspace::clock::now;

/// The request.
pub(crate) struct CompletionRequest;

impl Request for CompletionRequest {
    const METHOD: &'static str = "textDocument/completion";
    type Params = CompletionParams;
    type Answer = Option<CompletionResponse>;

    fn declare(_: &ClientFeatures, server: &mut ServerCapabilities) {
        server.completion_provider = Some(CompletionOptions {
            resolve_provider: Some(true),
            trigger_characters: Some(["[", "(", "\"", " "].map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        });
    }

    fn answer(context: &SessionContext, params: CompletionParams) -> Result<Self::Answer> {
        let at = params.text_document_position;
        let uri = at.text_document.uri;
        let answer = AskedDocument::document(context, &uri).map(|asked| {
            let offset = asked.offset(at.position);
            let found = completions(asked.analysis(), &asked.path, offset, &now());
            let edits = asked.features.applies_edits;
            let is = |name: &str| asked.features.name.as_deref() == Some(name);
            // What goes with an item is a command, which Eglot leaves out.
            let (commands, is_narrow) = (!is("Eglot"), is("Neovim"));
            let can = |it: &Completion| match &it.rest {
                Some(rest) => commands && (edits || !rest.is_all),
                None => true,
            };
            // Neovim puts one line before the cursor, and keeps what stands behind it.
            let fit = |it: Completion| if is_narrow { it.narrowed() } else { Some(it) };
            let items = found.items.into_iter().filter_map(fit).filter(can).enumerate();
            let items = items.map(|(order, it)| item(&asked, &uri, order, it)).collect();
            CompletionResponse::List(CompletionList { is_incomplete: found.incomplete, items })
        });
        Ok(answer)
    }
}

fn item(asked: &AskedDocument<'_>, uri: &Uri, order: usize, it: Completion) -> CompletionItem {
    let edit = |edit: &TextEdit| proto::TextEdit::new(asked.range(edit.range), edit.insert.clone());
    let others: Vec<proto::TextEdit> = it.others.iter().map(edit).collect();
    let rest = it.rest.filter(|_| asked.features.applies_edits);
    // Pages of rules are long: they are told of the one that is looked at.
    let data = (it.kind == CompletionKind::Rule).then(|| json!({"rule": it.label}));
    let shown = Some(it.documentation).filter(|text| data.is_none() && !text.is_empty());
    CompletionItem {
        command: rest.map(|rest| command(uri, &it.label, &rest)),
        label: it.label,
        kind: Some(kind(it.kind)),
        detail: Some(it.detail).filter(|detail| !detail.is_empty()),
        documentation: shown.map(|text| documentation(asked.features, text)),
        sort_text: Some(format!("{order:03}")),
        filter_text: Some(it.filter),
        insert_text_mode: Some(InsertTextMode::AS_IS),
        text_edit: Some(CompletionTextEdit::Edit(edit(&it.edit))),
        additional_text_edits: (!others.is_empty()).then_some(others),
        data,
        ..CompletionItem::default()
    }
}

/// What a client shows beside an item.
pub(super) fn documentation(features: &ClientFeatures, text: String) -> Documentation {
    match features.shown.markdown_items {
        true => {
            let kind = MarkupKind::Markdown;
            Documentation::MarkupContent(MarkupContent { kind, value: text })
        }
        false => Documentation::String(text),
    }
}

/// The command that sets the status in the other files, in the editor: what is typed is not saved yet.
fn command(uri: &Uri, label: &str, rest: &Rest) -> Command {
    let mut argument =
        json!({"task": rest.task, "status": rest.status, "uri": uri, "commit": "edit"});
    if let Some(phase) = &rest.phase {
        argument["phase"] = json!(phase);
    }
    if rest.to_fill_in {
        argument["reason"] = json!(PLACEHOLDER);
    }
    Command {
        title: format!("Set {} to {label}", rest.task),
        command: set_status::NAME.to_owned(),
        arguments: Some(vec![argument]),
    }
}

fn kind(kind: CompletionKind) -> CompletionItemKind {
    match kind {
        CompletionKind::Status => CompletionItemKind::ENUM_MEMBER,
        CompletionKind::Task => CompletionItemKind::REFERENCE,
        CompletionKind::File => CompletionItemKind::FILE,
        CompletionKind::Field => CompletionItemKind::FIELD,
        CompletionKind::Rule => CompletionItemKind::CONSTANT,
        CompletionKind::Key => CompletionItemKind::PROPERTY,
        CompletionKind::Value => CompletionItemKind::VALUE,
    }
}

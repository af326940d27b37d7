//! `textDocument/codeAction`: what can be done at a place. Edits are left to `codeAction/resolve`,
//! so that they are made on the text of the moment they are applied.

use lockstep_analysis::actions::set_status::TO_FILL_IN;
use lockstep_analysis::actions::{self, ActionKind, Choice, Offer, allow_here};
use lockstep_analysis::change::reason;
use lockstep_analysis::profile::id::TaskId;
use lockstep_analysis::rules::unsaved_change;
use lockstep_analysis::text::TextRange;
use serde_json::{Value, json};
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    self as proto, CodeActionKind, CodeActionOptions, CodeActionOrCommand, CodeActionParams,
    CodeActionProviderCapability, CodeActionTriggerKind, Command, NumberOrString,
    ServerCapabilities, Uri,
};

use crate::hub::snapshot::Folder;
use crate::lsp::chosen_action::ChosenAction;
use crate::lsp::client::ClientFeatures;
use crate::lsp::requests::Request;
use crate::lsp::requests::code_action_resolve::edit_of;
use crate::lsp::session::SessionContext;
use crate::lsp::to_proto::{self, Lines};
use crate::lsp::uri;
use crate::lsp::{commands, from_proto};

/// The request.
pub(crate) struct CodeAction;

impl Request for CodeAction {
    const METHOD: &'static str = "textDocument/codeAction";
    type Params = CodeActionParams;
    type Answer = Option<Vec<CodeActionOrCommand>>;

    fn declare(client: &ClientFeatures, server: &mut ServerCapabilities) {
        let kinds = [ActionKind::QuickFix, ActionKind::Refactor, ActionKind::SourceFixAll];
        let options = CodeActionOptions {
            code_action_kinds: Some(kinds.map(to_proto::action_kind).to_vec()),
            resolve_provider: Some(client.resolves_edits),
            ..CodeActionOptions::default()
        };
        server.code_action_provider = Some(CodeActionProviderCapability::Options(options));
    }

    fn answer(context: &SessionContext, params: CodeActionParams) -> Result<Self::Answer> {
        Ok(code_actions(context, &params))
    }
}

fn code_actions(
    context: &SessionContext,
    params: &CodeActionParams,
) -> Option<Vec<CodeActionOrCommand>> {
    let (snapshot, features) = (&context.snapshot, context.features());
    let uri = &params.text_document.uri;
    let (folder, path) = snapshot.locate(&uri::from_proto(uri))?;
    let lines = Lines::new(snapshot, folder, &path, features.encoding)?;
    let range = from_proto::range(&lines, params.range);
    let only = params.context.only.as_deref();
    let wanted = |kind: ActionKind| is_wanted(kind, only);
    // A light bulb that comes by itself is for what is wrong.
    let is_automatic =
        params.context.trigger_kind == Some(CodeActionTriggerKind::AUTOMATIC) && only.is_none();
    let mut out = Vec::new();
    if wanted(ActionKind::QuickFix) {
        let (_, index) = folder.analysis.source(&path)?;
        let line = |offset: u32| index.line_range(index.line_col(offset as usize).line);
        let asked = TextRange { start: line(range.start).start, end: line(range.end).end };
        out.extend(saves(context, folder, &path, asked, &params.context.diagnostics));
    }
    for (kind, offer) in actions::offers(&folder.analysis, &path, range) {
        if !wanted(kind) || (is_automatic && !is_fix(kind, &offer)) {
            continue;
        }
        if features.code_actions {
            let mends = mended(folder, &params.context.diagnostics, &offer, &lines, range);
            let action = action(context, folder, uri, kind, offer, mends);
            out.extend(action.map(CodeActionOrCommand::CodeAction));
        } else {
            out.extend(command(folder, features, &offer).map(CodeActionOrCommand::Command));
        }
    }
    Some(out)
}

/// What saves the changes that are not saved here. A command, for no edit saves.
fn saves(
    context: &SessionContext,
    folder: &Folder,
    path: &str,
    range: TextRange,
    shown: &[proto::Diagnostic],
) -> Vec<CodeActionOrCommand> {
    let Some((doc, _)) = folder.analysis.index.document(path) else { return Vec::new() };
    let found = folder.analysis.diagnostics_at(doc, range).into_iter().filter(|finding| {
        finding.rule == unsaved_change::RULE.id
            && finding.path.as_str() == path
            && finding.range.intersects(range)
    });
    let action = |id: &String| {
        let arguments = Some(vec![json!({"transaction": id})]);
        let command = commands::save_change::NAME.to_owned();
        let command = Command { title: "Save this change".to_owned(), command, arguments };
        if !context.features().code_actions {
            return CodeActionOrCommand::Command(command);
        }
        let saved = |shown: &&proto::Diagnostic| {
            shown.data.as_ref().is_some_and(|data| data["transaction"] == id.as_str())
        };
        CodeActionOrCommand::CodeAction(proto::CodeAction {
            title: command.title.clone(),
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: Some(shown.iter().filter(saved).cloned().collect()),
            is_preferred: Some(true),
            command: Some(command),
            ..proto::CodeAction::default()
        })
    };
    found.filter_map(|finding| finding.change).map(|id| action(&id)).collect()
}

/// Whether `kind` is among those asked for, or below one of them.
fn is_wanted(kind: ActionKind, only: Option<&[CodeActionKind]>) -> bool {
    let kind = to_proto::action_kind(kind);
    let below = |asked: &CodeActionKind| match kind.as_str().strip_prefix(asked.as_str()) {
        Some(rest) => rest.is_empty() || rest.starts_with('.') || asked.as_str().is_empty(),
        None => false,
    };
    only.is_none_or(|only| only.iter().any(below))
}

/// Whether an offer puts right what is wrong, rather than to report it no more.
fn is_fix(kind: ActionKind, offer: &Offer) -> bool {
    kind == ActionKind::QuickFix && offer.choice.action != allow_here::ACTION.id
}

/// Those of the client's diagnostics which the offer mends.
fn mended(
    folder: &Folder,
    shown: &[proto::Diagnostic],
    offer: &Offer,
    lines: &Lines<'_>,
    asked: TextRange,
) -> Vec<proto::Diagnostic> {
    let Some((rule, _)) = offer.mends else { return Vec::new() };
    let own = task_of(folder, &offer.choice);
    let is_mended = |diagnostic: &&proto::Diagnostic| {
        let code = NumberOrString::String(rule.to_owned());
        let task = diagnostic.data.as_ref().and_then(|data| data["task"].as_str());
        diagnostic.source.as_deref() == Some(to_proto::SOURCE)
            && diagnostic.code.as_ref() == Some(&code)
            && (task.is_none() || own.is_none() || task == own.as_deref())
            && from_proto::range(lines, diagnostic.range).intersects(asked)
    };
    shown.iter().filter(is_mended).cloned().collect()
}

/// The action; `None` where its edit must stand in it and cannot be made.
fn action(
    context: &SessionContext,
    folder: &Folder,
    focus: &Uri,
    kind: ActionKind,
    offer: Offer,
    mends: Vec<proto::Diagnostic>,
) -> Option<proto::CodeAction> {
    let chosen = ChosenAction::new(&folder.root, focus, &offer.choice);
    let mut action = proto::CodeAction {
        title: offer.title.clone(),
        kind: Some(to_proto::action_kind(kind)),
        diagnostics: (!mends.is_empty()).then_some(mends),
        is_preferred: offer.preferred.then_some(true),
        ..proto::CodeAction::default()
    };
    if let Some(command) = asking(folder, context.features(), &offer.choice) {
        action.title.clone_from(&command.title);
        action.command = Some(command);
    } else if context.features().resolves_edits {
        action.data = serde_json::to_value(&chosen).ok();
    } else if context.features().applies_edits {
        let (title, command) = (action.title.clone(), commands::apply_action::NAME.to_owned());
        let arguments = Some(vec![serde_json::to_value(&chosen).ok()?]);
        action.command = Some(Command { title, command, arguments });
    } else {
        action.edit = Some(edit_of(context, &chosen).ok()?);
    }
    Some(action)
}

/// The name that commands take of the task that is chosen.
fn task_of(folder: &Folder, choice: &Choice) -> Option<String> {
    let id = TaskId::new(choice.task.as_ref()?);
    Some(folder.analysis.name_of(&id))
}

/// The command that lacks a reason, for which the client asks; `None` where nothing is lacking, or the
/// client does not ask.
fn asking(folder: &Folder, features: &ClientFeatures, choice: &Choice) -> Option<Command> {
    let asks = choice.lacks_reason && features.asks_reason && features.applies_edits;
    let (task, status) = task_of(folder, choice).zip(choice.status.as_ref()).filter(|_| asks)?;
    let said = choice.title.strip_suffix(TO_FILL_IN).unwrap_or(&choice.title);
    let mut argument = json!({"task": task, "status": status});
    if choice.ticks {
        argument["tick"] = Value::from(true);
    }
    Some(Command {
        title: format!("{said}…"),
        command: commands::set_status::NAME.to_owned(),
        arguments: Some(vec![argument]),
    })
}

/// The command that does what the offer does, for clients that know only commands.
fn command(folder: &Folder, features: &ClientFeatures, offer: &Offer) -> Option<Command> {
    let choice = &offer.choice;
    if let Some(command) = asking(folder, features, choice) {
        return Some(command);
    }
    let task = task_of(folder, choice)?;
    let (command, argument) = match (&choice.status, &choice.rule) {
        (Some(status), _) => {
            let mut argument = json!({"task": task, "status": status});
            if let Some(phase) = &choice.phase {
                argument["phase"] = Value::from(phase.as_str());
            }
            if choice.ticks {
                argument["tick"] = Value::from(true);
            }
            if choice.lacks_reason {
                argument["reason"] = Value::from(reason::PLACEHOLDER);
            }
            (commands::set_status::NAME, argument)
        }
        (None, Some(_)) if offer.preferred => (commands::fix_task::NAME, json!({"task": task})),
        _ => return None,
    };
    let arguments = Some(vec![argument]);
    Some(Command { title: offer.title.clone(), command: command.to_owned(), arguments })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_asked_for_by_themselves_or_by_what_they_are_below() {
        let kind = |kind: &'static str| CodeActionKind::new(kind);
        for (asked, expected) in [
            ("", true),
            ("source", true),
            ("source.fixAll", true),
            ("source.fixAll.lockstep", true),
            ("source.fixAll.other", false),
            ("sour", false),
            ("quickfix", false),
        ] {
            let only = [kind("refactor.inline"), kind(asked)];
            assert_eq!(is_wanted(ActionKind::SourceFixAll, Some(&only)), expected, "{asked}");
        }
        assert!(is_wanted(ActionKind::QuickFix, None));
        assert!(!is_wanted(ActionKind::QuickFix, Some(&[])));
    }
}

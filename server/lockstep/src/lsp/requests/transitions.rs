//! `lockstep/transitions {task, phase?, effects?} | {uri, position, effects?}`: which statuses may
//! follow now, and what they need. With `effects`, what else each that is allowed would change.

use lockstep_analysis::operation::{
    Operation, Refused, Verdict, Whose, Wish, place_changes, plan_with,
};
use serde_json::Value;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::ServerCapabilities;

use crate::lsp::client::ClientFeatures;
use crate::lsp::commands::arguments::Arguments;
use crate::lsp::commands::target::CommandTarget;
use crate::lsp::error::refusal;
use crate::lsp::moves;
use crate::lsp::requests::Request;
use crate::lsp::session::SessionContext;
use crate::report::PlaceReport;
use crate::report::transitions::{TransitionReport, transitions};
use crate::workspace::clock::now;

/// The request.
pub(crate) struct Transitions;

impl Request for Transitions {
    const METHOD: &'static str = "lockstep/transitions";
    type Params = Value;
    type Answer = Vec<TransitionReport>;

    fn declare(_: &ClientFeatures, _: &mut ServerCapabilities) {}

    fn answer(context: &SessionContext, params: Value) -> Result<Vec<TransitionReport>> {
        let mut arguments = Arguments::new(params)?;
        let effects = arguments.flag("effects")?;
        let target = CommandTarget::take(context, &mut arguments)?;
        arguments.finish()?;
        let found = transitions(&target.folder.analysis, &target.name(), target.phase.as_deref());
        let mut found = found.map_err(|why| refusal(&why))?;
        let is_open = |it: &&mut TransitionReport| effects && it.allowed && !it.current;
        for transition in found.iter_mut().filter(is_open) {
            match changes(context, &target, &transition.status) {
                Ok(changes) => transition.changes = Some(changes),
                Err(why) => (transition.allowed, transition.why) = (false, why.to_string()),
            }
        }
        Ok(found)
    }
}

/// What a status would change, its reason left to be filled in.
fn changes(
    context: &SessionContext,
    target: &CommandTarget<'_>,
    status: &str,
) -> std::result::Result<Vec<PlaceReport>, Refused> {
    let (analysis, name) = (&target.folder.analysis, target.name());
    let whose = match &target.phase {
        Some(phase) => Whose::Phase(&name, phase),
        None => Whose::Task(&name),
    };
    let wish = Wish { status, to_fill_in: true, ..Wish::default() };
    let operation = Operation::Set { whose: vec![whose], wish, atomic: false };
    let mut changes = Vec::new();
    moves::planned(context, target.folder, |planner| {
        let plan = plan_with(analysis, &operation, &now(), planner)?;
        let refused = plan.results.iter().find(|it| it.verdict == Verdict::Refused);
        if let Some(why) = refused.and_then(|it| it.refusal()) {
            return Err(why);
        }
        let own = target.whole().map(|task| &task.id);
        changes
            .extend(place_changes(analysis, &plan.after, own).into_iter().map(PlaceReport::from));
        let moved = plan.folders.iter().map(|(from, to)| PlaceReport {
            what: "file".to_owned(),
            from: from.clone(),
            to: to.clone(),
            path: from.clone(),
        });
        changes.extend(moved);
        Ok(plan.change)
    })?;
    Ok(changes)
}

//! What commands have the daemon do, where one runs. A command does the same by itself where there is
//! none.

use std::path::Path;

use crate::cli::{Context, UserError, output};
use crate::daemon::Unavailable;
use crate::daemon::remote::{self, OrderFailure, Ordered};
use crate::workspace::commit::{Interim, TellInterim, user};
use crate::workspace::local::config_of;
use crate::workspace::order::{Deed, Done, Order};
use crate::workspace::question::{Answer, Question};

/// Has the daemon carry out an order; `None` where nobody has carried it out.
pub(super) fn carry_out(
    cx: &Context,
    order: &Order,
    tell: &TellInterim<'_>,
) -> Result<Option<Done>, UserError> {
    if cx.goes_alone() {
        return Ok(None);
    }
    let met = || cx.warn_of_config(&config_of(&order.root));
    match remote::carry_out(order, "lockstep", &met, tell) {
        Ok(Ordered::Done(done)) => Ok(Some(done)),
        Ok(Ordered::Nobody) => Ok(None),
        Ok(Ordered::Unreachable(error)) => {
            output::warn(&format!("made the change without the daemon: {error}"));
            Ok(None)
        }
        Err(OrderFailure::Failed(error)) => Err(error.into()),
        Err(OrderFailure::Unsure { pid, why }) => Err(unsure(pid, &why)),
        Err(OrderFailure::Lost(error)) => Err(UserError::internal(
            "the daemon stopped, and the result of the change is not known",
        )
        .why(error.to_string())
        .hint("see `lockstep log` before you repeat the command")),
        Err(OrderFailure::Threads(error)) => Err(UserError::io("cannot start threads", &error)),
    }
}

fn unsure(pid: u32, why: &Unavailable) -> UserError {
    let what = format!(
        "the daemon (process {pid}) does not answer, and the result of the change is not known"
    );
    UserError::internal(what)
        .why(match why {
            Unavailable::Silent(time) => format!(
                "it took the change and has not answered for {} seconds; it may still make it",
                time.as_secs()
            ),
            Unavailable::NotYet(why) | Unavailable::Because(why) => why.clone(),
        })
        .hint("run `lockstep daemon restart`, and see `lockstep log` before you repeat the command")
}

/// What the daemon answers about the workspace at `root`; `None` where it does not, for whatever reason:
/// then this process reads the files.
pub(super) fn ask(cx: &Context, root: &Path, question: &Question) -> Option<Answer> {
    if cx.goes_alone() {
        return None;
    }
    let order = Order::new(root, user(), Deed::Ask(question.clone()));
    let met = || cx.warn_of_config(&config_of(root));
    match remote::carry_out(&order, "lockstep", &met, &Interim::log) {
        Ok(Ordered::Done(Done::Answered(answer))) => Some(answer),
        other => {
            tracing::debug!(?other, "the daemon does not answer");
            None
        }
    }
}

//! Who holds which task, for how long, and what that means for whoever changes one. Kept in the store's
//! register, and changed only under the lock; where it is kept is behind [`ClaimPlace`], so that a place
//! which several machines share can take its part.
//!
//! A claim holds for some minutes, and is renewed by every change that its token is given to. A holder
//! that is late keeps the task until somebody else wants it, who can take it after twice the time.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use lockstep_analysis::Analysis;
use lockstep_analysis::index::Task;
use lockstep_analysis::operation::{Code, Refused};
use lockstep_analysis::profile::id::TaskId;
use lockstep_analysis::task_view;
use lockstep_store::history::Observed;
use lockstep_store::register;
use lockstep_store::transaction::LockedRoot;
use serde::{Deserialize, Serialize};

use super::{CommitError, open_store};
use crate::report::rows::TaskRow;
use crate::report::{self, SCHEMA, TaskReport};
use crate::workspace::clock;
use crate::workspace::events::{EventRecord, Sight};

/// On which terms claims count for a change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claiming {
    /// A person changes what they want, and is told who holds it.
    #[default]
    Person,
    /// What somebody holds is left alone.
    Agent,
    /// What the claim with this token holds is changed, and nothing else.
    Token(String),
}

/// One claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskClaim {
    /// Who holds the task, as they call themselves.
    pub holder: String,
    /// By which the holder is known.
    pub token: String,
    /// For how long each renewal holds, in seconds.
    pub seconds: i64,
    /// Until when it holds, in seconds since 1970.
    pub until: i64,
}

impl TaskClaim {
    /// From when somebody else can take the task.
    pub fn ends(&self) -> i64 {
        self.until.saturating_add(self.seconds)
    }
}

/// All claims of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    schema: u32,
    /// By the id of the task.
    pub(super) of: BTreeMap<String, TaskClaim>,
}

impl Default for Claims {
    fn default() -> Claims {
        Claims { schema: SCHEMA, of: BTreeMap::new() }
    }
}

/// Where claims are kept, by whoever has it locked.
pub trait ClaimPlace {
    /// What is kept.
    fn claims(&self) -> Result<Claims, CommitError>;

    /// Keeps these, in the place of what is kept.
    fn keep_claims(&self, claims: &Claims) -> Result<(), CommitError>;

    /// Tells everybody what happened.
    fn tell(&self, who: &str, events: Vec<EventRecord>) -> Result<(), CommitError>;
}

impl ClaimPlace for LockedRoot<'_> {
    fn claims(&self) -> Result<Claims, CommitError> {
        Ok(Claims::parse(self.kept()?))
    }

    fn keep_claims(&self, claims: &Claims) -> Result<(), CommitError> {
        let text = serde_json::to_vec(claims)
            .map_err(|error| CommitError::Internal(format!("cannot write claims: {error}")))?;
        Ok(self.keep(&text)?)
    }

    fn tell(&self, who: &str, events: Vec<EventRecord>) -> Result<(), CommitError> {
        let observed = serde_json::to_value(Sight::by(who, events))
            .map_err(|error| CommitError::Internal(format!("cannot tell of claims: {error}")))?;
        Ok(self.observe(&Observed { when: clock::now(), observed })?)
    }
}

impl Claims {
    /// The claims of the workspace at `root`, as they are on disk. Those that cannot be read are told to
    /// the log, and none: they end by themselves.
    pub fn at(root: &Path) -> Claims {
        let read = open_store(root).and_then(|store| Ok(register::read(&store)?));
        match read {
            Ok(text) => Claims::parse(text),
            Err(error) => {
                tracing::debug!(%error, "no claims");
                Claims::default()
            }
        }
    }

    fn parse(text: Option<Vec<u8>>) -> Claims {
        let Some(text) = text else { return Claims::default() };
        serde_json::from_slice(&text).unwrap_or_else(|error| {
            tracing::warn!(%error, "the claims cannot be read, and are void");
            Claims::default()
        })
    }

    /// The claim that keeps others from a task at this time.
    pub fn live(&self, task: &TaskId, now: i64) -> Option<&TaskClaim> {
        self.of.get(task.as_str()).filter(|claim| now < claim.ends())
    }

    /// The task that is held by a token at this time.
    pub(super) fn held_by(&self, token: &str, now: i64) -> Option<(TaskId, &TaskClaim)> {
        let mut all = self.of.iter().filter(|(_, claim)| now < claim.ends());
        let (task, claim) = all.find(|(_, claim)| claim.token == token)?;
        Some((TaskId::new(task), claim))
    }

    /// Why a task may not be changed on these terms.
    pub(super) fn why_not(&self, task: &TaskId, name: &str, terms: &Claiming) -> Option<Refused> {
        let live = self.live(task, clock::seconds());
        match (terms, live) {
            (Claiming::Person, _) | (Claiming::Agent, None) => None,
            (Claiming::Token(token), Some(claim)) if claim.token == *token => None,
            (_, Some(claim)) => Some(claim.refused(name)),
            (Claiming::Token(_), None) => Some(gone(name)),
        }
    }

    /// The tasks that somebody holds.
    pub fn tasks(&self, analysis: &Analysis) -> Vec<TaskReport> {
        let now = clock::seconds();
        let live = self.of.iter().filter(|(_, claim)| now < claim.ends());
        let tasks = live.filter_map(|(id, _)| analysis.index.tasks.get(&TaskId::new(id)));
        let view =
            |task: &Arc<Task>| report::task_report(analysis, &task_view::view(analysis, task));
        tasks.map(view).collect()
    }

    /// Tells of a row who holds its task.
    pub fn told(&self, task: &Task, row: TaskRow) -> TaskRow {
        let claim = self.live(&task.id, clock::seconds());
        TaskRow { holder: claim.map(|claim| claim.holder.clone()), ..row }
    }

    /// Tells of each of these tasks who holds it.
    pub fn tell_holders(&self, analysis: &Analysis, tasks: &mut [TaskReport]) {
        let now = clock::seconds();
        let live = self.of.iter().filter(|(_, claim)| now < claim.ends());
        let holders: BTreeMap<String, &TaskClaim> =
            live.map(|(task, claim)| (analysis.name_of(&TaskId::new(task)), claim)).collect();
        for task in tasks {
            task.holder = holders.get(&task.id).map(|claim| claim.holder.clone());
        }
    }
}

impl TaskClaim {
    /// Why somebody else may not have the task that it is of.
    pub(super) fn refused(&self, name: &str) -> Refused {
        let until = clock::instant(self.ends());
        let message = format!("task {name} is held by {} until {until}", self.holder);
        Refused::new(Code::Held, message, "choose another task, or wait")
    }
}

/// Why a claim that is over does not count.
fn gone(name: &str) -> Refused {
    let message = format!("the claim of task {name} is over: it was not renewed in time");
    Refused::new(Code::Held, message, "claim the task again, and look at it again")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(until: i64) -> Claims {
        let claim = TaskClaim { holder: "ann".into(), token: "t1".into(), seconds: 300, until };
        Claims { of: [("7".to_owned(), claim)].into(), ..Claims::default() }
    }

    #[test]
    fn a_claim_keeps_others_out_for_twice_its_time() {
        let task = TaskId::new("7");
        for (after, is_live) in [(0, true), (300, true), (599, true), (600, false)] {
            // It was made or renewed at 1000.
            assert_eq!(claims(1300).live(&task, 1000 + after).is_some(), is_live, "{after}");
        }
        assert!(claims(1300).live(&TaskId::new("8"), 1000).is_none());
    }

    #[test]
    fn who_may_change_a_task_is_told_by_the_terms() {
        let task = TaskId::new("7");
        let code =
            |claims: &Claims, terms| claims.why_not(&task, "7", &terms).map(|refused| refused.code);
        let held = claims(clock::seconds() + 300);
        let token = |text: &str| Claiming::Token(text.to_owned());
        assert_eq!(code(&held, Claiming::Person), None);
        assert_eq!(code(&held, Claiming::Agent), Some(Code::Held));
        assert_eq!(code(&held, token("t1")), None);
        assert_eq!(code(&held, token("t2")), Some(Code::Held));
        let over = claims(clock::seconds() - 301);
        assert_eq!(code(&over, Claiming::Agent), None);
        assert_eq!(code(&over, token("t1")), Some(Code::Held), "it is stale");
    }

    #[test]
    fn what_is_no_register_of_claims_holds_nobody_up() {
        for text in ["", "{", "[]", r#"{"schema":1,"of":{},"more":1}"#] {
            assert_eq!(Claims::parse(Some(text.into())), Claims::default(), "{text}");
        }
        let text = serde_json::to_vec(&claims(5)).expect("JSON");
        assert_eq!(Claims::parse(Some(text)), claims(5));
    }
}

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
use serde_json::{Map, Value};

use super::{CommitError, Interim, Terms, open_store};
use crate::report::rows::TaskRow;
use crate::report::{self, SCHEMA, TaskReport};
use crate::workspace::clock;
use crate::workspace::events::{EventRecord, Sight};

/// The longest that one holds, in minutes: a day.
pub const CLAIM_LIMIT: u32 = 24 * 60;

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

/// One claim. What another version has added stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskClaim {
    /// Who holds the task, as they call themselves.
    pub holder: String,
    /// By which the holder is known.
    pub token: String,
    /// For how long each renewal holds, in seconds.
    pub seconds: i64,
    /// Until when it holds, in seconds since 1970.
    pub until: i64,
    /// What this version does not know.
    #[serde(flatten)]
    pub(super) other: Map<String, Value>,
}

impl TaskClaim {
    /// From when somebody else can take the task.
    pub fn ends(&self) -> i64 {
        self.until.saturating_add(self.seconds)
    }

    /// Whether it keeps others from the task at this time. One that would hold for longer than anybody can
    /// have asked for was made by a clock that was wrong, or by hand, and holds nothing.
    fn is_live(&self, now: i64) -> bool {
        (1..=i64::from(CLAIM_LIMIT) * 60).contains(&self.seconds)
            && now < self.ends()
            && self.until <= now.saturating_add(2 * self.seconds)
    }
}

/// All claims of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    schema: u32,
    /// By the id of the task.
    pub(super) of: BTreeMap<String, TaskClaim>,
    /// What this version does not know.
    #[serde(flatten)]
    other: Map<String, Value>,
}

impl Default for Claims {
    fn default() -> Claims {
        Claims { schema: SCHEMA, of: BTreeMap::new(), other: Map::new() }
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
        Claims::parse(self.kept()?)
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
    /// The claims of the workspace at `root`, as they are on disk, for whoever shows them: of those that
    /// cannot be read nothing is shown.
    pub fn at(root: &Path) -> Claims {
        Claims::read(root).unwrap_or_else(|error| {
            tracing::debug!(%error, "no claims");
            Claims::default()
        })
    }

    /// The claims of the workspace at `root`, as they are on disk.
    pub(super) fn read(root: &Path) -> Result<Claims, CommitError> {
        let text = open_store(root).and_then(|store| Ok(register::read(&store)?));
        // A folder that is not Lockstep's own holds no claims; whoever writes there is refused for it.
        Claims::parse(text.unwrap_or_else(|error| {
            tracing::debug!(%error, "no claims");
            None
        }))
    }

    /// For whoever changes tasks on these terms. A person is told what cannot be read, and goes on.
    pub(super) fn trusted(
        read: Result<Claims, CommitError>,
        terms: &Terms<'_>,
    ) -> Result<Claims, CommitError> {
        read.or_else(|error| match terms.claiming {
            Claiming::Person => {
                (terms.tell)(Interim::Warning(error.to_string()));
                Ok(Claims::default())
            }
            Claiming::Agent | Claiming::Token(_) => Err(error),
        })
    }

    /// What a power cut has left is void, for it ended those who held something. What another version has
    /// written is not, and nobody here knows what it says.
    fn parse(text: Option<Vec<u8>>) -> Result<Claims, CommitError> {
        let Some(text) = text else { return Ok(Claims::default()) };
        let value: Value = serde_json::from_slice(&text).unwrap_or_default();
        let Some(schema) = value.get("schema").and_then(Value::as_u64) else {
            tracing::warn!("the claims are damaged, and void");
            return Ok(Claims::default());
        };
        let claims = (schema == u64::from(SCHEMA)).then(|| Claims::deserialize(value).ok());
        claims.flatten().ok_or_else(|| {
            let message =
                "the claims in .lockstep/register are those of another version of Lockstep";
            let remedy = "run that version; or remove the file, if nobody works here";
            CommitError::told(Code::Unreadable, message, remedy)
        })
    }

    /// Who holds which task at this time.
    pub fn holders(&self, now: i64) -> BTreeMap<String, String> {
        let live = self.of.iter().filter(|(_, claim)| claim.is_live(now));
        live.map(|(task, claim)| (task.clone(), claim.holder.clone())).collect()
    }

    /// The claim that keeps others from a task at this time.
    pub fn live(&self, task: &TaskId, now: i64) -> Option<&TaskClaim> {
        self.of.get(task.as_str()).filter(|claim| claim.is_live(now))
    }

    /// The task that is held by a token at this time.
    pub(super) fn held_by(&self, token: &str, now: i64) -> Option<(TaskId, &TaskClaim)> {
        let mut all = self.of.iter().filter(|(_, claim)| claim.is_live(now));
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

    /// As [`Claims::why_not`], for a part of a task that may be: one that nobody holds goes with it.
    pub(super) fn why_not_part(
        &self,
        task: &TaskId,
        name: &str,
        terms: &Claiming,
    ) -> Option<Refused> {
        self.live(task, clock::seconds()).and_then(|_| self.why_not(task, name, terms))
    }

    /// The tasks that somebody holds.
    pub fn tasks(&self, analysis: &Analysis) -> Vec<TaskReport> {
        let now = clock::seconds();
        let live = self.of.iter().filter(|(_, claim)| claim.is_live(now));
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
        let live = self.of.iter().filter(|(_, claim)| claim.is_live(now));
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
        let other = Map::new();
        let claim =
            TaskClaim { holder: "ann".into(), token: "t1".into(), seconds: 300, until, other };
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
    fn what_is_damaged_holds_nobody_up_and_what_another_version_wrote_is_not_taken_for_nothing() {
        for text in ["", "{", "[]", "\0\0\0"] {
            let read = Claims::parse(Some(text.into())).expect("it is void");
            assert_eq!(read, Claims::default(), "{text}");
        }
        let text = serde_json::to_vec(&claims(5)).expect("JSON");
        assert_eq!(Claims::parse(Some(text)).expect("claims"), claims(5));
        for text in [r#"{"schema":2,"of":{}}"#, r#"{"schema":1,"of":[]}"#, r#"{"schema":1}"#] {
            assert!(Claims::parse(Some(text.into())).is_err(), "{text}");
        }
        let more = r#"{"schema":1,"of":{"7":{"holder":"a","token":"t","seconds":60,"until":5,"machine":"x"}},"more":1}"#;
        let read = Claims::parse(Some(more.into())).expect("it is known but for two members");
        let kept: Value = serde_json::to_value(&read).expect("JSON");
        let given: Value = serde_json::from_str(more).expect("JSON");
        assert_eq!(kept, given);
    }

    #[test]
    fn what_holds_for_longer_than_anybody_can_ask_for_holds_nothing() {
        let task = TaskId::new("7");
        // A clock may be set back a little.
        for (until, is_live) in [(1300, true), (1600, true), (1601, false), (i64::MAX, false)] {
            assert_eq!(claims(until).live(&task, 1000).is_some(), is_live, "{until}");
        }
        let mut odd = claims(1300);
        odd.of.values_mut().for_each(|claim| claim.seconds = i64::MAX);
        assert!(odd.live(&task, 1000).is_none());
    }
}

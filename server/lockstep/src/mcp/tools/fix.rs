//! `fix`: agreement, in two steps: a plan with a name, and then what was planned under that name.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Called, JsonShape, Tool, arguments, word_or_none};
use crate::mcp::failure::ToolFailure;
use crate::mcp::folder::CallFolder;
use crate::report::{ReportedVerdict, SetReport};
use crate::workspace::clock;
use crate::workspace::commit::{self, CommitAction, CommitRequest, Terms};
use crate::workspace::order::{Deed, Done, Order};

pub(super) const TOOL: Tool = Tool {
    name: "fix",
    description: "Bring files that disagree into step. The first call writes nothing, and gives a \
                  `plan` and its `hash`; to write it call again with that as `apply`.",
    reads_only: false,
    parameters: &[
        ("task", JsonShape::Text, false, ""),
        ("rule", JsonShape::Text, false, ""),
        ("prefer", JsonShape::Text, false, "The file or status that is right"),
        ("apply", JsonShape::Text, false, ""),
    ],
    gives: &[
        ("plan", JsonShape::Text),
        ("hash", JsonShape::Text),
        ("undecided", JsonShape::Items(&["task", "reason", "remedy"])),
        ("transaction", JsonShape::Text),
        ("files", JsonShape::Texts),
    ],
    call: |folder, given| fix(folder, arguments(given)?),
};

/// For how long a plan can be applied, in seconds.
const LASTS: i64 = 900;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    #[serde(default, deserialize_with = "word_or_none")]
    task: Option<String>,
    rule: Option<String>,
    prefer: Option<String>,
    apply: Option<String>,
}

fn fix(folder: &CallFolder, Given { task, rule, prefer, apply }: Given) -> Called<Value> {
    let workspace = folder.read()?;
    let action = CommitAction::Fix { tasks: task.into_iter().collect(), rule, prefer };
    let Some(hash) = apply else {
        let request = CommitRequest { at: clock::now(), action };
        let (diffs, report) =
            commit::preview(&workspace, &request, &Terms::of(folder.who.clone()))?;
        let plan: String = diffs.iter().map(|(_, diff)| diff.as_str()).collect();
        let mut told = json!({ "plan": plan, "undecided": undecided(&report) });
        if !plan.is_empty() {
            told["hash"] = json!(hash_of(&request.at, &commit::plan_digest(&diffs))?);
        }
        return Ok(told);
    };
    let (at, digest) = parts_of(&hash)?;
    drop(workspace);
    let request = CommitRequest { at, action };
    let order = Order { approved: Some(digest), ..folder.order(Deed::CarryOut(request)) };
    match folder.carry_out(&order)? {
        Done::CarriedOut(report) => {
            let files: std::collections::BTreeSet<&String> =
                report.results.iter().flat_map(|it| &it.files).collect();
            let mut told = json!({ "files": files, "undecided": undecided(&report) });
            if let Some(transaction) = &report.transaction {
                told["transaction"] = json!(transaction);
            }
            Ok(told)
        }
        done => Err(ToolFailure::internal(format!("an answer of another kind: {done:?}"))),
    }
}

/// What no fix is certain for.
fn undecided(report: &SetReport) -> Vec<Value> {
    let left = report
        .results
        .iter()
        .filter(|it| !matches!(it.outcome, ReportedVerdict::Applied | ReportedVerdict::WouldApply));
    let told = left.map(|it| {
        json!({ "task": it.task, "reason": it.reason.as_deref().unwrap_or_default(),
                "remedy": it.remedy.as_deref().unwrap_or_default() })
    });
    told.collect()
}

/// A plan is named by its time, which is written into files, and by its digest.
fn hash_of(at: &str, digest: &str) -> Called<String> {
    let at: Timestamp =
        at.parse().map_err(|error| ToolFailure::internal(format!("no time: {error}")))?;
    Ok(format!("{:x}-{digest}", at.as_second()))
}

fn parts_of(hash: &str) -> Called<(String, String)> {
    let again = "call again without `apply` for a new plan";
    let wrong = || ToolFailure::usage(format!("`{hash}` is no hash of a plan"), again);
    let (seconds, digest) = hash.split_once('-').ok_or_else(wrong)?;
    let seconds = i64::from_str_radix(seconds, 16).map_err(|_| wrong())?;
    let at = Timestamp::from_second(seconds).map_err(|_| wrong())?;
    let age = Timestamp::now().as_second().saturating_sub(seconds);
    if !(0..=LASTS).contains(&age) {
        return Err(ToolFailure::new("not-expected", "the plan is too old", again));
    }
    Ok((at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), digest.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_a_plan_tells_its_time() {
        let now = clock::now();
        let hash = hash_of(&now, "0123456789abcdef").expect("a hash");
        assert_eq!(parts_of(&hash), Ok((now, "0123456789abcdef".to_owned())));
        let old = hash_of("2026-01-02T03:04:05Z", "0123456789abcdef").expect("a hash");
        assert_eq!(parts_of(&old).expect_err("too old").code, "not-expected");
        assert_eq!(parts_of("nonsense").expect_err("none").code, "usage");
    }
}

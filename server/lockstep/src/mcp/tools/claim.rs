//! `claim`: a task for one agent alone; more time for it, or none.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Called, JsonShape, Tool, arguments, word_or_none};
use crate::mcp::failure::ToolFailure;
use crate::mcp::folder::CallFolder;
use crate::workspace::commit::{CLAIM_LIMIT, CLAIM_MINUTES, ClaimDeed};
use crate::workspace::order::{Deed, Done};

pub(super) const TOOL: Tool = Tool {
    name: "claim",
    description: "Claim a task before you work on it, so that no other agent does: `id`, or \"next\" \
                  for one that is ready. Renew or release it by its `token`.",
    reads_only: false,
    parameters: &[
        ("id", JsonShape::Text, false, ""),
        ("do", JsonShape::Words(&["take", "renew", "release"]), false, ""),
        ("token", JsonShape::Text, false, ""),
        ("minutes", JsonShape::Number, false, ""),
    ],
    gives: &[
        ("task", JsonShape::Text),
        ("status", JsonShape::Text),
        ("rev", JsonShape::Text),
        ("token", JsonShape::Text),
        ("until", JsonShape::Text),
    ],
    call: |folder, given| claim(folder, arguments(given)?),
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    #[serde(default, deserialize_with = "word_or_none")]
    id: Option<String>,
    #[serde(default, rename = "do")]
    step: Step,
    token: Option<String>,
    minutes: Option<u32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Step {
    #[default]
    Take,
    Renew,
    Release,
}

fn claim(folder: &CallFolder, given: Given) -> Called<Value> {
    let Given { id, step, token, minutes } = given;
    if minutes.is_some_and(|minutes| !(1..=CLAIM_LIMIT).contains(&minutes)) {
        let fact = format!("`minutes` is not between 1 and {CLAIM_LIMIT}");
        return Err(ToolFailure::usage(fact, "leave it out, for 5 minutes"));
    }
    let needs_token = || ToolFailure::usage("`token` is missing", "give the token of the claim");
    let deed = match step {
        Step::Take => ClaimDeed::Take {
            task: match id.as_deref() {
                None => {
                    return Err(ToolFailure::usage("`id` is missing", "give a task, or `next`"));
                }
                Some("next") => None,
                Some(id) => Some(id.to_owned()),
            },
            holder: folder.who.clone(),
            minutes: minutes.unwrap_or(CLAIM_MINUTES),
        },
        Step::Renew => ClaimDeed::Renew { token: token.ok_or_else(needs_token)?, minutes },
        Step::Release => ClaimDeed::Release { token: token.ok_or_else(needs_token)? },
    };
    drop(folder.read()?);
    match folder.carry_out(&folder.order(Deed::Claim(deed)))? {
        Done::Claimed(claimed) => {
            let mut told = json!({
                "task": claimed.task, "title": claimed.title, "rev": claimed.rev,
            });
            let rest =
                [("status", claimed.status), ("token", claimed.token), ("until", claimed.until)];
            for (name, value) in rest.into_iter().filter_map(|(name, it)| Some((name, it?))) {
                told[name] = json!(value);
            }
            Ok(told)
        }
        done => Err(ToolFailure::internal(format!("an answer of another kind: {done:?}"))),
    }
}

//! Ids of rules in a comment that allows findings.

use crate::completion::{Completion, CompletionKind, Line, plain};
use crate::rules::RULES;
use crate::text::TextRange;

/// The rules that may be named at a cursor in `<!-- lockstep: allow drift -->`; `None` elsewhere.
pub(super) fn completions(line: &Line) -> Option<Vec<Completion>> {
    let (_, comment) = line.before.rsplit_once("<!--")?;
    let body = comment.trim_start().strip_prefix("lockstep:")?.trim_start();
    let list = body.strip_prefix("allow-file").or_else(|| body.strip_prefix("allow"))?;
    if comment.contains("-->") || !list.starts_with(' ') {
        return None;
    }
    let range = line.word(|c| c.is_ascii_lowercase() || c == '-');
    // The dashes behind the cursor close the comment.
    let end =
        if line.behind.trim_start().starts_with("--") { line.offset } else { range.end as usize };
    let range = TextRange::new(range.start as usize, end);
    let named: Vec<&str> = list.split([',', ' ']).map(str::trim).collect();
    let own = line.typed(range);
    let rules = RULES.iter().filter(|rule| rule.id == own || !named.contains(&rule.id));
    let items = rules.map(|rule| Completion {
        documentation: rule.doc.to_owned(),
        ..plain(CompletionKind::Rule, range, rule.id, rule.summary)
    });
    Some(items.collect())
}

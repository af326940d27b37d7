//! What agents are told of tasks here: what does not change, and how things are.

use std::path::Path;

use crate::cli::UserError;
use crate::cli::guidance::Guidance;
use crate::workspace::local::LocalWorkspace;

mod live;

pub(super) use live::live;

/// What does not change.
pub(super) const STATIC: &str = "\
## Task status

Task status stands in several files of this repository. Never edit a status by hand: `lockstep` \
changes every place at once, or none.

- `lockstep claim --next --format json` gives you a ready task, its `rev` and your `token`.
- `lockstep show ID --fields status,rev,next` says how it stands, and what may follow.
- `lockstep set ID STATUS --expect REV --claim TOKEN` sets it. Exit 3: somebody was faster; look \
again. Some statuses need `--reason TEXT`.
- `lockstep check` before you finish; `lockstep fix ID --dry-run` shows what mends it.
- `lockstep undo` takes back the last change. Each refusal says what to do.
";

/// The text in a file of the workspace.
pub(super) fn guidance_in(workspace: &LocalWorkspace, file: &Path) -> Result<Guidance, UserError> {
    let is_markdown = file.extension().is_some_and(|end| end.eq_ignore_ascii_case("md"));
    if !is_markdown {
        let what = format!("{} is no Markdown file", file.display());
        return Err(UserError::usage(what).hint("name a file such as AGENTS.md"));
    }
    Guidance::between_markers(workspace.folder(), file, STATIC)
}

#[cfg(test)]
mod tests {
    use super::STATIC;

    #[test]
    fn the_text_costs_little_to_read() {
        // Of such a text a token is 3.5 characters or more.
        assert!(STATIC.len() <= 700, "{} characters", STATIC.len());
    }
}

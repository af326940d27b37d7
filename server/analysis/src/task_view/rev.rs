//! What a task says at all of its places, as a short name, so that whoever saw it can say what they saw.

use super::{OccurrenceView, PhaseView};
use crate::profile::vocabulary::Category;

/// How many hexadecimal digits it has.
const DIGITS: usize = 12;

/// The name of what these say of a task: the same wherever the places stand in their files.
/// Where boxes decide its status they are a part of that, in their order.
pub(super) fn rev(
    id: &str,
    occurrences: &[OccurrenceView],
    phases: &[PhaseView],
    boxes: &[Category],
) -> String {
    let mut digest = Digest::new();
    digest.take(id);
    for occurrence in occurrences {
        digest.take(occurrence.path.as_str());
        digest.take(occurrence.carrier.id);
        digest.take(occurrence.entity.name());
        digest.take(&occurrence.text);
    }
    for phase in phases {
        digest.take(&phase.number);
        digest.take(phase.status.as_deref().unwrap_or_default());
    }
    for said in boxes {
        digest.take(said.name());
    }
    let digits = format!("{:016x}", digest.value);
    digits[..DIGITS].to_owned()
}

/// Whether a word has the form of one.
pub fn is_rev(word: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    word.len() == DIGITS && word.chars().all(is_digit)
}

/// FNV-1a: whoever asks for a change means well, so that accidents are all that it must tell apart.
struct Digest {
    value: u64,
}

impl Digest {
    fn new() -> Digest {
        Digest { value: 0xcbf2_9ce4_8422_2325 }
    }

    /// Takes a text, and where it ends.
    fn take(&mut self, text: &str) {
        for byte in text.bytes().chain([0xff]) {
            self.value = (self.value ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task_view;
    use crate::testing::analysis;

    #[test]
    fn it_is_another_when_a_box_that_decides_its_status_is_ticked() {
        let rev = |first: &str| {
            let (path, text) = ("openspec/changes/add-search/tasks.md", "- [ ] 1.2 Test it");
            let (analysis, _) =
                analysis(&format!("//- /{path}\n  - [{first}] 1.1 Do it\n  {text}\n"));
            let task = analysis.task("add-search").expect("a task");
            task_view::view(&analysis, task).rev
        };
        assert_ne!(rev(" "), rev("x"));
    }

    fn rev_of(todo: &str) -> String {
        let text = format!("//- /specs/TODO.md\n{todo}//- /specs/state.json\n  {{}}\n");
        let (analysis, _) = analysis(&text);
        let task = analysis.task("7").expect("a task");
        task_view::view(&analysis, task).rev
    }

    #[test]
    fn it_is_another_when_a_place_says_something_else_and_only_then() {
        let first = rev_of("  ### 7. Login\n  - **Status**: [PLANNED]\n");
        assert!(is_rev(&first), "{first}");
        assert_eq!(first, rev_of("  # Tasks\n\n  ### 7. Log in\n  - **Status**: [PLANNED]\n"));
        assert_ne!(first, rev_of("  ### 7. Login\n  - **Status**: [REVISED]\n"));
        assert!(!is_rev("planned") && !is_rev("ABCDEF012345"));
    }
}

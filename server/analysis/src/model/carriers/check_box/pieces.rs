//! Check boxes that link to a task and are about a piece of it only.

use rustc_hash::FxHashMap;

use crate::model::carrier::markdown_reader::MarkdownReader;
use crate::profile::id::TaskId;
use crate::syntax::markdown::ListItem;

impl MarkdownReader<'_> {
    /// Takes the boxes away that mention a task by a link and call it otherwise than the task is
    /// called: `[Write the files](phase-1.md)` where it is said of phase 2 as well, and
    /// `[Draw the form](phase-1.md)` behind `[Log in](phase-1.md)`.
    pub(super) fn take_pieces(&mut self) {
        if !self.role.mentions_by_link() {
            return;
        }
        let items = self.markdown.items.iter().enumerate();
        let linked = items.filter_map(|(at, item)| Some((at, self.mentioned(item)?)));
        let linked: Vec<(usize, (TaskId, String))> = linked.collect();
        let mut of_name: FxHashMap<&str, &TaskId> = FxHashMap::default();
        let mut shared: Vec<&str> = Vec::new();
        for (_, (id, name)) in &linked {
            if *of_name.entry(name).or_insert(id) != id {
                shared.push(name);
            }
        }
        // The first name that is of this task alone, else the first.
        let is_shared = |name: &str| shared.contains(&name);
        let mut own: FxHashMap<&TaskId, &str> = FxHashMap::default();
        for (_, (id, name)) in &linked {
            let known = own.entry(id).or_insert(name);
            if is_shared(known) && !is_shared(name) {
                *known = name;
            }
        }
        let is_piece =
            |(id, name): &(TaskId, String)| own.get(id) != Some(&&**name) && !is_called(id, name);
        let pieces: Vec<usize> =
            linked.iter().filter(|(_, it)| is_piece(it)).map(|(at, _)| *at).collect();
        self.taken.extend(pieces);
    }

    /// The task that a box mentions by a link, and what it calls it.
    fn mentioned(&self, item: &ListItem) -> Option<(TaskId, String)> {
        let text = item.check_box.as_ref().map(|_| item.text.of(self.text))?;
        let rule = self.role.box_rule(text);
        let link = rule.link.as_ref().filter(|_| rule.mention)?;
        let name = text.trim_start_matches(['[', '*', '_']).split("](").next()?;
        Some((self.linked_id(item.range, link)?, name.trim().to_lowercase()))
    }
}

/// Whether a name holds the last words of an id: `Phase 1 of the form`, `login-phase-1`.
fn is_called(id: &TaskId, name: &str) -> bool {
    let mut parts = id.as_str().rsplitn(3, '-');
    let (last, word) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric() && c != '.').collect();
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    words.windows(2).any(|pair| same(pair[0], word) && same(pair[1], last))
}

#[cfg(test)]
mod tests {
    use super::is_called;
    use crate::profile::id::TaskId;

    #[test]
    fn a_name_may_hold_the_last_words_of_an_id() {
        let id = TaskId::new("Login-Phase-1");
        for (name, expected) in [
            ("phase 1 of it", true),
            ("login-phase-1", true),
            ("phase 10", false),
            ("draw the form", false),
            ("1 phase", false),
        ] {
            assert_eq!(is_called(&id, name), expected, "{name}");
        }
    }
}

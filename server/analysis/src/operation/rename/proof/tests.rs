//! What is proven by what was read again is proven by everything.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::Proof;
use crate::operation::Whose;
use crate::operation::rename::subject::RenameSubject;
use crate::operation::rename::titles::NewTitles;
use crate::operation::rename::{Edits, NewName, ids, titles};
use crate::testing;
use crate::testing::random::{Edit, WORKSPACES, edit, edited};
use crate::text::text_edit::TextEdits;
use crate::{Analysis, AnalysisHost};

/// The same workspace, of which everything is read again.
fn anew(analysis: &Analysis) -> Analysis {
    let mut host = AnalysisHost::new(analysis.instances.clone(), (*analysis.config).clone());
    let docs = analysis.index.docs.iter();
    let texts = docs.map(|it| (it.path.clone(), Some((&**it.text.whole()).into())));
    host.analysis().with_texts(&texts.collect())
}

/// Whether the edits of a name, if they are made, with what else happens to files on the way are proven
/// to be that name and nothing else; and whether they are where everything is read again.
fn proven(
    before: &Analysis,
    subject: &RenameSubject<'_>,
    to: &NewName<'_>,
    is_made: bool,
    damage: &[(usize, Edit)],
) -> Option<(bool, bool)> {
    let (mut edits, mut titles) = (Edits::new(), NewTitles::new());
    if let Some(id) = to.id {
        ids::edits(before, subject, id, &mut edits).ok()?;
    }
    if let Some(title) = to.title {
        titles = titles::edits(before, subject, title, &mut edits).ok()?;
    }
    let mut after = before.clone();
    for (doc, edits) in edits.into_iter().filter(|_| is_made) {
        let document = &before.index.docs[doc];
        let text = TextEdits::new(edits).ok()?.apply_shared(&document.text);
        after = after.with_text(&document.path, text);
    }
    for (file, edit) in damage {
        let document = &after.index.docs[file % after.index.docs.len()];
        let text = edited(&document.text, edit, &[]);
        after = after.with_text(&document.path.clone(), text.into());
    }
    let moves = BTreeMap::new();
    let holds = |after: &Analysis| {
        let titles = titles.clone();
        Proof { before, after, subject, to, titles, moves: &moves }.holds().is_ok()
    };
    Some((holds(&after), holds(&anew(&after))))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn what_was_read_again_proves_as_much_as_everything(
        workspace in 0..WORKSPACES.len(),
        whose in 0..20usize,
        names in 0..3usize,
        is_made in prop::bool::weighted(0.8),
        damage in prop::collection::vec((0..8usize, edit()), 0..3),
    ) {
        let (before, _) = testing::analysis(WORKSPACES[workspace]);
        let task = before.index.tasks.keys().nth(whose % before.index.tasks.len());
        let name = task.map(|id| before.name_of(id)).unwrap_or_default();
        let (title, id) = (Some("Another name"), Some("99"));
        let (title, id) = [(title, None), (None, id), (title, id)][names];
        let to = NewName { title, id, slug: None };
        let Ok(subject) = RenameSubject::new(&before, Whose::Task(&name), to.id.is_some()) else { return Ok(()) };
        if let Some((part, all)) = proven(&before, &subject, &to, is_made, &damage) {
            prop_assert_eq!(part, all);
        }
    }
}

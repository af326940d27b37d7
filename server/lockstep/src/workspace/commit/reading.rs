//! Reading beside those who commit, without a lock: a reader keeps nobody waiting and writes nothing.

use std::path::Path;

use lockstep_store::recovery;

use super::{CommitError, DEADLINE, Interim, begin, open_store};

/// How often something is read anew because somebody committed meanwhile.
const ROUNDS: u32 = 4;

/// Carries to its end what an earlier process left unfinished, before anything is read; where there
/// is nothing, nothing is written.
pub fn finish(root: &Path) -> Result<(), CommitError> {
    let store = open_store(root)?;
    if recovery::is_pending(&store)? {
        drop(begin(&[&store], DEADLINE, &Interim::log)?);
    }
    Ok(())
}

/// What `read` finds in the files of a workspace, none of them half-way through a transaction:
/// what is unfinished is finished first, and where somebody commits meanwhile, it is read again; under
/// the lock where they do not stop.
pub fn undisturbed<T>(root: &Path, mut read: impl FnMut() -> T) -> Result<T, CommitError> {
    let store = open_store(root)?;
    for _ in 0..ROUNDS {
        finish(root)?;
        let moment = store.moment();
        if recovery::is_pending(&store)? {
            continue;
        }
        let found = read();
        if store.moment() == moment {
            return Ok(found);
        }
    }
    let locked = begin(&[&store], DEADLINE, &Interim::log)?;
    let found = read();
    drop(locked);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use lockstep_store::history::Note;
    use lockstep_store::path::RelPath;
    use lockstep_store::transaction::{
        CommitOutcome, Expect, Rebase, Target, Transaction, TransactionPart,
    };

    use super::*;

    const NAMES: [&str; 2] = ["a.md", "b.md"];

    /// Makes every file one longer.
    fn change(root: &Path) {
        let store = open_store(root).expect("a store");
        let never = &mut |_: &Path, _: &Note, _: &RelPath, _: &[u8]| Rebase::Unchanged;
        let locked = Transaction::begin(&[&store], Duration::ZERO, never).expect("the lock");
        let targets = NAMES.map(|name| {
            let path = RelPath::new(name).expect("a path");
            let before = locked.roots()[0].read(&path).expect("it is read").unwrap_or_default();
            let post = Some([&before[..], b"x"].concat().into());
            Target { path, pre: Expect::read_as(Some(&before)), post, moved_from: None }
        });
        let note = Note { who: String::new(), when: String::new(), what: "".into() };
        let staged = locked
            .plan(vec![TransactionPart { root: 0, note, targets: targets.into() }])
            .expect("planned")
            .stage()
            .expect("staged");
        let outcome = staged.commit(&mut |_, _, _| Rebase::Unchanged);
        assert!(matches!(outcome, Ok(CommitOutcome::Committed(_))), "{outcome:?}");
    }

    #[test]
    fn what_is_read_is_of_one_moment_and_nobody_waits() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("a path");
        for begins in [0, 1] {
            for name in NAMES {
                std::fs::write(root.join(name), "x").expect("a file");
            }
            (0..begins).for_each(|_| change(&root));
            let mut reads = 0;
            let length = |name| std::fs::read(root.join(name)).expect("a file").len();
            let found = undisturbed(&root, || {
                reads += 1;
                let first = length(NAMES[0]);
                if reads < 3 {
                    change(&root);
                }
                (first, length(NAMES[1]))
            });
            let (first, second) = found.expect("it is read");
            assert_eq!((first, first, reads), (second, begins + 3, 3));
        }
    }
}

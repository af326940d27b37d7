//! Slots that something has changed while nobody was at work.

use super::*;

#[test]
fn a_slot_that_is_not_what_the_journal_says_is_not_installed() {
    type Damage = fn(&Path);
    let damages: [Damage; 4] = [
        |slot| {
            let mut bytes = fs::read(slot).expect("a slot");
            bytes[0] ^= 1;
            fs::write(slot, bytes).expect("damaged");
        },
        |slot| fs::write(slot, "").expect("emptied"),
        |slot| fs::write(slot, "something old").expect("written"),
        |slot| {
            fs::remove_file(slot).expect("removed");
            symlink("/etc/hosts", slot).expect("a link");
        },
    ];
    for (exchanged, waiting) in [(0, 0..4), (2, 2..4)] {
        for (index, damage) in waiting.flat_map(|index| damages.map(|damage| (index, damage))) {
            let (workspace, journal) =
                killed_at("exchange", exchanged, |store| drop(change(store, &NAMES)));
            let slot = journal.with_extension(format!("s{index}"));
            damage(&slot);
            let store = workspace.store(Options::default());
            let locked = begin(&store).expect("the lock");
            let [recovered] = locked.recovered() else { panic!("{:?}", locked.recovered()) };
            assert_eq!(workspace.state(), Ok(recovered.withdrawn.is_none()), "slot {index}");
            assert_eq!(recovered.conflicts.len(), 1, "it is kept: {recovered:?}");
            assert_eq!(workspace.pending(), 0);
        }
    }
}

#[test]
fn a_damaged_slot_of_a_new_file_has_the_others_put_back() {
    let change = |store: &Store| {
        let locked = begin(store).expect("the lock");
        let target = |path: &str, pre: Option<&[u8]>| Target {
            path: rel(path),
            pre: Expect::read_as(pre),
            post: Some((*b"new").into()),
            moved_from: None,
        };
        let targets = vec![target("TODO.md", Some(FILES[0].1.as_bytes())), target("a.md", None)];
        let staged = plan(&locked, note("old -> new"), targets).expect("planned").stage();
        drop(staged.expect("staged").commit(&mut |_, _, _| Rebase::Unchanged));
    };
    let (workspace, journal) = killed_at("rename_new", 0, change);
    assert_eq!(workspace.text("TODO.md"), "new");
    fs::write(journal.with_extension("s1"), "damaged").expect("damaged");
    let store = workspace.store(Options::default());
    let locked = begin(&store).expect("the lock");
    assert!(locked.recovered()[0].withdrawn.is_some(), "{:?}", locked.recovered());
    assert_eq!(workspace.state(), Ok(false));
    assert!(!workspace.path("a.md").exists());
}

//! A journal is believed in full or not at all.

use super::*;

fn journal() -> Journal {
    let path = |path: &str| RelPath::new(path).expect("a path");
    let entry = |name: &str, pre: Option<&[u8]>, post: Option<&[u8]>| Entry {
        path: path(name),
        named: path(name),
        pre: pre.map(Stamp::of),
        post: post.map(Stamp::of),
        mode: 0o644,
    };
    Journal {
        state: State::Committed,
        id: TxId::parse("00112233445566aa").expect("an id"),
        root: "/w".to_string(),
        root_ino: 7,
        intent: b"task 7 -> done".to_vec(),
        entries: vec![
            entry("a.md", Some(b"a"), Some(b"b")),
            entry("b/c.json", None, Some(b"c")),
            entry("d", Some(b"d"), None),
        ],
    }
}

#[test]
fn a_journal_is_read_as_it_was_written() {
    for state in [State::Committed, State::Aborting] {
        let journal = Journal { state, ..journal() };
        assert_eq!(Journal::from_bytes(&journal.to_bytes()), Ok(journal));
    }
}

#[test]
fn the_state_is_changed_in_place() {
    let mut bytes = journal().to_bytes();
    let word = state_word(State::Aborting);
    let at = STATE_OFFSET as usize;
    for done in 1..=word.len() {
        bytes[at..at + done].copy_from_slice(&word[..done]);
        let read = Journal::from_bytes(&bytes).expect("a journal");
        assert_eq!(read.state, State::Aborting, "after {done} bytes");
    }
    assert_eq!(bytes, Journal { state: State::Aborting, ..journal() }.to_bytes());
}

#[test]
fn every_truncation_and_extension_is_refused() {
    let bytes = journal().to_bytes();
    for len in 0..bytes.len() {
        assert!(Journal::from_bytes(&bytes[..len]).is_err(), "cut to {len} bytes");
    }
    for extra in [0, b'\n', b' '] {
        let mut longer = bytes.clone();
        longer.push(extra);
        assert!(Journal::from_bytes(&longer).is_err(), "followed by {extra}");
    }
}

#[test]
fn every_flipped_bit_is_refused() {
    for state in [State::Committed, State::Aborting] {
        let mut bytes = Journal { state, ..journal() }.to_bytes();
        for bit in 0..bytes.len() * 8 {
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(Journal::from_bytes(&bytes).is_err(), "bit {bit} of {state:?}");
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
    }
}

#[test]
fn without_the_checksum_flipped_bits_are_believed() {
    let mut bytes = journal().to_bytes();
    let mut believed = 0;
    for bit in STATE_AREA * 8..bytes.len() * 8 {
        bytes[bit / 8] ^= 1 << (bit % 8);
        believed += usize::from(Journal::from_bytes_unchecked(&bytes).is_ok());
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    assert!(believed > 100, "{believed}");
}

#[test]
fn a_forged_journal_with_a_right_checksum_is_still_checked() {
    let forge = |records: &[u8]| {
        let mut bytes = state_area(State::Committed);
        bytes.extend_from_slice(records);
        let checksum = *blake3::hash(&bytes).as_bytes();
        bytes.extend_from_slice(&checksum);
        Journal::from_bytes(&bytes)
    };
    let records = |path: &str, count: u64| {
        let mut bytes = Vec::new();
        let mut out = Writer(&mut bytes);
        out.bytes(b"00112233445566aa");
        out.bytes(b"/w");
        out.number(7);
        out.bytes(b"");
        out.number(count);
        out.bytes(path.as_bytes());
        out.bytes(path.as_bytes());
        out.stamp(None);
        out.stamp(Some(Stamp::of(b"x")));
        out.number(0);
        bytes
    };
    assert!(forge(&records("a", 1)).is_ok());
    for path in ["../a", "/etc/passwd", "a/../../b", ".git/config", ".lockstep/lock", ""] {
        assert!(forge(&records(path, 1)).is_err(), "{path}");
    }
    assert_eq!(forge(&records("a", u64::MAX)), Err("a length is too great"));
    assert_eq!(forge(&records("a", 0)), Err("something follows its end"));
    assert!(forge(&[records("a", 1), vec![0]].concat()).is_err());
    assert!(forge(&[0xff; 64]).is_err());
    let id = |id: &[u8]| {
        let mut bytes = Vec::new();
        Writer(&mut bytes).bytes(id);
        bytes
    };
    assert!(forge(&id(b"../../../../etc")).is_err());
}

#[test]
fn a_journal_of_another_workspace_is_known() {
    assert!(journal().belongs_to(Path::new("/w"), 99));
    assert!(journal().belongs_to(Path::new("/moved"), 7));
    assert!(!journal().belongs_to(Path::new("/other"), 99));
}

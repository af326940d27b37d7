//! A journal is believed in full or not at all.

use super::*;
use crate::history::{FileRecord, Note};

fn journal() -> Journal {
    let path = |path: &str| RelPath::new(path).expect("a path");
    let entry = |name: &str, pre: Option<&[u8]>, post: Option<&[u8]>| JournalEntry {
        path: path(name),
        named: path(name),
        pre: pre.map(ContentStamp::of),
        post: post.map(ContentStamp::of),
        mode: 0o644,
        in_place: name == "a.md",
    };
    Journal {
        state: JournalState::Committed,
        id: TxId::parse("00112233445566aa").expect("an id"),
        root: "/w".to_string(),
        root_ino: 7,
        operation: RecordedOperation {
            id: "00112233445566aa".to_string(),
            note: Note {
                who: "ann".to_string(),
                when: "2026-01-31T12:00:00Z".to_string(),
                what: "task 7 -> done".into(),
            },
            files: vec![
                FileRecord::new(&path("a.md"), Some(b"a"), Some(b"b")),
                FileRecord::new(&path("b/c.json"), None, Some(b"c")),
                FileRecord::new(&path("d"), Some(b"d"), None),
            ],
            roots: Vec::new(),
        },
        entries: vec![
            entry("a.md", Some(b"a"), Some(b"b")),
            entry("b/c.json", None, Some(b"c")),
            entry("d", Some(b"d"), None),
        ],
        participants: Vec::new(),
    }
}

#[test]
fn a_journal_is_read_as_it_was_written() {
    for state in [JournalState::Committed, JournalState::Aborting] {
        let journal = Journal { state, ..journal() };
        assert_eq!(Journal::from_bytes(&journal.to_bytes().expect("bytes")), Ok(journal));
    }
}

#[test]
fn the_state_is_changed_in_place() {
    let mut bytes = journal().to_bytes().expect("bytes");
    let word = state_word(JournalState::Aborting);
    let at = STATE_OFFSET as usize;
    for done in 1..=word.len() {
        bytes[at..at + done].copy_from_slice(&word[..done]);
        let read = Journal::from_bytes(&bytes).expect("a journal");
        assert_eq!(read.state, JournalState::Aborting, "after {done} bytes");
    }
    assert_eq!(
        bytes,
        Journal { state: JournalState::Aborting, ..journal() }.to_bytes().expect("bytes")
    );
}

#[test]
fn every_truncation_and_extension_is_refused() {
    let bytes = journal().to_bytes().expect("bytes");
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
    for state in [JournalState::Committed, JournalState::Aborting] {
        let mut bytes = Journal { state, ..journal() }.to_bytes().expect("bytes");
        for bit in 0..bytes.len() * 8 {
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(Journal::from_bytes(&bytes).is_err(), "bit {bit} of {state:?}");
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
    }
}

#[test]
fn without_the_checksum_flipped_bits_are_believed() {
    let mut bytes = journal().to_bytes().expect("bytes");
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
        let mut bytes = state_area(JournalState::Committed);
        bytes.extend_from_slice(records);
        let checksum = *blake3::hash(&bytes).as_bytes();
        bytes.extend_from_slice(&checksum);
        Journal::from_bytes(&bytes)
    };
    let records = |path: &str, count: u64| {
        let mut bytes = Vec::new();
        let mut out = Writer(&mut bytes);
        let file = r#"{"path":"a","pre":null,"post":"0"}"#;
        let operation =
            format!(r#"{{"id":"00112233445566aa","who":"","when":"","what":"","files":[{file}]}}"#);
        out.bytes(operation.as_bytes());
        out.bytes(b"/w");
        out.number(7);
        out.number(count);
        out.bytes(path.as_bytes());
        out.bytes(path.as_bytes());
        out.stamp(None);
        out.stamp(Some(ContentStamp::of(b"x")));
        out.number(0);
        out.number(0);
        bytes
    };
    assert!(forge(&records("a", 1)).is_ok());
    for path in ["b", "../a", "/etc/passwd", "a/../../b", ".git/config", ".lockstep/lock", ""] {
        assert!(forge(&records(path, 1)).is_err(), "{path}");
    }
    assert_eq!(forge(&records("a", u64::MAX)), Err("a length is too great"));
    assert_eq!(forge(&records("a", 0)), Err("something follows its end"));
    assert!(forge(&[records("a", 1), vec![0]].concat()).is_err());
    assert!(forge(&[0xff; 64]).is_err());
    let id = |id: &str| {
        let mut bytes = Vec::new();
        let operation = RecordedOperation { id: id.to_string(), ..journal().operation };
        Writer(&mut bytes).bytes(&serde_json::to_vec(&operation).expect("JSON"));
        bytes
    };
    assert_eq!(forge(&id("../../../../etc")), Err("its id is none"));
    assert_eq!(forge(&id("00112233445566aa")), Err("a length is too great"));
}

#[test]
fn a_journal_of_another_workspace_is_known() {
    assert!(journal().belongs_to(Path::new("/w"), 99));
    assert!(journal().belongs_to(Path::new("/moved"), 7));
    assert!(!journal().belongs_to(Path::new("/other"), 99));
}

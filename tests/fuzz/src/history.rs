//! A history that may hold anything: read piece by piece as it grows it tells what it tells as a whole,
//! from its end the same operations, and no record of it makes undo panic.

use std::fs;
use std::path::PathBuf;

use lockstep_store::history::{
    HistoryEntry, Mark, News, RecordedOperation, find, newest_first, read_on,
};
use lockstep_store::store::Store;

use crate::journal::{Folder, store};

pub fn check(data: &[u8]) {
    if data.len() > 32 * 1024 {
        return;
    }
    let folder = Folder::new();
    let store = store(&folder, |_| true);
    let log: PathBuf = folder.root().join(".lockstep/log.jsonl");
    fs::write(&log, data).expect("a folder in memory");
    let whole = told(&store, &mut Mark::default());
    let operations: Vec<&RecordedOperation> = whole.iter().filter_map(operation).collect();
    let newest = newest_first(&store).expect("the history can be read");
    let mut newest: Vec<RecordedOperation> = newest.filter_map(Result::ok).collect();
    newest.reverse();
    let ids = |all: &[&RecordedOperation]| all.iter().map(|it| it.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&operations), ids(&newest.iter().collect::<Vec<_>>()));
    for operation in operations.iter().take(4) {
        // What is no name of a transaction may be written in several ways.
        let is_name = operation.id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let found = find(&store, &operation.id).expect("the history can be read");
        assert!(!is_name || found.is_some());
        for file in &operation.files {
            let _ = file.reversed(None);
            let _ = file.reversed(Some(b"one\ntwo\nthree\n"));
        }
    }
    // As it grows.
    let (mut mark, mut grown) = (Mark::default(), Vec::new());
    let lines: Vec<&[u8]> = data.split_inclusive(|byte| *byte == b'\n').collect();
    for until in [lines.len() / 3, lines.len() * 2 / 3, lines.len()] {
        fs::write(&log, lines[..until].concat()).expect("a folder in memory");
        grown.extend(told(&store, &mut mark));
    }
    assert_eq!(grown, whole);
}

fn told(store: &Store, mark: &mut Mark) -> Vec<News> {
    let mut told = Vec::new();
    read_on(store, mark, &mut |news| told.push(news)).expect("the history can be read");
    told
}

fn operation(news: &News) -> Option<&RecordedOperation> {
    match news {
        News::HistoryEntry(HistoryEntry::RecordedOperation(operation)) => Some(operation),
        _ => None,
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let operation = r#"{"id":"0123456789abcdef","who":"a","when":"2026-01-02T03:04:05Z","what":{"a":1},"files":[{"path":"a.md","pre":"aa","post":"bb","patch":[{"at":4,"before":"one\n","new":"two\n","old":"zwei\n","after":"three\n"}]}]}"#;
    let observed = r#"{"when":"2026-01-02T03:04:05Z","observed":[7,"done"]}"#;
    let removed = r#"{"id":"fedcba9876543210","who":"a","when":"x","what":null,"files":[{"path":"a.md","pre":"aa","post":null,"before":[255,0]}],"roots":["/a","/b"]}"#;
    let three = format!("{operation}\n{observed}\n{removed}\n");
    let cut = format!("{operation}\n{}\n{removed}", &observed[..20]);
    vec![three.clone().into_bytes(), cut.into_bytes(), [three.as_bytes(), &[255, 10, 10]].concat()]
}

//! Real files, cut off and damaged at random places: reading them never panics and never hangs.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use lockstep_analysis::model::FilePath;
use lockstep_analysis::profile::builtin;
use lockstep_analysis::profile::config::Config;
use lockstep_analysis::{AnalysisHost, Change};

use crate::support::repository::corpora;

/// Damaged texts that are read.
const CASES: usize = 10_000;

/// No text takes so long that somebody would notice; this only tells a hang from slow hardware.
const PATIENCE: Duration = Duration::from_secs(120);

#[test]
fn damaged_files_are_read_without_panic_or_hang() {
    let Some(folder) = corpora() else { return };
    let files = files_below(&folder);
    assert!(files.len() > 1000, "{} files", files.len());
    let (progress, seen) = mpsc::channel();
    let worker = std::thread::spawn(move || {
        let mut random = Random(0x5eed_1057);
        for case in 0..CASES {
            let file = &files[random.below(files.len())];
            let bytes = std::fs::read(file).expect("a file of the corpora");
            let text = damage(bytes, &mut random);
            // Whoever listens has given up; the panic or hang is told there.
            if progress.send(format!("case {case}: {}", file.display())).is_err() {
                return;
            }
            read(&text, file, case);
        }
    });
    let mut last = String::from("no case");
    loop {
        match seen.recv_timeout(PATIENCE) {
            Ok(case) => last = case,
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => panic!("{last} hangs"),
        }
    }
    assert!(worker.join().is_ok(), "{last} panics");
}

/// Reads a text under both profiles' names and runs everything that looks at it.
fn read(text: &str, file: &Path, case: usize) {
    let json = file.extension().is_some_and(|e| e == "json");
    let path = match (json, case % 3) {
        (true, 0) => "specs/007_case/state.json",
        (true, _) => "specs/state.json",
        (false, 0) => "specs/TODO.md",
        (false, _) => "specs/007_case/plans/implementation-001.md",
    };
    let profile = builtin::profiles().nth(usize::from(case % 2 == 1 && !json));
    let profile = profile.expect("there are two profiles");
    let mut host = AnalysisHost::new(profile, Config::default());
    let files = vec![(FilePath::new(path), Some(text.into()))];
    host.apply_change(Change { files, ..Change::default() });
    let analysis = host.analysis();
    let diagnostics = analysis.diagnostics();
    for diagnostic in diagnostics.iter().take(5) {
        let fixes = lockstep_analysis::rules::fixes(&analysis, diagnostic, "2026-01-02T03:04:05Z");
        for fix in fixes {
            let _ = fix.change.after();
        }
    }
    let offset = text.len() / 2;
    let link = |path: &FilePath, line: u32| format!("{path}:{line}");
    let _ = lockstep_analysis::features::hover::hover(&analysis, path, offset, &link, &|_| None);
    let range = lockstep_analysis::text::TextRange::empty(offset);
    let _ = lockstep_analysis::actions::offers(&analysis, path, range);
}

fn damage(mut bytes: Vec<u8>, random: &mut Random) -> String {
    if bytes.is_empty() {
        return String::new();
    }
    if random.below(2) == 0 {
        bytes.truncate(random.below(bytes.len()));
    }
    for _ in 0..random.below(20) {
        if !bytes.is_empty() {
            let at = random.below(bytes.len());
            let marks = b"[]`#-*{}\",:\n\r\t|<!>x \x00\xff";
            bytes[at] = match random.below(2) {
                0 => marks[random.below(marks.len())],
                _ => u8::try_from(random.below(256)).unwrap_or(0),
            };
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder of the corpora").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// A small generator (xorshift64*), so that every run has the same cases.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let value = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(value).unwrap_or(0) % limit.max(1)
    }
}

//! `lockstep.toml`: every problem has its place in the text, and a profile that it defines can read.

use lockstep_analysis::model::{Document, FilePath};
use lockstep_analysis::profile::config;
use lockstep_analysis::rules;

use crate::bounds::{document, within};

/// A text with a bit of everything, and paths that many globs take.
const TEXT: &str = "---\nid: 7\nstatus: open\n---\n# 7: Add login\n- **Status**: [PLANNED]\n\
    - [ ] 1.1 A box\n\n| id | status |\n|----|----|\n| T1 | done |\n";
const PATHS: [&str; 5] = ["TODO.md", "specs/TODO.md", "tasks/1.md", "plan.md", "a/b/c.md"];

pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let config = config::parse(text, &rules::ids());
    for problem in &config.problems {
        within(text, problem.range, problem);
        assert!(!problem.message.is_empty());
    }
    for profile in config.profile.iter().chain(&config.uses) {
        for path in PATHS {
            if let Some(read) = Document::read(profile, &FilePath::new(path), TEXT, false) {
                document(&read);
            }
        }
    }
    let _ = config.detected(&PATHS, &|_| Some(TEXT.into()));
}

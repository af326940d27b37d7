//! A workspace as one text, so that what a fuzzer finds can be read and shortened by hand:
//!
//! ```text
//! opencode              the profile; anything else leaves it to `lockstep.toml` and to detection
//! === specs/TODO.md     a file, whose text follows
//! ~~~ 0 17 4            an edit: the number of a file, an offset, a length; then the text put there
//! ```

use std::collections::BTreeMap;

use lockstep_analysis::model::FilePath;
use lockstep_analysis::profile::instances::Instances;
use lockstep_analysis::profile::{builtin, config};
use lockstep_analysis::{Analysis, AnalysisHost, Change, Existence, rules};

/// Longer input says nothing that shorter does not.
const LONGEST: usize = 64 * 1024;
const MOST_FILES: usize = 8;
const MOST_EDITS: usize = 24;

/// What is put into a text, and in place of what.
#[derive(Clone, Copy, Debug)]
pub struct Edit<'a> {
    pub file: usize,
    pub start: usize,
    pub len: usize,
    pub insert: &'a str,
}

impl Edit<'_> {
    /// The text with the edit made, wherever that falls in it.
    pub fn made_in(&self, text: &str) -> String {
        let start = floor(text, self.start % (text.len() + 1));
        let end = floor(text, start.saturating_add(self.len).min(text.len()));
        format!("{}{}{}", &text[..start], self.insert, &text[end..])
    }
}

/// The nearest boundary of a character before an offset.
pub fn floor(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// An input as read.
#[derive(Debug)]
pub struct Workspace<'a> {
    pub profile: &'a str,
    pub files: BTreeMap<FilePath, String>,
    pub edits: Vec<Edit<'a>>,
}

impl<'a> Workspace<'a> {
    /// Reads an input; `None` where it is none.
    pub fn read(data: &'a [u8]) -> Option<Workspace<'a>> {
        let text = std::str::from_utf8(data).ok().filter(|text| text.len() <= LONGEST)?;
        let (profile, mut rest) = text.split_once('\n')?;
        let mut workspace = Workspace { profile, files: BTreeMap::new(), edits: Vec::new() };
        while !rest.is_empty() {
            let (head, behind) = rest.split_once('\n').unwrap_or((rest, ""));
            let end = ["=== ", "~~~ "].iter().filter_map(|mark| section(behind, mark)).min();
            let (body, next) = behind.split_at(end.unwrap_or(behind.len()));
            rest = next;
            if let Some(path) = head.strip_prefix("=== ").filter(|path| is_path(path)) {
                if workspace.files.len() < MOST_FILES {
                    workspace.files.insert(FilePath::new(path), body.to_owned());
                }
            } else if let Some(place) = head.strip_prefix("~~~ ") {
                let mut numbers = place.split(' ').map(|word| word.parse().unwrap_or_default());
                let mut next = || numbers.next().unwrap_or_default();
                let (file, start, len) = (next(), next(), next());
                let insert = body.strip_suffix('\n').unwrap_or(body);
                workspace.edits.push(Edit { file, start, len, insert });
            }
        }
        workspace.edits.truncate(MOST_EDITS);
        (!workspace.files.is_empty()).then_some(workspace)
    }

    /// All that is found in it. What is linked to and is none of its files is not there.
    pub fn analysis(&self) -> Analysis {
        self.host().analysis()
    }

    /// As [`Workspace::analysis`], ready for changes.
    pub fn host(&self) -> AnalysisHost {
        let configured = self.files.get("lockstep.toml").map_or("", String::as_str);
        let config = config::parse(configured, &rules::ids());
        let paths: Vec<&str> = self.files.keys().map(FilePath::as_str).collect();
        let read = |path: &str| self.files.get(path).map(|text| text.as_str().into());
        let named = builtin::profile(self.profile).map(Instances::from);
        let detected = || config.instances().unwrap_or_else(|| config.detected(&paths, &read));
        let mut host = AnalysisHost::new(named.unwrap_or_else(detected), config);
        let files = self.files.iter();
        let files = files.map(|(path, text)| (path.clone(), Some(text.as_str().into())));
        host.apply_change(Change { files: files.collect(), ..Change::default() });
        self.answer(&mut host);
        host
    }

    /// Answers what the analysis asks about files that are linked to.
    fn answer(&self, host: &mut AnalysisHost) {
        for _ in 0..3 {
            let asked = host.analysis().unknown_paths();
            if asked.is_empty() {
                return;
            }
            let answer = |path: String| {
                let is_there = self.files.contains_key(path.as_str());
                (path, if is_there { Existence::Present } else { Existence::Absent })
            };
            let known = asked.into_iter().map(answer).collect();
            host.apply_change(Change { known, ..Change::default() });
        }
    }
}

/// Where the next section of this kind begins.
fn section(text: &str, mark: &str) -> Option<usize> {
    if text.starts_with(mark) {
        return Some(0);
    }
    text.find(&format!("\n{mark}")).map(|at| at + 1)
}

/// Whether it is the path of a file below the root, as the loader makes them.
fn is_path(path: &str) -> bool {
    !path.starts_with('/')
        && path.len() < 200
        && path.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
}

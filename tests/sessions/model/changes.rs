//! What becomes of changes over several files that an editor was asked to make, as its server knows
//! it: a change is forgotten once it is made and saved wherever its place is not another by now.
//!
//! The times for which a server waits are set by the editors of these tests: half of them wait for
//! no text of a change, and half of them for ever.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lockstep_analysis::analysis::Analysis;
use lockstep_analysis::model::FilePath;
use lockstep_analysis::snapshot::editing::{EditedFile, EditorChange};
use lockstep_analysis::text::merge::Standing;

use super::reading::Disk;

/// The rules that tell of them.
pub const RULES: [&str; 2] = ["half-applied", "unsaved-change"];

/// The changes of one editor.
#[derive(Default)]
pub struct Changes {
    followed: Vec<Followed>,
    n_handed: usize,
    /// What the editor has had in each file since all was quiet.
    shown: BTreeMap<String, Vec<Arc<str>>>,
}

struct Followed {
    change: Arc<EditorChange>,
    /// Whether the server may have seen it over and done, and forgotten it.
    may_be_over: bool,
}

impl Changes {
    /// The editor is asked to make this of these files, each given before and after.
    pub fn hand(&mut self, label: &str, files: BTreeMap<String, (String, String)>) {
        self.n_handed += 1;
        let files = files.into_iter().map(|(path, (before, after))| {
            let file = EditedFile { before: Some(before.into()), after: after.into(), seen: false };
            (FilePath::new(&path), file)
        });
        let (id, label) = (self.n_handed.to_string(), label.to_owned());
        let change = EditorChange { id, label, files: files.collect(), below: Vec::new() };
        if change.files.len() > 1 {
            self.followed.push(Followed { change: Arc::new(change), may_be_over: false });
        }
    }

    /// The editor has this text now.
    pub fn shows(&mut self, path: &str, text: &str) {
        self.shown.entry(path.to_owned()).or_default().push(text.into());
    }

    /// The server is gone with what it knew.
    pub fn taken_over(&mut self) {
        self.followed.clear();
    }

    /// Takes note of what the editor has open, and returns what is told of.
    pub fn look(&mut self, analysis: &Analysis, waits: bool) -> Vec<Arc<EditorChange>> {
        for Followed { change, .. } in &mut self.followed {
            for (path, file) in &mut Arc::make_mut(change).files {
                file.seen |= analysis.editing.open.contains_key(path);
            }
        }
        let all = self.followed.iter().map(|it| it.change.clone());
        let is_told = |change: &Arc<EditorChange>| {
            let progress = analysis.progress(change);
            progress.is_begun() && (!waits || progress.is_complete())
        };
        all.filter(is_told).collect()
    }

    /// On the way to where all is quiet, the server may have seen whatever stood in the editor beside
    /// whatever stood on disk.
    pub fn doubt(&mut self, disk: &Disk) {
        for Followed { change, may_be_over } in &mut self.followed {
            *may_be_over |= is_seen_over(change, &self.shown, disk);
        }
    }

    /// All is quiet: what the server has seen by now is what there is.
    pub fn settle(&mut self, analysis: &Analysis) {
        let Changes { followed, shown, .. } = self;
        followed.retain(|it| {
            let progress = analysis.progress(&it.change);
            !(progress.is_begun() && progress.is_over())
        });
        shown.clear();
        for path in analysis.editing.open.keys() {
            let text =
                analysis.index.document(path.as_str()).map(|(_, it)| it.text.whole().clone());
            shown.insert(path.to_string(), text.into_iter().collect());
        }
    }

    /// The changes that the server may have forgotten or not.
    pub fn undecided(&self) -> BTreeSet<&str> {
        let undecided = self.followed.iter().filter(|it| it.may_be_over);
        undecided.map(|it| it.change.id.as_str()).collect()
    }
}

/// Whether there was a time at which no file lacked the change, as far as can be told of each alone.
fn is_seen_over(
    change: &EditorChange,
    shown: &BTreeMap<String, Vec<Arc<str>>>,
    disk: &Disk,
) -> bool {
    change.files.iter().all(|(path, file)| {
        let disks = disk.since_quiet(path.as_str());
        let here = shown.get(path.as_str()).into_iter().flatten().chain(disks);
        let stands: Vec<Standing> = here.map(|text| file.standing(Some(text))).collect();
        let is_on_disk = || disks.iter().any(|text| file.standing(Some(text)) == Standing::Made);
        stands.contains(&Standing::Otherwise) || (stands.contains(&Standing::Made) && is_on_disk())
    })
}

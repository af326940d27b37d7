//! Changes that the client was asked to make, from the moment they are handed out until they are
//! saved or undone everywhere. What the client says of them is no proof: its texts are.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use lockstep_analysis::Analysis;
use lockstep_analysis::analysis::editing::{EditedFile, EditorChange};
use lockstep_analysis::change::SourceChange;

use crate::lsp::snapshot::Folder;

/// How long a change is waited for that is made nowhere: the client may ask its user first, and
/// what is undone may be done again.
const OFFER: Duration = Duration::from_secs(60);

/// How long the texts of a change may take to arrive, once the first is there.
pub(crate) const ARRIVAL: Duration = Duration::from_secs(2);

/// A change that is handed to the client, in the workspace at `root`.
#[derive(Clone, Debug)]
pub(crate) struct Handed {
    pub(crate) root: PathBuf,
    pub(crate) change: EditorChange,
}

impl Handed {
    /// The change as far as it is `sent`; `None` where that is not over several files.
    pub(crate) fn new(
        id: &str,
        label: &str,
        folder: &Folder,
        change: &SourceChange,
        sent: &[String],
    ) -> Option<Handed> {
        let after = change.after().into_iter();
        let after = after.filter(|(path, _)| sent.iter().any(|sent| sent == path.as_str()));
        let files = after.filter_map(|(path, after)| {
            let before = change.before.get(&path).cloned();
            Some((path, EditedFile { before, after: after?, seen: false }))
        });
        let (id, label) = (id.to_owned(), label.to_owned());
        let change = EditorChange { id, label, files: files.collect(), below: Vec::new() };
        let root = folder.root.clone();
        (change.files.len() > 1).then_some(Handed { root, change })
    }
}

/// The changes that are followed.
#[derive(Debug, Default)]
pub(crate) struct Changes(Vec<Followed>);

#[derive(Debug)]
struct Followed {
    root: PathBuf,
    change: Arc<EditorChange>,
    stage: Stage,
}

/// How far a change has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// It is made nowhere, and is forgotten if that stays so.
    Offered { until: Instant },
    /// It is made in some files, and the others have this long to follow.
    Arriving { until: Instant },
    /// What is said of it is told.
    Judged,
}

impl Stage {
    fn offered(now: Instant) -> Stage {
        Stage::Offered { until: now + OFFER }
    }

    /// The next stage; `None` where the change matters no more.
    fn next(self, analysis: &Analysis, change: &EditorChange, now: Instant) -> Option<Stage> {
        let progress = analysis.progress(change);
        if !progress.is_begun() {
            return match self {
                Stage::Offered { until } => (now < until).then_some(self),
                Stage::Arriving { .. } | Stage::Judged => Some(Stage::offered(now)),
            };
        }
        match self {
            _ if progress.is_over() => None,
            _ if progress.is_complete() => Some(Stage::Judged),
            Stage::Offered { .. } => Some(Stage::Arriving { until: now + ARRIVAL }),
            Stage::Arriving { until } if now < until => Some(self),
            Stage::Arriving { .. } | Stage::Judged => Some(Stage::Judged),
        }
    }
}

impl Changes {
    /// Follows a change. What is made in its files and not saved is what it stands on.
    pub(crate) fn add(&mut self, Handed { root, mut change }: Handed, now: Instant) {
        self.0.retain(|known| known.change.id != change.id);
        let shares = |other: &EditorChange| {
            other.files.keys().any(|path| change.files.contains_key(path))
        };
        let is_below = |known: &&Followed| {
            let is_made = !matches!(known.stage, Stage::Offered { .. });
            known.root == root && is_made && shares(&known.change)
        };
        let mut below: Vec<Arc<EditorChange>> = Vec::new();
        for known in self.0.iter().filter(is_below) {
            for lower in known.change.below.iter().chain([&known.change]) {
                if below.iter().all(|other| other.id != lower.id) {
                    below.push(lower.clone());
                }
            }
        }
        change.below = below;
        self.0.push(Followed { root, change: Arc::new(change), stage: Stage::offered(now) });
    }

    /// When something is to be judged, if nothing else happens.
    pub(crate) fn next(&self) -> Option<Instant> {
        let deadline = |followed: &Followed| match followed.stage {
            Stage::Offered { until } | Stage::Arriving { until } => Some(until),
            Stage::Judged => None,
        };
        self.0.iter().filter_map(deadline).min()
    }

    /// Looks at what has become of the changes in the workspace at `root`, and returns those of
    /// which something may be said.
    pub(crate) fn judge(
        &mut self,
        root: &Path,
        analysis: &Analysis,
        now: Instant,
    ) -> Vec<Arc<EditorChange>> {
        self.0.retain_mut(|followed| {
            if followed.root != root {
                return true;
            }
            see(&mut followed.change, analysis);
            let next = followed.stage.next(analysis, &followed.change, now);
            followed.stage = next.unwrap_or(followed.stage);
            next.is_some()
        });
        let judged = self.0.iter().filter(|it| it.root == root && it.stage == Stage::Judged);
        judged.map(|followed| followed.change.clone()).collect()
    }
}

/// Takes note of the files that the editor has open.
fn see(change: &mut Arc<EditorChange>, analysis: &Analysis) {
    let open = &analysis.editing.open;
    if change.files.iter().any(|(path, file)| !file.seen && open.contains_key(path)) {
        for (path, file) in &mut Arc::make_mut(change).files {
            file.seen |= open.contains_key(path);
        }
    }
}

//! Reads new texts on as many threads as there are processors: a workspace is read as a whole before
//! anything is said of it. What is made of a text hangs on nothing but that text, so that it makes no
//! difference which thread reads it.

use std::cmp::Reverse;
use std::mem;
use std::sync::Arc;

use lockstep_analysis::model::{Content, Document, FilePath};
use lockstep_analysis::{Analysis, Change};
use lockstep_store::parallel::each;

/// Less than this is read as soon as threads are started. In bytes.
const MUCH: usize = 256 * 1024;

/// As many pieces of what the rules look at are taken at once: most are one document.
const PIECES: usize = 64;

/// Lets the texts of a change that are new be documents already.
pub(super) fn read_new(analysis: &Analysis, change: &mut Change) {
    let is_known = |path: &FilePath| analysis.index.document(path.as_str()).is_some();
    let (mut new, mut rest) = (Vec::new(), Vec::new());
    for (path, content) in mem::take(&mut change.files) {
        match content {
            Some(content) if !is_known(&path) => new.push((path, content)),
            content => rest.push((path, content)),
        }
    }
    // The longest first, so that no thread begins with it when the others have ended.
    new.sort_by_key(|(_, content)| Reverse(content.text.len()));
    let read = |(path, content): &(FilePath, Content)| {
        let profile = analysis.instances.of(path.as_str())?;
        Document::read_content(profile, path, content.clone(), false).map(Arc::new)
    };
    let documents = match new.iter().map(|(_, content)| content.text.len()).sum::<usize>() {
        ..MUCH => vec![None; new.len()],
        _ => each(&new, 1, read),
    };
    for ((path, content), document) in new.into_iter().zip(documents) {
        match document {
            Some(document) => change.read.push(document),
            // What has no role makes no document.
            None => rest.push((path, Some(content))),
        }
    }
    change.files = rest;
}

/// Runs the rules over all of a workspace.
pub(super) fn judge(analysis: &Analysis) {
    analysis.judge(&|n_pieces, work| {
        let pieces: Vec<usize> = (0..n_pieces).collect();
        each(&pieces, PIECES, |piece| work(*piece));
    });
}

//! Reads new texts on as many threads as there are processors: a workspace is read as a whole before
//! anything is said of it. What is made of a text hangs on nothing but that text, so that it makes no
//! difference which thread reads it.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::mem;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use lockstep_analysis::model::{Content, Document, FilePath};
use lockstep_analysis::profile::Profile;
use lockstep_analysis::{Analysis, Change};

/// Less than this is read as soon as threads are started. In bytes.
const MUCH: usize = 256 * 1024;

/// As much as the first thread of a process has. In bytes.
const STACK: usize = 8 * 1024 * 1024;

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
    let documents = match new.iter().map(|(_, content)| content.text.len()).sum::<usize>() {
        ..MUCH => Vec::new(),
        _ => read(&analysis.profile, &new),
    };
    // What has no role makes no document.
    let read: BTreeSet<usize> = documents.iter().map(|(at, _)| *at).collect();
    let left = new.into_iter().enumerate().filter(|(at, _)| !read.contains(at));
    rest.extend(left.map(|(_, (path, content))| (path, Some(content))));
    change.files = rest;
    change.read.extend(documents.into_iter().map(|(_, document)| Arc::new(document)));
}

/// The documents that texts make, each with the place of its text.
fn read(profile: &Profile, texts: &[(FilePath, Content)]) -> Vec<(usize, Document)> {
    let documents = each(texts, 1, |(path, content)| {
        Document::read_content(profile, path, content.clone(), false)
    });
    let documents = documents.into_iter().enumerate();
    documents.filter_map(|(at, document)| Some((at, document?))).collect()
}

/// What `work` makes of each of these, in their order. A thread takes as many `at_once`, and there is
/// no second one where there are no more.
pub(super) fn each<T: Sync, R: Send>(
    items: &[T],
    at_once: usize,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let from = next.fetch_add(at_once, Ordering::Relaxed);
            let Some(some) = items.get(from..(from + at_once).min(items.len())) else {
                return done;
            };
            if some.is_empty() {
                return done;
            }
            done.push((from, some.iter().map(&work).collect::<Vec<R>>()));
        }
    };
    let n_threads = thread::available_parallelism().map_or(1, NonZero::get);
    let n_threads = n_threads.min(items.len().div_ceil(at_once));
    let mut done = thread::scope(|scope| {
        let start = |_| thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        // Where there are no more threads, those that there are do it.
        let others: Vec<_> = (1..n_threads).filter_map(|n| start(n).ok()).collect();
        let mut done = work();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(from, _)| *from);
    done.into_iter().flat_map(|(_, some)| some).collect()
}

//! Floor 0: work on as many threads as there are processors.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// As much as the first thread of a process has. In bytes.
const STACK: usize = 8 * 1024 * 1024;

/// What `work` makes of each of these, in their order. A thread takes as many `at_once`, and there is
/// no second one where there are no more.
pub fn each<T: Sync, R: Send>(
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

//! Starts the program and kills it at a chosen instant.

use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify;
use rustix::io::Errno;

use crate::cli::support::Answer;

/// After what a run is killed, and how long after it.
#[derive(Clone, Copy, Debug)]
pub enum Aim {
    /// Its start.
    Start(Duration),
    /// Its journal got its name.
    Commit(Duration),
    /// The first file was exchanged.
    Exchange(Duration),
}

/// Runs `command` in the workspace at `root`, which was changed before, and kills it at `aim`. What
/// it answered, where it ended by itself before; `None` where it was killed.
pub fn run_and_kill(mut command: Command, root: &Path, aim: Aim) -> Option<Answer> {
    let watch = watch(&root.join(".lockstep/tx"), inotify::WatchFlags::MOVED_TO);
    let mut child = spawn(&mut command);
    let wait = match aim {
        Aim::Start(wait) => wait,
        Aim::Commit(wait) => {
            wait_for_name(&watch, ".journal", || runs(&mut child));
            wait
        }
        Aim::Exchange(wait) => {
            wait_for_name(&watch, ".s0", || runs(&mut child));
            wait
        }
    };
    let began = Instant::now();
    while began.elapsed() < wait && runs(&mut child) {
        std::hint::spin_loop();
    }
    // It may have ended by itself.
    let _ = child.kill();
    finish(child)
}

/// Runs `command` in the workspace at `root`, which was changed before, and returns how long it takes
/// as a whole, and from the first exchange until the journal in `coordinator` is removed.
pub fn measure(mut command: Command, root: &Path, coordinator: &Path) -> (Duration, Duration) {
    let exchanges = watch(&root.join(".lockstep/tx"), inotify::WatchFlags::MOVED_TO);
    let removals = watch(&coordinator.join(".lockstep/tx"), inotify::WatchFlags::DELETE);
    let began = Instant::now();
    let mut child = spawn(&mut command);
    wait_for_name(&exchanges, ".s0", || runs(&mut child));
    let exchanged = Instant::now();
    wait_for_name(&removals, ".journal", || runs(&mut child));
    let window = exchanged.elapsed();
    let answer = finish(child).expect("nobody kills it");
    assert_eq!(answer.exit, 0, "{answer:?}");
    (began.elapsed(), window)
}

/// Starts `command` in the workspace at `root`, which was changed before, and returns right after it
/// has taken the lock.
pub fn spawn_until_locked(mut command: Command, root: &Path) -> Child {
    let watch = watch(&root.join(".lockstep"), inotify::WatchFlags::MODIFY);
    let mut child = spawn(&mut command);
    wait_for_name(&watch, "lock.info", || runs(&mut child));
    child
}

/// Watches for files that get their names in `folder`.
pub fn watch(folder: &Path, how: inotify::WatchFlags) -> OwnedFd {
    let fd = inotify::init(inotify::CreateFlags::NONBLOCK | inotify::CreateFlags::CLOEXEC);
    let fd = fd.expect("a watch");
    inotify::add_watch(&fd, folder, how).expect("the folder is watched");
    fd
}

/// Waits until a file gets a name with this end, as long as `lasts`.
pub fn wait_for_name(watch: &OwnedFd, end: &str, mut lasts: impl FnMut() -> bool) {
    let mut buffer = [MaybeUninit::uninit(); 4096];
    let mut reader = inotify::Reader::new(watch, &mut buffer);
    while lasts() {
        let milliseconds = Timespec { tv_sec: 0, tv_nsec: 5_000_000 };
        let ready = PollFd::new(watch, PollFlags::IN);
        match poll(&mut [ready], Some(&milliseconds)) {
            // A signal, or the machine was stopped for a moment.
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => panic!("no answer: {error}"),
        }
        while let Ok(event) = reader.next() {
            let name = event.file_name().and_then(|name| name.to_str().ok()).unwrap_or_default();
            if name.ends_with(end) {
                return;
            }
        }
    }
}

/// Starts `command`; what it says can be had by [`finish`].
pub fn spawn(command: &mut Command) -> Child {
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the binary runs")
}

/// Waits for the end. `None` where it was killed.
pub fn finish(child: Child) -> Option<Answer> {
    let output = child.wait_with_output().expect("a child");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let (out, err) = (text(output.stdout), text(output.stderr));
    output.status.code().map(|exit| Answer { exit, out, err })
}

fn runs(child: &mut Child) -> bool {
    child.try_wait().expect("a child").is_none()
}

/// Lets time pass.
pub fn pause(time: Duration) {
    let end = Instant::now() + time;
    while let Some(left) = end.checked_duration_since(Instant::now()).filter(|t| !t.is_zero()) {
        // May return early.
        std::thread::park_timeout(left);
    }
}

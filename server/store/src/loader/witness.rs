//! Tells what has happened to folders and to the files in them since it was asked last, where the
//! kernel vouches for that: it queues an event as part of the call that makes the change, so whoever
//! reads the queue knows of every change that was made before.
//!
//! Nobody vouches for a file that has a name in a folder elsewhere, or that is mapped into memory, and
//! for what another machine does. The first is told by the file's state, for the second the files that
//! matter most are asked for theirs, and only file systems of this machine have a witness.

use std::ffi::OsString;
use std::path::PathBuf;

/// What has happened.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum WitnessEvent {
    /// Something may have come to a folder, or gone from it, of this name; of any, or it has become
    /// another, where none is named.
    Folder(PathBuf, Option<OsString>),
    /// A file may have become another.
    File(PathBuf),
}

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) use on_linux::Witness;

#[cfg(any(target_os = "linux", target_os = "android"))]
mod on_linux {
    use std::collections::HashMap;
    use std::ffi::OsStr;
    use std::fs;
    use std::mem::MaybeUninit;
    use std::os::fd::OwnedFd;
    use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
    use std::os::unix::fs::MetadataExt as _;
    use std::path::{Path, PathBuf};

    use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
    use rustix::io::Errno;

    use super::WitnessEvent;
    use crate::loader::SKIPPED;

    /// One in so many of the watches that a user may have is taken for one root.
    const SHARE: usize = 4;

    /// File systems of this machine, by their numbers in statfs(2): ext4 and those before it, XFS,
    /// Btrfs, F2FS, and memory.
    const LOCAL: [u32; 5] = [0xef53, 0x5846_5342, 0x9123_683e, 0xf2f5_2010, 0x0102_1994];

    const MOUNTS: &str = "/proc/self/mountinfo";

    /// Vouches for some folders below a root.
    #[derive(Debug)]
    pub(in crate::loader) struct Witness {
        root: PathBuf,
        /// Which folder the root is.
        identity: (u64, u64),
        /// What is mounted where.
        mounts: Vec<u8>,
        queue: OwnedFd,
        folders: HashMap<i32, PathBuf>,
        /// How many folders there may be.
        most: usize,
    }

    impl Witness {
        /// One of no folder yet; `None` where the system does not vouch for what is below `root`.
        pub(in crate::loader) fn new(root: &Path) -> Option<Witness> {
            let kind = u32::try_from(rustix::fs::statfs(root).ok()?.f_type).ok()?;
            let mounts = fs::read(MOUNTS).ok()?;
            if !LOCAL.contains(&kind) || is_mounted_below(&mounts, root) {
                return None;
            }
            let limit = fs::read_to_string("/proc/sys/fs/inotify/max_user_watches").ok()?;
            Some(Witness {
                root: root.to_owned(),
                identity: identity(root)?,
                mounts,
                queue: inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok()?,
                folders: HashMap::new(),
                most: limit.trim().parse::<usize>().ok()? / SHARE,
            })
        }

        /// Has it vouch for a folder and the files in it too, of which whatever is relied on must be
        /// read after this. Returns whether it does.
        pub(in crate::loader) fn add(&mut self, folder: &Path) -> bool {
            let flags = WatchFlags::MODIFY
                | WatchFlags::ATTRIB
                | WatchFlags::CREATE
                | WatchFlags::DELETE
                | WatchFlags::MOVE
                | WatchFlags::DELETE_SELF
                | WatchFlags::MOVE_SELF
                | WatchFlags::ONLYDIR
                | WatchFlags::DONT_FOLLOW;
            self.folders.len() < self.most
                && inotify::add_watch(&self.queue, folder, flags).is_ok_and(|watch| {
                    let before = self.folders.insert(watch, folder.to_owned());
                    before.is_none_or(|before| before == folder)
                })
        }

        /// What has happened since it was asked last; `None` where it does not vouch any longer.
        pub(in crate::loader) fn ask(&mut self) -> Option<Vec<WitnessEvent>> {
            let mut events = Vec::new();
            let mut buffer = [MaybeUninit::uninit(); 16 * 1024];
            let mut reader = Reader::new(&self.queue, &mut buffer);
            loop {
                let event = match reader.next() {
                    Ok(event) => event,
                    Err(Errno::AGAIN) => break,
                    Err(Errno::INTR) => continue,
                    Err(_) => return None,
                };
                let lost = ReadFlags::QUEUE_OVERFLOW
                    | ReadFlags::IGNORED
                    | ReadFlags::UNMOUNT
                    | ReadFlags::DELETE_SELF
                    | ReadFlags::MOVE_SELF;
                let kind = event.events();
                let name = event.file_name().map(|name| OsStr::from_bytes(name.to_bytes()));
                if kind.intersects(lost) {
                    return None;
                }
                let folder = self.folders.get(&event.wd())?;
                let comes_or_goes = kind.intersects(
                    ReadFlags::CREATE
                        | ReadFlags::DELETE
                        | ReadFlags::MOVED_FROM
                        | ReadFlags::MOVED_TO,
                );
                match name {
                    Some(name) if kind.contains(ReadFlags::ISDIR) && comes_or_goes => {
                        // What is in a folder that comes is not vouched for.
                        if !SKIPPED.iter().any(|skipped| name == *skipped) {
                            return None;
                        }
                        events.push(WitnessEvent::Folder(folder.clone(), Some(name.to_owned())));
                    }
                    Some(name) => {
                        if comes_or_goes {
                            let name = Some(name.to_owned());
                            events.push(WitnessEvent::Folder(folder.clone(), name));
                        }
                        events.push(WitnessEvent::File(folder.join(name)));
                    }
                    None => events.push(WitnessEvent::Folder(folder.clone(), None)),
                }
            }
            // Asked last: all that is said of a path holds as long as it leads to the same folders.
            let is_same = identity(&self.root) == Some(self.identity)
                && fs::read(MOUNTS).is_ok_and(|mounts| mounts == self.mounts);
            is_same.then_some(events)
        }
    }

    fn identity(folder: &Path) -> Option<(u64, u64)> {
        fs::metadata(folder).ok().map(|meta| (meta.dev(), meta.ino()))
    }

    /// Whether something is mounted below `root`, by what proc(5) says of mounts.
    fn is_mounted_below(mounts: &[u8], root: &Path) -> bool {
        let points = mounts.split(|byte| *byte == b'\n').filter_map(|line| {
            let point = line.split(|byte| *byte == b' ').nth(4)?;
            Some(PathBuf::from(std::ffi::OsString::from_vec(unescaped(point))))
        });
        points.into_iter().any(|point| point != root && point.starts_with(root))
    }

    /// Blanks and backslashes are written as three octal digits.
    fn unescaped(text: &[u8]) -> Vec<u8> {
        let mut plain = Vec::new();
        let mut rest = text;
        while let Some((first, after)) = rest.split_first() {
            let code = after.get(..3).filter(|_| *first == b'\\');
            let code = code.and_then(|code| std::str::from_utf8(code).ok());
            match code.and_then(|code| u8::from_str_radix(code, 8).ok()) {
                Some(byte) => {
                    plain.push(byte);
                    rest = &after[3..];
                }
                None => {
                    plain.push(*first);
                    rest = after;
                }
            }
        }
        plain
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn what_is_mounted_below_a_root_is_seen() {
            let mounts = br"22 1 8:1 / / rw - ext4 /dev/a rw
23 22 8:2 / /w/a\040b rw - ext4 /dev/b rw
24 22 8:3 /x /v rw - ext4 /dev/c rw";
            let below = |root: &str| is_mounted_below(mounts, Path::new(root));
            assert!(below("/") && below("/w"));
            assert!(!below("/w/a b") && !below("/v") && !below("/w/a"));
        }
    }
}

/// Other systems vouch for nothing.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
#[derive(Debug)]
pub(super) enum Witness {}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
impl Witness {
    pub(super) fn new(_: &std::path::Path) -> Option<Witness> {
        None
    }

    pub(super) fn add(&mut self, _: &std::path::Path) -> bool {
        match *self {}
    }

    pub(super) fn ask(&mut self) -> Option<Vec<WitnessEvent>> {
        match *self {}
    }
}

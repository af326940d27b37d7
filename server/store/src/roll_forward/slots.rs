//! What a transaction keeps beside its files. A slot starts with content of ours; exchanged with the
//! file, it holds what stood there. Its name says what it started with, so what happened can be told
//! from the folder alone, after whatever end.

use std::io;
use std::path::{Path, PathBuf};

use crate::id::TxId;
use crate::stamp::ContentStamp;
use crate::store::Store;
use crate::vfs;

/// What is found at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SlotContent {
    /// Nothing.
    Missing,
    /// A regular file.
    Bytes(ContentStamp),
    /// Something that is not a regular file.
    Odd,
}

impl SlotContent {
    /// Whether this is the content that `stamp` means; `None` means no file.
    pub(super) fn is(self, stamp: Option<ContentStamp>) -> bool {
        match self {
            SlotContent::Missing => stamp.is_none(),
            SlotContent::Bytes(found) => stamp == Some(found),
            SlotContent::Odd => false,
        }
    }
}

/// One slot of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    /// 0 for what was planned, then one more for every time that somebody saved meanwhile.
    pub(crate) round: u32,
    pub(crate) path: PathBuf,
    /// What it started with; `None` where the file is to be removed.
    pub(crate) staged: Option<ContentStamp>,
    /// Whether what it started with is what somebody saved, as they saved it.
    pub(crate) theirs: bool,
    /// What it holds.
    pub(crate) content: SlotContent,
}

/// The slot of what was planned for the file at `index`.
pub(crate) fn slot_path(store: &Store, id: &TxId, index: usize) -> PathBuf {
    store.layout.tx().join(format!("{id}.s{index}"))
}

/// Where what was in a file that is written in place is kept, beside the slot with the new content.
pub(crate) fn kept_path(slot: &Path) -> PathBuf {
    slot.with_extension(format!("{}-kept", extension(slot)))
}

fn extension(slot: &Path) -> &str {
    slot.extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}

/// The slot of a later round.
pub(super) fn round_path(
    store: &Store,
    id: &TxId,
    index: usize,
    round: u32,
    (staged, theirs): (ContentStamp, bool),
) -> PathBuf {
    let (hex, len) = (staged.hex(), staged.len);
    let mark = if theirs { "t" } else { "" };
    store.layout.tx().join(format!("{id}.s{index}.{round}{mark}-{hex}+{len}"))
}

/// Where the slot of a later round is written before it gets its name.
pub(super) fn new_path(store: &Store, id: &TxId, index: usize, round: u32) -> PathBuf {
    store.layout.tx().join(format!("{id}.n{index}.{round}"))
}

/// The slots of the file at `index`, that of the plan first. It is among them even where it is
/// missing.
pub(super) fn scan(
    store: &Store,
    id: &TxId,
    index: usize,
    post: Option<ContentStamp>,
) -> io::Result<Vec<Slot>> {
    let mut slots = named(store, &names(store)?, id, index, post);
    for slot in &mut slots {
        slot.content = content(store, &slot.path)?;
    }
    Ok(slots)
}

/// The names of everything that belongs to transactions under way.
pub(super) fn names(store: &Store) -> io::Result<Vec<String>> {
    vfs::list(&*store.vfs, &store.layout.tx())
}

/// As [`scan`], from `names` and without a look at what the slots hold.
pub(super) fn named(
    store: &Store,
    names: &[String],
    id: &TxId,
    index: usize,
    post: Option<ContentStamp>,
) -> Vec<Slot> {
    let content = SlotContent::Missing;
    let path = slot_path(store, id, index);
    let mut slots = vec![Slot { round: 0, path, staged: post, theirs: false, content }];
    let prefix = format!("{id}.s{index}.");
    for name in names {
        let Some((round, theirs, staged)) = name.strip_prefix(&prefix).and_then(parse) else {
            continue;
        };
        let path = store.layout.tx().join(name);
        slots.push(Slot { round, path, staged: Some(staged), theirs, content });
    }
    slots.sort_by_key(|slot| slot.round);
    slots
}

fn parse(rest: &str) -> Option<(u32, bool, ContentStamp)> {
    let (round, stamp) = rest.split_once('-')?;
    let (number, theirs) = round.strip_suffix('t').map_or((round, false), |round| (round, true));
    Some((number.parse().ok()?, theirs, ContentStamp::parse(stamp)?))
}

/// What is at `path`.
pub(super) fn content(store: &Store, path: &Path) -> io::Result<SlotContent> {
    told(vfs::read(&*store.vfs, path))
}

/// What an attempt to read a file tells of it.
pub(super) fn told(read: io::Result<Option<Vec<u8>>>) -> io::Result<SlotContent> {
    match read {
        Ok(None) => Ok(SlotContent::Missing),
        Ok(Some(bytes)) => Ok(SlotContent::Bytes(ContentStamp::of(&bytes))),
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(SlotContent::Odd),
        Err(error) => Err(error),
    }
}

/// Writes `bytes` to a new file at `slot`, like the one at `like`, and flushes it.
pub(crate) fn write(
    store: &Store,
    slot: &Path,
    bytes: &[u8],
    like: Option<&Path>,
) -> io::Result<()> {
    let vfs = &*store.vfs;
    let file = vfs.create(slot)?;
    vfs::write_all(vfs, &file, 0, bytes)?;
    if let Some(like) = like {
        vfs.copy_attributes(like, &file)?;
    }
    if store.durable() { vfs.sync(&file) } else { Ok(()) }
}

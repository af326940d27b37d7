//! Which files git holds whatever its lists of ignored files say: git itself goes by its index alone
//! (gitformat-index(5)). The index may be somebody else's, so it is read within bounds, and a name in
//! it only ever lets what stands below the root be read.

use std::fs::Metadata;
use std::ops::Range;
use std::path::Path;
use std::time::UNIX_EPOCH;

use crate::bounded;

/// A longer index is not read, nor one whose names are longer together, in bytes.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// A longer name is none of a file.
const LONGEST_NAME: usize = 4096;

/// How many bytes the id of what is in a file has, by the two ways to make one.
const ID_LENGTHS: [usize; 2] = [20, 32];

/// What precedes the id in an entry: times, numbers and the mode.
const BEFORE_ID: usize = 40;
const MODE: Range<usize> = 24..28;

/// When what it holds was written, and how long it is.
const SECONDS: Range<usize> = 8..12;
const NANOSECONDS: Range<usize> = 12..16;
const LENGTH: Range<usize> = 36..40;

/// The ids of nothing, by the two ways to make one.
const EMPTY_IDS: [&[u8]; 2] = [
    b"\xe6\x9d\xe2\x9b\xb2\xd1\xd6\x43\x4b\x8b\x29\xae\x77\x5a\xd8\xc2\xe4\x8c\x53\x91",
    b"\x47\x3a\x0f\x4c\x3b\xe8\xa9\x36\x81\xa2\x67\xe3\xb1\xe9\xa7\xdc\xda\x11\x85\x43\x6f\xe1\x41\xf7\x74\x91\x20\xa3\x03\x72\x18\x13",
];

/// The kinds of files by the upper bits of a mode.
const FILE: u32 = 0o10;
const LINK: u32 = 0o12;

/// Flags of an entry: that there are further ones, and the length of the name or the most that fits.
const IS_EXTENDED: u16 = 0x4000;
const NAME_LENGTH: u16 = 0x0fff;

/// The paths of the files that a worktree's index holds, relative to its top, in order of bytes.
#[derive(Debug, Default)]
pub(super) struct Tracked {
    names: Vec<u8>,
    /// Where each begins in `names`, and where the last ends.
    starts: Vec<usize>,
}

/// What somebody asks an index.
#[derive(Debug)]
pub(super) struct TrackedQuestion {
    /// Relative to the top of the worktree, with `/` between its parts.
    pub(super) path: Box<str>,
    pub(super) is_folder: bool,
}

impl TrackedQuestion {
    /// Whether git holds what stands there, or something in it.
    pub(super) fn ask(&self, tracked: &Tracked) -> bool {
        tracked.holds(&self.path, self.is_folder)
    }
}

impl Tracked {
    /// What the index at `path` holds. One that is absent, too long, or in a form that is not known
    /// holds nothing, and says nothing of what is ignored.
    pub(super) fn read(path: &Path) -> Tracked {
        let bytes = match bounded::read_through_links(path, MOST_BYTES) {
            Ok(bytes) => bytes,
            Err(error) => {
                tracing::debug!(index = %path.display(), %error, "the index says nothing");
                return Tracked::default();
            }
        };
        let read = ID_LENGTHS.iter().find_map(|id_length| parsed(&bytes, *id_length));
        read.unwrap_or_else(|| {
            tracing::debug!(index = %path.display(), "an index of an unknown form says nothing");
            Tracked::default()
        })
    }

    /// Whether `path` is a file that git holds, or a folder with one in it.
    fn holds(&self, path: &str, is_folder: bool) -> bool {
        let wanted = match is_folder {
            true => [path, "/"].concat().into_bytes(),
            false => path.as_bytes().to_vec(),
        };
        let (mut low, mut high) = (0, self.starts.len().saturating_sub(1));
        while low < high {
            let middle = low.midpoint(high);
            match self.name(middle) < Some(&*wanted) {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        let first = self.name(low);
        match is_folder {
            true => first.is_some_and(|name| name.starts_with(&wanted)),
            false => first == Some(&*wanted),
        }
    }

    fn name(&self, at: usize) -> Option<&[u8]> {
        self.names.get(*self.starts.get(at)?..*self.starts.get(at + 1)?)
    }
}

/// One entry of an index.
struct IndexEntry<'i> {
    name: &'i [u8],
    /// What git saw of the file, in the form of the index.
    state: &'i [u8],
    id: &'i [u8],
    kind: u32,
}

impl IndexEntry<'_> {
    /// Whether a file is as git saw it: of that length, and written at that time. Of one without a length
    /// the id must say so as well, for git notes none where it is not sure.
    fn is_as(&self, meta: &Metadata) -> bool {
        let at = |range: Range<usize>| self.state.get(range).and_then(number);
        let written = meta.modified().ok().and_then(|it| it.duration_since(UNIX_EPOCH).ok());
        let is_told = written.is_some_and(|it| {
            let seconds = u32::try_from(it.as_secs()).ok();
            (seconds, Some(it.subsec_nanos())) == (at(SECONDS), at(NANOSECONDS))
        });
        let is_long = at(LENGTH).map(u64::from) == Some(meta.len());
        is_told && is_long && (meta.len() > 0 || EMPTY_IDS.contains(&self.id))
    }
}

/// Whether nobody has written to the file that the index at `path` calls `name` since git took note of it.
pub(super) fn is_as_noted(path: &Path, name: &str, meta: &Metadata) -> bool {
    let Ok(bytes) = bounded::read_through_links(path, MOST_BYTES) else { return false };
    ID_LENGTHS.iter().any(|id_length| {
        let mut is_noted = false;
        let whole = entries(&bytes, *id_length, &mut |entry| {
            is_noted |= entry.kind == FILE && entry.name == name.as_bytes() && entry.is_as(meta);
        });
        whole.is_some() && is_noted
    })
}

/// The names in an index; `None` where it is none, or its ids have another length.
fn parsed(bytes: &[u8], id_length: usize) -> Option<Tracked> {
    let mut tracked = Tracked { names: Vec::new(), starts: vec![0] };
    entries(bytes, id_length, &mut |entry| {
        if matches!(entry.kind, FILE | LINK) {
            tracked.names.extend_from_slice(entry.name);
            tracked.starts.push(tracked.names.len());
        }
    })?;
    Some(tracked)
}

/// Tells of each entry of an index, in order; `None` where it is none, or its ids have another length.
fn entries(bytes: &[u8], id_length: usize, tell: &mut dyn FnMut(&IndexEntry<'_>)) -> Option<()> {
    let (magic, rest) = bytes.split_at_checked(4)?;
    let (version, count) = (number(rest.get(..4)?)?, number(rest.get(4..8)?)?);
    if magic != b"DIRC" || !(2..=4).contains(&version) {
        return None;
    }
    let (mut at, mut last, mut before) = (12, Vec::new(), Vec::new());
    let mut length_of_names = 0;
    for _ in 0..count {
        let entry = bytes.get(at..)?;
        let kind = number(entry.get(MODE)?)? >> 12;
        let flags_at = BEFORE_ID + id_length;
        let flags = u16::from_be_bytes(entry.get(flags_at..flags_at + 2)?.try_into().ok()?);
        let mut name_at = flags_at + 2;
        if version >= 3 && flags & IS_EXTENDED != 0 {
            name_at += 2;
        }
        if version == 4 {
            let (n_stripped, length) = offset(entry.get(name_at..)?)?;
            last.truncate(last.len().checked_sub(n_stripped)?);
            name_at += length;
        } else {
            last.clear();
        }
        let end = name_at + memchr::memchr(0, entry.get(name_at..)?)?;
        last.extend_from_slice(&entry[name_at..end]);
        // Entries are filled up with zeros to a multiple of eight, but for those of version 4.
        at += if version == 4 { end + 1 } else { (end + 8) & !7 };
        let is_as_told = last.len().min(NAME_LENGTH.into()) == usize::from(flags & NAME_LENGTH);
        let is_counted = matches!(kind, FILE | LINK);
        if !is_as_told || before > last || last.is_empty() || last.len() > LONGEST_NAME {
            return None;
        }
        tell(&IndexEntry {
            name: &last,
            state: &entry[..BEFORE_ID],
            id: &entry[BEFORE_ID..flags_at],
            kind,
        });
        length_of_names += if is_counted { last.len() as u64 } else { 0 };
        if length_of_names > MOST_BYTES {
            return None;
        }
        if is_counted {
            before.clone_from(&last);
        }
    }
    Some(())
}

fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

/// A number as git writes offsets, with how many bytes it takes.
fn offset(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0_usize;
    // More bytes than these make no length of a name.
    for (at, byte) in bytes.iter().take(4).enumerate() {
        value = (value << 7) + usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, at + 1));
        }
        value += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const FILES: [&str; 6] = ["a/TODO.md", "a.md", "a-b/c.md", "build/x/TODO.md", "é.md", "z.json"];

    /// A repository of [`FILES`] with ids of a kind; `None`, with a word on it, where there is no git
    /// that makes them.
    #[allow(clippy::print_stdout)]
    fn repository(ids: &str) -> Option<tempfile::TempDir> {
        let folder = tempfile::tempdir().expect("a folder");
        let init = ["init", "--quiet", "--object-format", ids];
        if !Command::new("git")
            .args(init)
            .current_dir(&folder)
            .status()
            .is_ok_and(|it| it.success())
        {
            println!("skipped: there is no git with ids of {ids}");
            return None;
        }
        let long = format!("long/{}.md", "n".repeat(200));
        for path in FILES.iter().copied().chain([&*long]) {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
            std::fs::write(path, "").expect("written");
        }
        std::fs::write(folder.path().join(".gitignore"), "*\n").expect("written");
        git(&folder, &["add", "--force", "."]);
        git(&folder, &["rm", "--quiet", "--cached", "z.json"]);
        Some(folder)
    }

    fn git(folder: &tempfile::TempDir, arguments: &[&str]) {
        let status = Command::new("git").args(arguments).current_dir(folder).status();
        assert!(status.expect("git runs").success(), "git {arguments:?}");
    }

    #[test]
    fn what_git_holds_is_told_whatever_the_form_of_its_index() {
        for ids in ["sha1", "sha256"] {
            let Some(folder) = repository(ids) else { continue };
            for version in ["2", "3", "4"] {
                git(&folder, &["update-index", "--index-version", version]);
                if version == "3" {
                    // Only entries with further flags have git write the version.
                    git(&folder, &["update-index", "--skip-worktree", "a.md"]);
                }
                let tracked = Tracked::read(&folder.path().join(".git/index"));
                let holds = |path: &str, is_folder| tracked.holds(path, is_folder);
                for path in &FILES[..5] {
                    assert!(holds(path, false), "{path} {ids} {version}");
                    assert!(!holds(path, true) && !holds(&format!("{path}x"), false), "{path}");
                }
                for folder in ["a", "a-b", "build", "build/x", "long"] {
                    assert!(holds(folder, true) && !holds(folder, false), "{folder}");
                }
                assert!(!holds("z.json", false) && !holds("", false) && !holds("buil", true));
            }
        }
    }

    #[test]
    fn a_file_is_as_it_was_noted_until_somebody_writes_to_it() {
        for ids in ["sha1", "sha256"] {
            let Some(folder) = repository(ids) else { continue };
            let is_noted = |name: &str| {
                let path = folder.path().join(name);
                let meta = std::fs::metadata(path).expect("a file");
                is_as_noted(&folder.path().join(".git/index"), name, &meta)
            };
            let write = |name: &str, text: &str| {
                std::fs::write(folder.path().join(name), text).expect("written");
            };
            let waited = |name: &str| {
                let written = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
                let file = std::fs::File::options().write(true).open(folder.path().join(name));
                file.expect("a file").set_modified(written).expect("another time");
            };
            write("a-b/c.md", "\n");
            ["a.md", "a-b/c.md", "a/TODO.md"].iter().for_each(|name| waited(name));
            git(&folder, &["add", "--force", "."]);
            git(&folder, &["rm", "--quiet", "--cached", "z.json"]);
            assert!(is_noted("a.md") && is_noted("a-b/c.md"), "{ids}");
            assert!(!is_noted("z.json"));
            write("a.md", "");
            write("a-b/c.md", "");
            assert!(!is_noted("a.md") && !is_noted("a-b/c.md"), "{ids}");
            // What held something is emptied without another time.
            write("a/TODO.md", "- [ ] Log in\n");
            waited("a/TODO.md");
            git(&folder, &["add", "--force", "a/TODO.md"]);
            let meta = std::fs::metadata(folder.path().join("a/TODO.md")).expect("a file");
            let written = meta.modified().expect("a time");
            let file = std::fs::File::create(folder.path().join("a/TODO.md")).expect("emptied");
            file.set_modified(written).expect("the time before");
            assert!(!is_noted("a/TODO.md"), "{ids}");
        }
    }

    #[test]
    fn an_index_that_is_cut_or_changed_anywhere_ends_no_reading() {
        let Some(folder) = repository("sha1") else { return };
        for version in ["2", "4"] {
            git(&folder, &["update-index", "--index-version", version]);
            let index = folder.path().join(".git/index");
            let whole = std::fs::read(&index).expect("an index");
            for at in 0..whole.len() {
                let _ = parsed(&whole[..at], 20);
                for byte in [0, 1, 0x7f, 0x80, 0xff] {
                    let mut other = whole.clone();
                    other[at] = byte;
                    for id_length in ID_LENGTHS {
                        let _ = parsed(&other, id_length);
                    }
                }
            }
            std::fs::write(&index, &whole[..whole.len() / 2]).expect("written");
            let tracked = Tracked::read(&index);
            assert!(!tracked.holds("a.md", false), "of half an index nothing is believed");
            std::fs::write(&index, &whole).expect("written");
        }
        assert!(!Tracked::read(&folder.path().join("none")).holds("a.md", false));
        assert!(!Tracked::read(Path::new("/dev/zero")).holds("a.md", false));
    }
}

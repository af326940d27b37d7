//! Floor 0: reading that ends: regular files, not the links to them, and no more of each than a
//! limit, whatever size the system tells.

use std::fs::{Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// All of the regular file at `path`, of at most `limit` bytes, and what was known of it before the
/// reading. The error is a clause that says what to do, without the path; its kind is
/// [`io::ErrorKind::NotFound`] only where nothing is at `path`.
pub(crate) fn read(path: &Path, limit: u64) -> io::Result<(Vec<u8>, Metadata)> {
    let file = options().open(path).map_err(|error| explained(path, error))?;
    let meta = file.metadata().map_err(|error| explained(path, error))?;
    if !meta.is_file() {
        return Err(special(&meta));
    }
    let size = meta.len();
    if size > limit {
        return Err(too_large(size, limit));
    }
    let mut bytes = Vec::new();
    // One byte more, so that the end is found without asking for more room.
    let room = usize::try_from(size).unwrap_or(usize::MAX).saturating_add(1);
    bytes.try_reserve_exact(room)?;
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| explained(path, error))?;
    match u64::try_from(bytes.len()) {
        Ok(read) if read <= limit => Ok((bytes, meta)),
        _ => Err(too_large(limit + 1, limit)),
    }
}

/// As [`read`], also through links.
pub(crate) fn read_through_links(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    read(&path.canonicalize()?, limit).map(|(bytes, _)| bytes)
}

/// Options that neither follow a link nor wait for the other end of a pipe.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY);
    }
    options
}

/// Why something could not be opened or read.
fn explained(path: &Path, error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::NotFound {
        return error;
    }
    match std::fs::symlink_metadata(path) {
        Ok(meta) if !meta.is_file() => special(&meta),
        // Also where the folder cannot be entered.
        _ => refusal(error.kind(), format!("cannot read the file: {error}; make it readable")),
    }
}

/// The refusal of what is no regular file.
fn special(meta: &Metadata) -> io::Error {
    let kind = meta.file_type();
    let what = if kind.is_dir() {
        "a folder"
    } else if kind.is_symlink() {
        "a link"
    } else {
        "a pipe, a socket or a device"
    };
    let message = format!("this is {what}, not a file; replace or remove it");
    refusal(io::ErrorKind::InvalidInput, message)
}

fn too_large(size: u64, limit: u64) -> io::Error {
    let message = format!(
        "the file has {size} bytes or more, and files of more than {limit} are not read; split it"
    );
    refusal(io::ErrorKind::FileTooLarge, message)
}

fn refusal(kind: io::ErrorKind, message: String) -> io::Error {
    io::Error::new(kind, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_read_than_the_limit_whatever_size_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a");
        std::fs::write(&path, "12345").expect("written");
        assert_eq!(read(&path, 5).expect("it is read").0, b"12345");
        let refused = |path: &Path| read(path, 4).expect_err("it is refused").kind();
        assert_eq!(refused(&path), io::ErrorKind::FileTooLarge);
        let longer = Path::new("/proc/self/maps");
        if longer.exists() {
            assert_eq!(refused(longer), io::ErrorKind::FileTooLarge, "it tells a size of 0");
        }
        assert_eq!(refused(folder.path()), io::ErrorKind::InvalidInput);
        assert_eq!(refused(&folder.path().join("b")), io::ErrorKind::NotFound);
    }

    #[cfg(unix)]
    #[test]
    fn nothing_but_a_regular_file_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let [link, pipe, socket] = ["link", "pipe", "socket"].map(|it| folder.path().join(it));
        std::os::unix::fs::symlink("/dev/zero", &link).expect("a link");
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0)
            .expect("a pipe");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
        for path in [link.as_path(), &pipe, &socket, Path::new("/dev/zero")] {
            let error = read(path, 4).expect_err("it is refused");
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{}", path.display());
        }
        let refused = read_through_links(&link, 4).expect_err("it is refused");
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
    }
}

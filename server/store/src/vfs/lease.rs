//! Asks the kernel whether somebody has a file open for writing, by taking a read lease and giving
//! it back at once.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, RawFd};

use super::Lease;

/// Chooses the signal by which a lease holder is told. `libc` does not name it.
const F_SETSIG: libc::c_int = 10;

/// Whether somebody has the file behind `file`, which is open for reading only, open for writing.
pub(super) fn probe(file: &File) -> io::Result<Lease> {
    let fd = file.as_raw_fd();
    // The kernel tells a lease holder by SIGIO that somebody opens the file, and SIGIO ends a
    // process that does not expect it. SIGURG is ignored by default.
    if control(fd, F_SETSIG, libc::SIGURG).is_err() {
        return Ok(Lease::Unknown);
    }
    match control(fd, libc::F_SETLEASE, libc::F_RDLCK) {
        Ok(()) => {
            control(fd, libc::F_SETLEASE, libc::F_UNLCK)?;
            Ok(Lease::Free)
        }
        Err(error) if error.raw_os_error() == Some(libc::EAGAIN) => Ok(Lease::Busy),
        Err(error) if error.raw_os_error() == Some(libc::EIO) => Err(error),
        Err(_) => Ok(Lease::Unknown),
    }
}

#[allow(unsafe_code)]
fn control(fd: RawFd, command: libc::c_int, argument: libc::c_int) -> io::Result<()> {
    // SAFETY: `fd` is open for the length of the call, as the caller borrows its file. F_SETSIG and
    // F_SETLEASE take an int and touch no memory of this process.
    let answer = unsafe { libc::fcntl(fd, command, argument) };
    if answer == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::OpenOptions;

    #[test]
    fn a_writer_is_seen_until_it_closes() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("a");
        std::fs::write(&path, "a").expect("a file");
        let reader = File::open(&path).expect("the file");
        assert_eq!(probe(&reader).expect("an answer"), Lease::Free);
        let writer = OpenOptions::new().write(true).open(&path).expect("a writer");
        assert_eq!(probe(&reader).expect("an answer"), Lease::Busy);
        drop(writer);
        assert_eq!(probe(&reader).expect("an answer"), Lease::Free);
    }

    #[test]
    fn being_told_of_a_writer_does_not_end_the_process() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("a");
        std::fs::write(&path, "a").expect("a file");
        let reader = File::open(&path).expect("the file");
        control(reader.as_raw_fd(), F_SETSIG, libc::SIGURG).expect("a signal is chosen");
        control(reader.as_raw_fd(), libc::F_SETLEASE, libc::F_RDLCK).expect("a lease");
        use std::os::unix::fs::OpenOptionsExt;
        // Breaks the lease without waiting for it: the signal is sent, and this process goes on.
        let broken = OpenOptions::new().write(true).custom_flags(libc::O_NONBLOCK).open(&path);
        assert_eq!(broken.expect_err("the lease holds").raw_os_error(), Some(libc::EWOULDBLOCK));
    }
}

//! The daemon's log: a file that is begun anew when it is full, with one old one kept.

use std::fs::{self, File};
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use crate::daemon::address::{Address, open_private};

/// A log of this size is put away.
const LIMIT: u64 = 1 << 20;

/// The log of a daemon. Writing to it never fails: where the disk is full there is nobody left to
/// tell.
#[derive(Debug)]
pub struct Log {
    address: Address,
    open: Mutex<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    size: u64,
}

impl Log {
    /// Opens the log, and has everything go there that this process writes to standard error.
    ///
    /// # Errors
    ///
    /// Where the file cannot be opened.
    pub fn open(address: &Address) -> io::Result<Log> {
        let open = append_to(address)?;
        Ok(Log { address: address.clone(), open: Mutex::new(open) })
    }

    /// Opens the log for a process that is about to start, as its standard error.
    pub(super) fn for_child(address: &Address) -> io::Result<File> {
        append_file(address)
    }

    fn append(&self, bytes: &[u8]) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.size + bytes.len() as u64 > LIMIT
            && open.size > 0
            && fs::rename(self.address.log(), self.address.old_log()).is_ok()
            && let Ok(new) = append_to(&self.address)
        {
            *open = new;
        }
        if open.file.write_all(bytes).is_ok() {
            open.size += bytes.len() as u64;
        }
    }
}

impl Write for &Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.append(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the log holds, the old one first.
pub fn read(address: &Address) -> io::Result<String> {
    let mut text = String::new();
    for path in [address.old_log(), address.log()] {
        match fs::read(path) {
            Ok(bytes) => text.push_str(&String::from_utf8_lossy(&bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(text)
}

fn append_to(address: &Address) -> io::Result<Open> {
    let file = append_file(address)?;
    // What the runtime itself says last, such as that a stack is full, goes to standard error.
    #[cfg(all(unix, not(test)))]
    rustix::stdio::dup2_stderr(&file)?;
    let size = file.metadata()?.len();
    Ok(Open { file, size })
}

fn append_file(address: &Address) -> io::Result<File> {
    open_private(&address.log())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_log_is_put_away_and_the_last_lines_stay() {
        let dir = tempfile::tempdir().expect("a folder");
        let address = Address::in_folder(dir.path());
        let log = Log::open(&address).expect("it opens");
        let line = [b'x'; 1 << 16];
        for _ in 0..40 {
            (&log).write_all(&line).expect("it never fails");
        }
        (&log).write_all(b"the last line\n").expect("it never fails");
        let size = |path| fs::metadata(path).expect("it is there").len();
        assert!(size(address.log()) <= LIMIT && size(address.old_log()) <= LIMIT);
        assert!(read(&address).expect("it reads").ends_with("xthe last line\n"));
    }
}

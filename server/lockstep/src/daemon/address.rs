//! Where a user's daemon is met: the files of one private folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::daemon::Unavailable;

/// Names another folder, so that tests meet a daemon of their own.
pub const FOLDER_VARIABLE: &str = "LOCKSTEP_RUNTIME_DIR";
/// Whether this process goes without a daemon.
pub const OFF_VARIABLE: &str = "LOCKSTEP_NO_DAEMON";

/// macOS has room for 104 bytes with the NUL, Linux for four more.
const PATH_LIMIT: usize = 103;

/// The folder of one user's daemon. Its files are for their owner only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    folder: PathBuf,
}

/// Whether the environment asks to go without a daemon.
pub fn is_switched_off() -> bool {
    std::env::var_os(OFF_VARIABLE).is_some_and(|value| !value.is_empty() && value != "0")
}

impl Address {
    /// The address of this user's daemon. Touches nothing.
    pub fn of_user() -> Address {
        let named = std::env::var_os(FOLDER_VARIABLE).filter(|value| !value.is_empty());
        let folder = named.map_or_else(usual_folder, PathBuf::from);
        // The daemon itself runs in another folder.
        Address { folder: std::path::absolute(&folder).unwrap_or(folder) }
    }

    /// Makes the folder if it is not there, and looks whether it may be trusted.
    ///
    /// # Errors
    ///
    /// A folder that cannot be made, that somebody else owns or can write to, or whose path is too
    /// long for a socket.
    pub fn prepare(&self) -> Result<(), Unavailable> {
        let length = self.socket().as_os_str().as_encoded_bytes().len();
        if cfg!(unix) && length > PATH_LIMIT {
            return Err(Unavailable::new(format!(
                "{} is too long for a socket: {length} bytes, of which {PATH_LIMIT} are allowed",
                self.socket().display()
            )));
        }
        make_private(&self.folder)
            .map_err(|error| self.trouble("cannot be created", &error))
            .and_then(|()| self.verify())
    }

    /// Looks whether the folder may be trusted.
    ///
    /// # Errors
    ///
    /// As for [`Address::prepare`]; also where it is not there.
    pub fn verify(&self) -> Result<(), Unavailable> {
        match distrust(&self.folder) {
            Ok(None) => Ok(()),
            Ok(Some(why)) => {
                Err(Unavailable::new(format!("{} is not used: {why}", self.folder.display())))
            }
            Err(error) => Err(self.trouble("cannot be checked", &error)),
        }
    }

    /// Whether the folder is there at all.
    pub fn exists(&self) -> bool {
        fs::symlink_metadata(&self.folder).is_ok()
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A folder in it, made if it is not there, for what programs remember for a while.
    ///
    /// # Errors
    ///
    /// As for [`Address::prepare`].
    pub fn private(&self, name: &str) -> Result<PathBuf, Unavailable> {
        let trouble = |error: &io::Error| self.trouble("cannot be created", error);
        make_private(&self.folder).map_err(|error| trouble(&error))?;
        self.verify()?;
        let folder = self.folder.join(name);
        make_private(&folder).map_err(|error| trouble(&error))?;
        let inner = Address { folder };
        inner.verify()?;
        Ok(inner.folder)
    }

    /// Where the daemon listens.
    pub fn socket(&self) -> PathBuf {
        self.folder.join("lockstep.sock")
    }

    /// What the daemon holds as long as it lives. Never removed.
    pub fn lock(&self) -> PathBuf {
        self.folder.join("lockstep.lock")
    }

    /// What a process holds while it starts the daemon. Never removed.
    pub fn start_lock(&self) -> PathBuf {
        self.folder.join("start.lock")
    }

    /// What the daemon tells of itself.
    pub fn log(&self) -> PathBuf {
        self.folder.join("lockstep.log")
    }

    /// What the log held before it was begun anew.
    pub fn old_log(&self) -> PathBuf {
        self.folder.join("lockstep.log.1")
    }

    /// As `what` of this folder went wrong.
    pub(super) fn trouble(&self, what: &str, error: &io::Error) -> Unavailable {
        Unavailable::new(format!("{} {what}: {error}", self.folder.display()))
    }

    /// An address in a folder of a test's own.
    #[cfg(test)]
    pub(super) fn in_folder(folder: &Path) -> Address {
        Address { folder: folder.to_owned() }
    }
}

/// Opens a file of the folder, which is made for its owner only if it is not there. Whatever is
/// written goes to its end.
pub(super) fn open_private(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.create(true).read(true).append(true);
    // Whoever can open a lock can hold it.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The folder that is used where none is named. It does not depend on the environment, in which
/// terminals, desktops and remote shells of one user differ.
#[cfg(unix)]
fn usual_folder() -> PathBuf {
    let user = rustix::process::geteuid().as_raw();
    let session = PathBuf::from(format!("/run/user/{user}"));
    match distrust(&session) {
        Ok(None) => session.join("lockstep"),
        _ => PathBuf::from(format!("/tmp/lockstep-{user}")),
    }
}

#[cfg(not(unix))]
fn usual_folder() -> PathBuf {
    // The profile of a user on Windows is private to begin with.
    let home = std::env::var_os("LOCALAPPDATA").map(PathBuf::from);
    home.unwrap_or_else(std::env::temp_dir).join("lockstep")
}

#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    match fs::DirBuilder::new().recursive(true).mode(0o700).create(folder) {
        // Whatever stands there is looked at next.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        done => done,
    }
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Why a folder cannot be trusted: another user could put a socket of his own there.
#[cfg(unix)]
fn distrust(folder: &Path) -> io::Result<Option<String>> {
    use std::os::unix::fs::MetadataExt as _;
    let found = fs::symlink_metadata(folder)?;
    let mode = found.mode() & 0o777;
    Ok(if !found.is_dir() {
        Some("it is not a folder".to_owned())
    } else if found.uid() != rustix::process::geteuid().as_raw() {
        Some(format!("it belongs to another user (id {})", found.uid()))
    } else if mode & 0o022 != 0 {
        Some(format!("other users may write to it (mode {mode:o}); run `chmod 700` on it"))
    } else {
        None
    })
}

#[cfg(not(unix))]
fn distrust(folder: &Path) -> io::Result<Option<String>> {
    let found = fs::symlink_metadata(folder)?;
    Ok((!found.is_dir()).then(|| "it is not a folder".to_owned()))
}

#[cfg(all(test, unix))]
mod tests;

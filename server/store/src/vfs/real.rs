//! The file system of the machine. On Linux everything is as the protocol wants it; the parts for
//! other systems compile by care and are untested.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use super::{FileKind, Handle, Identity, Lease, Lock, Metadata, Mount, Vfs};

/// The file system of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealVfs;

impl RealVfs {
    fn handle(path: &Path, file: File) -> Handle {
        Handle {
            path: path.to_path_buf(),
            file: Some(file),
            #[cfg(test)]
            node: 0,
        }
    }
}

fn file(handle: &Handle) -> io::Result<&File> {
    handle.file.as_ref().ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

/// Options that neither follow a link nor wait for the other end of a pipe.
fn options() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there is nothing to set"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    }
    options
}

impl Vfs for RealVfs {
    fn create(&self, path: &Path) -> io::Result<Handle> {
        let file = options().write(true).create_new(true).open(path)?;
        Ok(RealVfs::handle(path, file))
    }

    fn open(&self, path: &Path) -> io::Result<Handle> {
        Ok(RealVfs::handle(path, options().write(true).open(path)?))
    }

    fn write_at(&self, handle: &Handle, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::FileExt;
            file(handle)?.write_at(bytes, offset)
        }
        #[cfg(windows)]
        {
            use std::os::windows::fs::FileExt;
            file(handle)?.seek_write(bytes, offset)
        }
    }

    fn truncate(&self, handle: &Handle, len: u64) -> io::Result<()> {
        file(handle)?.set_len(len)
    }

    fn sync(&self, handle: &Handle) -> io::Result<()> {
        file(handle)?.sync_all()
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        // Windows cannot flush a folder.
        if !cfg!(unix) {
            return Ok(());
        }
        match File::open(path)?.sync_all() {
            // Nor can some file systems, of networks most of all, and say that it makes no sense
            // there. A flush that failed says otherwise.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            answer => answer,
        }
    }

    fn copy_attributes(&self, from: &Path, to: &Handle) -> io::Result<()> {
        #[cfg(unix)]
        return attributes::copy(options().read(true).open(from)?, file(to)?);
        #[cfg(not(unix))]
        return file(to)?.set_permissions(std::fs::metadata(from)?.permissions());
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        in_one_step(from, to, false)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::hard_link(from, to)
    }

    fn exchange(&self, target: &Path, slot: &Path) -> io::Result<()> {
        in_one_step(target, slot, true)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        std::fs::create_dir(path)
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_dir(path)
    }

    fn look(&self, path: &Path) -> io::Result<Handle> {
        match options().read(true).open(path) {
            Ok(file) => Ok(RealVfs::handle(path, file)),
            Err(error) => match std::fs::symlink_metadata(path) {
                Ok(found) if !found.is_file() => Err(super::not_a_file()),
                _ => Err(error),
            },
        }
    }

    fn metadata_of(&self, handle: &Handle) -> io::Result<Metadata> {
        file(handle)?.metadata().map(|found| from_std(&found))
    }

    fn read_all(&self, handle: &Handle) -> io::Result<Vec<u8>> {
        let mut file = file(handle)?;
        let found = file.metadata()?;
        if !found.is_file() {
            return Err(super::not_a_file());
        }
        let mut bytes = Vec::new();
        // One byte more, so that the end is found without asking for more room.
        let room = usize::try_from(found.len()).unwrap_or(usize::MAX).saturating_add(1);
        bytes.try_reserve_exact(room)?;
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn read_at(&self, handle: &Handle, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        #[cfg(unix)]
        use std::os::unix::fs::FileExt;
        #[cfg(windows)]
        use std::os::windows::fs::FileExt;
        let (file, mut bytes, mut done) = (file(handle)?, vec![0; len], 0);
        while let Some(rest) = bytes.get_mut(done..).filter(|rest| !rest.is_empty()) {
            #[cfg(unix)]
            let taken = file.read_at(rest, offset + done as u64);
            #[cfg(windows)]
            let taken = file.seek_read(rest, offset + done as u64);
            match taken {
                Ok(0) => break,
                Ok(taken) => done += taken,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        bytes.truncate(done);
        Ok(bytes)
    }

    fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        std::fs::symlink_metadata(path).map(|found| from_std(&found))
    }

    fn read_link(&self, path: &Path) -> io::Result<std::path::PathBuf> {
        std::fs::read_link(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(path)? {
            names.extend(entry?.file_name().into_string());
        }
        names.sort();
        Ok(names)
    }

    fn lease(&self, handle: &Handle) -> io::Result<Lease> {
        #[cfg(target_os = "linux")]
        return super::lease::probe(file(handle)?);
        #[cfg(not(target_os = "linux"))]
        return file(handle).map(|_| Lease::Unknown);
    }

    fn obstacle(&self, path: &Path, slots: &Path) -> io::Result<Option<super::Obstacle>> {
        #[cfg(target_os = "linux")]
        return super::obstacle::find(path, slots);
        #[cfg(not(target_os = "linux"))]
        {
            let _ = (path, slots);
            Ok(None)
        }
    }

    fn try_lock(&self, path: &Path) -> io::Result<Option<Lock>> {
        let opened = options().read(true).write(true).create(true).truncate(false).open(path);
        let file = match opened {
            // A lock holds on a file that is open for reading only, and on a read-only mount.
            Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => {
                options().read(true).open(path)?
            }
            opened => opened?,
        };
        match file.try_lock() {
            Ok(()) => {
                let identity = from_std(&file.metadata()?).identity;
                Ok(Some(Lock { identity, _file: Some(file) }))
            }
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => Err(error),
        }
    }

    fn mount(&self, path: &Path) -> io::Result<Mount> {
        mount(path)
    }

    fn user(&self) -> u32 {
        #[cfg(unix)]
        return rustix::process::geteuid().as_raw();
        #[cfg(not(unix))]
        return 0;
    }

    fn now(&self) -> u64 {
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |past| past.as_secs())
    }

    fn wait(&self, time: Duration) {
        let end = Instant::now() + time;
        while let Some(left) = end.checked_duration_since(Instant::now()).filter(|t| !t.is_zero()) {
            // May return early.
            std::thread::park_timeout(left);
        }
    }
}

/// Renames a file to a name that is free, or exchanges it with another, in one step.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn in_one_step(from: &Path, to: &Path, exchanges: bool) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    let how = if exchanges { RenameFlags::EXCHANGE } else { RenameFlags::NOREPLACE };
    match renameat_with(CWD, from, CWD, to, how) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Err(io::ErrorKind::Unsupported.into()),
        answer => Ok(answer?),
    }
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn in_one_step(_: &Path, _: &Path, _: bool) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

fn from_std(found: &std::fs::Metadata) -> Metadata {
    let file_type = found.file_type();
    let kind = if file_type.is_file() {
        FileKind::File
    } else if file_type.is_dir() {
        FileKind::Folder
    } else if file_type.is_symlink() {
        FileKind::Link
    } else {
        FileKind::Other
    };
    let born =
        found.created().ok().and_then(|born| born.duration_since(SystemTime::UNIX_EPOCH).ok());
    let born = born.and_then(|born| u64::try_from(born.as_nanos()).ok()).unwrap_or_default();
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        Metadata {
            kind,
            identity: Identity { dev: found.dev(), ino: found.ino() },
            links: found.nlink(),
            mode: found.mode() & 0o7777,
            uid: found.uid(),
            gid: found.gid(),
            len: found.len(),
            born,
        }
    }
    #[cfg(not(unix))]
    {
        let mode = if found.permissions().readonly() { 0o444 } else { 0o644 };
        let identity = Identity { dev: 0, ino: 0 };
        Metadata { kind, identity, links: 1, mode, uid: 0, gid: 0, len: found.len(), born }
    }
}

#[cfg(target_os = "linux")]
fn mount(path: &Path) -> io::Result<Mount> {
    let found = rustix::fs::statfs(path)?;
    let magic = found.f_type as u64 & 0xffff_ffff;
    let (kind, remote) = match magic {
        0xef53 => ("ext4", false),
        0x5846_5342 => ("xfs", false),
        0x9123_683e => ("btrfs", false),
        0x0102_1994 => ("tmpfs", false),
        0x794c_7630 => ("overlayfs", false),
        0x2fc1_2fc1 => ("zfs", false),
        0xf2f5_2010 => ("f2fs", false),
        0x4d44 => ("vfat", false),
        0x2011_bab0 => ("exfat", false),
        0x6573_5546 => ("fuse", false),
        0x6969 => ("nfs", true),
        0xff53_4d42 => ("cifs", true),
        0xfe53_4d42 => ("smb2", true),
        0x0102_1997 => ("9p", true),
        _ => ("", false),
    };
    let kind = if kind.is_empty() { format!("{magic:#x}") } else { kind.to_string() };
    Ok(Mount { kind, remote, free: found.f_bavail.saturating_mul(found.f_bsize as u64) })
}

#[cfg(not(target_os = "linux"))]
fn mount(path: &Path) -> io::Result<Mount> {
    std::fs::symlink_metadata(path)?;
    Ok(Mount { kind: "unknown".to_string(), remote: false, free: u64::MAX })
}

#[cfg(unix)]
mod attributes {
    //! Owner, permissions and extended attributes, which hold access lists and labels too.

    use std::fs::File;
    use std::io;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};

    /// Gives `to` what `from` has, and says so by an error where that is not allowed.
    pub(super) fn copy(from: File, to: &File) -> io::Result<()> {
        let (wanted, found) = (from.metadata()?, to.metadata()?);
        let uid = (wanted.uid() != found.uid()).then_some(wanted.uid());
        let gid = (wanted.gid() != found.gid()).then_some(wanted.gid());
        if uid.is_some() || gid.is_some() {
            fchown(to, uid, gid)?;
        }
        // After the owner, whose change takes the set-id bits away.
        if uid.is_some() || gid.is_some() || wanted.mode() != found.mode() {
            to.set_permissions(std::fs::Permissions::from_mode(wanted.mode() & 0o7777))?;
        }
        copy_extended(&from, to)
    }

    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    fn copy_extended(from: &File, to: &File) -> io::Result<()> {
        use rustix::fs::{XattrFlags, fgetxattr, fremovexattr, fsetxattr};
        let (wanted, given) = (names(from)?, names(to)?);
        // What the folder of the slots gives to new files, such as a list of who has access.
        for name in given.iter().filter(|name| !wanted.contains(*name)) {
            match fremovexattr(to, &**name) {
                // Labels are given by the system, and stay.
                Err(_) if name.starts_with(b"security.") => {}
                answer => answer?,
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let mut value = vec![0_u8; 64 * 1024];
        let mut present = vec![0_u8; 64 * 1024];
        for name in wanted.iter().map(|name| &**name) {
            let wanted = fgetxattr(from, name, &mut value[..])?;
            let wanted = value.get(..wanted).unwrap_or_default();
            // A label that is already right cannot always be set, and need not be.
            if let Ok(length) = fgetxattr(to, name, &mut present[..])
                && present.get(..length) == Some(wanted)
            {
                continue;
            }
            fsetxattr(to, name, wanted, XattrFlags::empty())?;
        }
        Ok(())
    }

    /// The names of the extended attributes that a file has.
    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    fn names(file: &File) -> io::Result<Vec<Vec<u8>>> {
        use rustix::fs::{flistxattr, flistxattr_query};
        use rustix::io::Errno;
        // Most files have none, and then no room is needed.
        if matches!(flistxattr_query(file), Ok(0) | Err(Errno::NOTSUP)) {
            return Ok(Vec::new());
        }
        let mut names = vec![0_u8; 64 * 1024];
        let length = flistxattr(file, &mut names[..])?;
        names.truncate(length);
        let names = names.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        Ok(names.map(<[u8]>::to_vec).collect())
    }

    #[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
    fn copy_extended(_: &File, _: &File) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests;

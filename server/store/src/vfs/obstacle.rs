//! What would keep a file from being exchanged, although it can be read and is not read-only: told
//! before the commit, for after it only a withdrawal is left.

use std::io;
use std::path::Path;

use rustix::fs::{Access, AtFlags, CWD, Statx, StatxAttributes, StatxFlags, accessat, statx};
use rustix::io::Errno;

use super::Obstacle;

/// What keeps the file at `path`, there or not, from being exchanged with one in the folder `slots`.
/// `None` where nothing is known to be in the way.
pub(super) fn find(path: &Path, slots: &Path) -> io::Result<Option<Obstacle>> {
    let own = look(slots)?;
    let file = look(path)?;
    let above = path.parent().unwrap_or(path);
    // A folder that is not there yet will be like that of the slots.
    let folder = look(above)?;
    let all = || [&file, &folder].into_iter().flatten();
    let is = |found: &Statx, what| found.stx_attributes.contains(what);
    if all().any(|found| is(found, StatxAttributes::IMMUTABLE)) {
        return barred("it or its folder is immutable; run `chattr -i`");
    }
    if all().any(|found| is(found, StatxAttributes::APPEND)) {
        return barred("it or its folder is append-only; run `chattr -a`");
    }
    if all().any(|found| own.as_ref().is_some_and(|own| other_mount(found, own))) {
        return Ok(Some(Obstacle::Mount));
    }
    let Some(folder) = folder else { return Ok(None) };
    match accessat(CWD, above, Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS) {
        Err(Errno::ACCESS | Errno::PERM | Errno::ROFS) => {
            return barred("its folder is not writable");
        }
        Err(Errno::NOENT) | Ok(()) => {}
        // Whoever cannot be asked is not in the way.
        Err(error) => tracing::debug!(%error, "it is not known whether a folder can be written to"),
    }
    let user = rustix::process::geteuid().as_raw();
    let sticky = u32::from(folder.stx_mode) & 0o1000 != 0;
    let owner = |found: &Statx| [0, found.stx_uid].contains(&user);
    if sticky && file.is_some_and(|file| !owner(&file) && !owner(&folder)) {
        return barred(
            "it belongs to another user, in a folder where only that user may replace it",
        );
    }
    Ok(None)
}

fn barred(reason: &'static str) -> io::Result<Option<Obstacle>> {
    Ok(Some(Obstacle::Barred(reason)))
}

fn look(path: &Path) -> io::Result<Option<Statx>> {
    let flags = StatxFlags::BASIC_STATS | StatxFlags::MNT_ID;
    match statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW, flags) {
        Ok(found) => Ok(Some(found)),
        // Some sandboxes do not let it be asked.
        Err(Errno::NOENT | Errno::NOTDIR | Errno::NOSYS) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn other_mount(one: &Statx, other: &Statx) -> bool {
    let known = |found: &Statx| found.stx_mask & StatxFlags::MNT_ID.bits() != 0;
    known(one) && known(other) && one.stx_mnt_id != other.stx_mnt_id
}

//! File systems that are mounted for an experiment, and unmounted whatever becomes of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::drive::pause;

/// A file system, mounted while this lives.
#[derive(Debug)]
pub struct Mounted {
    pub path: PathBuf,
}

impl Mounted {
    /// Runs `mount` with these arguments and `path`, which is created. The error is what it said.
    pub fn new(arguments: &[&str], path: &Path) -> Result<Mounted, String> {
        if path.file_name().is_some() && !path.exists() {
            fs::create_dir_all(path).expect("the mount point");
        }
        run(Command::new("mount").args(arguments).arg(path))?;
        Ok(Mounted { path: path.to_owned() })
    }

    pub fn tmpfs(options: &str, path: &Path) -> Result<Mounted, String> {
        Mounted::new(&["-t", "tmpfs", "-o", options, "tmpfs"], path)
    }

    /// The ext4 file system in the file `image`.
    pub fn image(image: &Path, path: &Path) -> Result<Mounted, String> {
        Mounted::new(&["-t", "ext4", "-o", "loop", &image.to_string_lossy()], path)
    }

    /// The NTFS file system in the file `image`, which a program reads.
    pub fn ntfs(image: &Path, options: &str, path: &Path) -> Result<Mounted, String> {
        fs::create_dir_all(path).expect("the mount point");
        run(Command::new("lowntfs-3g").args(["-o", options]).arg(image).arg(path))?;
        Ok(Mounted { path: path.to_owned() })
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // For a moment between its start and its program, a child of another test holds whatever
        // is open here.
        for _ in 0..200 {
            if run(Command::new("umount").arg(&self.path)).is_ok() {
                return;
            }
            pause(Duration::from_millis(25));
        }
        drop(run(Command::new("umount").arg("--lazy").arg(&self.path)));
    }
}

/// Makes an ext4 file system of so many KiB in the new file `image`.
pub fn make_ext4(image: &Path, kibibytes: u64) -> Result<(), String> {
    let file = fs::File::create(image).expect("the image");
    file.set_len(kibibytes * 1024).expect("its length");
    run(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(image))
}

/// Makes an NTFS file system of so many KiB in the new file `image`.
pub fn make_ntfs(image: &Path, kibibytes: u64) -> Result<(), String> {
    let file = fs::File::create(image).expect("the image");
    file.set_len(kibibytes * 1024).expect("its length");
    // What a disk would tell, and a file cannot: the size of a sector, and where the partition is.
    let disk = ["-s", "512", "-p", "0", "-H", "0", "-S", "0"];
    run(Command::new("mkntfs").args(["--quick", "--quiet", "--force"]).args(disk).arg(image))
}

/// Why nothing can be mounted here; `None` where it can.
pub fn unavailable() -> Option<String> {
    if rustix::process::geteuid().as_raw() != 0 {
        return Some("only root can mount".to_owned());
    }
    let dir = tempfile::tempdir().expect("a temporary folder");
    let image = dir.path().join("image");
    make_ext4(&image, 1024).and_then(|()| Mounted::image(&image, &dir.path().join("mnt"))).err()
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

//! Files that are not plain: links, modes, owners, attributes, mounts. Each is kept as it is with new
//! content, or the change is refused before anything is written.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use lockstep::daemon::address::OFF_VARIABLE;
use rustix::fs::{XattrFlags, getxattr, listxattr, setxattr};

use super::mounts::{Mounted, make_ext4, unavailable};
use super::tasks::{Tasks, files};
use crate::cli::support::{Answer, answer};
use crate::support::program;
use crate::support::report::{Chance, Summary, full};

/// What must become of a change.
#[derive(Clone, Copy, Debug)]
enum Accept {
    /// It takes place, and what the files were but for their content stays.
    Kept,
    /// It is refused, with this in the message, and nothing is written.
    Refused(&'static str),
}

use Accept::{Kept, Refused};

/// What is taken back after a case.
#[derive(Debug)]
enum Guard {
    Nothing,
    Mount(#[expect(dead_code, reason = "held until it is dropped")] Mounted),
    Flags(PathBuf, &'static str),
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Guard::Flags(path, flag) = self {
            chattr(&format!("-{flag}"), path);
        }
    }
}

/// One strange file. It is `specs/TODO.md` of the workspace, or lies beside it.
struct Case {
    name: &'static str,
    accept: Accept,
    /// Makes it strange; `None` where that cannot be done here.
    prepare: fn(&Tasks) -> Option<Guard>,
    /// The user who makes the change.
    user: Option<u32>,
}

fn todo(tasks: &Tasks) -> PathBuf {
    tasks.path("specs/TODO.md")
}

/// Gives the file another name, and makes its own a link to `goal`.
fn link(tasks: &Tasks, to: &Path, goal: &Path) -> Option<Guard> {
    fs::rename(todo(tasks), to).expect("renamed");
    symlink(goal, todo(tasks)).expect("a link");
    Some(Guard::Nothing)
}

fn mode(tasks: &Tasks, mode: u32) -> Option<Guard> {
    fs::set_permissions(todo(tasks), fs::Permissions::from_mode(mode)).expect("permissions");
    Some(Guard::Nothing)
}

fn flag(path: PathBuf, flag: &'static str) -> Option<Guard> {
    chattr(&format!("+{flag}"), &path).then_some(Guard::Flags(path, flag))
}

/// Whether the flag was changed: not every file system has it.
fn chattr(flag: &str, path: &Path) -> bool {
    let output = Command::new("chattr").arg(flag).arg(path).output().expect("chattr runs");
    output.status.success()
}

fn bind(from: &Path, to: &Path) -> Option<Guard> {
    let from = from.to_str().expect("UTF-8");
    Some(Guard::Mount(Mounted::new(&["--bind", from], to).expect("mounted")))
}

/// An access list: the owner and user 1234 may read and write, the others read.
const ACL: [u8; 44] = [
    2, 0, 0, 0, // the version, then one entry for each: kind, rights, id
    1, 0, 6, 0, 255, 255, 255, 255, // the owner
    2, 0, 6, 0, 210, 4, 0, 0, // user 1234
    4, 0, 4, 0, 255, 255, 255, 255, // the group
    16, 0, 6, 0, 255, 255, 255, 255, // at most, but for the owner
    32, 0, 4, 0, 255, 255, 255, 255, // the others
];

fn attribute(tasks: &Tasks, name: &str, value: &[u8]) -> Option<Guard> {
    setxattr(todo(tasks), name, value, XattrFlags::empty()).ok().map(|()| Guard::Nothing)
}

const fn case(name: &'static str, accept: Accept, prepare: fn(&Tasks) -> Option<Guard>) -> Case {
    Case { name, accept, prepare, user: None }
}

const CASES: &[Case] = &[
    case("a plain file", Kept, |_| Some(Guard::Nothing)),
    case("a relative link", Kept, |t| link(t, &t.path("specs/real"), Path::new("real"))),
    case("an absolute link", Kept, |t| link(t, &t.path("real"), &t.path("real"))),
    case("a chain of links", Kept, |t| {
        symlink("../real", t.path("specs/second")).expect("a link");
        link(t, &t.path("real"), Path::new("second"))
    }),
    case("a link that leads nowhere", Refused("this link leads to nothing"), |t| {
        let newer = t.path("specs/007_t7/plans/implementation-002.md");
        symlink("nowhere", newer).expect("a link");
        Some(Guard::Nothing)
    }),
    case("a link out of the workspace", Refused("leads out of the workspace"), |t| {
        let outside = t.root.with_extension("outside");
        link(t, &outside, &outside)
    }),
    case("a hard link", Refused("has 2 hard links"), |t| {
        fs::hard_link(todo(t), t.path("second")).expect("a second name");
        Some(Guard::Nothing)
    }),
    case("mode 0600", Kept, |t| mode(t, 0o600)),
    case("mode 0444", Refused("is read-only"), |t| mode(t, 0o444)),
    case("set-group-id", Kept, |t| mode(t, 0o2640)),
    case("set-user-id", Kept, |t| mode(t, 0o4755)),
    case("sticky", Kept, |t| mode(t, 0o1644)),
    case("an attribute", Kept, |t| attribute(t, "user.note", b"mine")),
    case("an access list", Kept, |t| attribute(t, "system.posix_acl_access", &ACL)),
    case("a file that lacks the access list of new ones", Kept, |t| {
        // Whoever has access to a folder may enter it.
        let entry = |(at, byte): (usize, &u8)| byte | u8::from(at >= 4 && at % 8 == 6);
        let list: Vec<u8> = ACL.iter().enumerate().map(entry).collect();
        let given = setxattr(&t.root, "system.posix_acl_default", &list, XattrFlags::empty());
        given.ok().map(|()| Guard::Nothing)
    }),
    case("another owner", Kept, |t| {
        chown(todo(t), Some(1234), Some(4321)).expect("an owner");
        Some(Guard::Nothing)
    }),
    Case {
        user: Some(1234),
        ..case("an owner that cannot be kept", Refused("Operation not permitted"), |t| {
            owned_by(t, 1234);
            chown(todo(t), Some(4321), Some(1234)).expect("an owner");
            mode(t, 0o666)
        })
    },
    Case {
        user: Some(1234),
        ..case("a folder of somebody else", Refused("its folder is not writable"), |t| {
            owned_by(t, 1234);
            chown(t.path("specs"), Some(0), Some(0)).expect("an owner");
            Some(Guard::Nothing)
        })
    },
    Case {
        user: Some(1234),
        ..case("a folder that may not be read", Refused("Permission denied"), |t| {
            owned_by(t, 1234);
            let folder = t.path("specs/008_t8");
            chown(&folder, Some(0), Some(0)).expect("an owner");
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).expect("permissions");
            Some(Guard::Nothing)
        })
    },
    Case {
        user: Some(1234),
        ..case("a file that may not be read", Refused("Permission denied"), |t| {
            owned_by(t, 1234);
            chown(todo(t), Some(0), Some(0)).expect("an owner");
            mode(t, 0o600)
        })
    },
    case("another file system below the root", Refused("is on another mount"), |t| {
        let project = t.path("specs/007_t7");
        let aside = t.root.with_extension("aside");
        let copy = |from: &Path, to: &Path| {
            let copied = Command::new("cp").arg("-aT").arg(from).arg(to).status();
            assert!(copied.expect("cp runs").success());
        };
        copy(&project, &aside);
        let mounted = Mounted::tmpfs("size=1m", &project).expect("mounted");
        copy(&aside, &project);
        Some(Guard::Mount(mounted))
    }),
    case("a folder that is mounted twice", Refused("another mount"), |t| {
        let project = t.path("specs/007_t7");
        bind(&project, &project)
    }),
    case("a file that is a mount", Refused("mount"), |t| {
        let other = t.path("other");
        fs::copy(todo(t), &other).expect("copied");
        bind(&other, &todo(t))
    }),
    case("an immutable file", Refused("immutable"), |t| flag(todo(t), "i")),
    case("a file to be appended to", Refused("append-only"), |t| flag(todo(t), "a")),
    case("an immutable folder", Refused("immutable"), |t| flag(t.path("specs/007_t7"), "i")),
    case("a read-only mount", Refused("Read-only file system"), |t| {
        let guard = bind(&t.root, &t.root);
        let remounted = Command::new("mount").args(["-o", "remount,bind,ro"]).arg(&t.root).status();
        assert!(remounted.expect("mount runs").success());
        guard
    }),
];

fn owned_by(tasks: &Tasks, user: u32) {
    let owner = format!("{user}:{user}");
    let status = Command::new("chown").arg("-R").arg(owner).arg(&tasks.root).status();
    assert!(status.expect("chown runs").success());
}

/// What a file is, but for its content and what every change makes new.
type Look = BTreeMap<String, String>;

fn look(path: &Path) -> Look {
    let mut look = Look::new();
    let mut add = |what: &str, value: String| look.insert(what.to_owned(), value);
    let at = fs::symlink_metadata(path).expect("the file");
    if at.is_symlink() {
        add("link", fs::read_link(path).expect("a link").display().to_string());
    }
    let found = fs::metadata(path).expect("the file");
    add("mode", format!("{:o}", found.mode()));
    add("owner", format!("{}:{}", found.uid(), found.gid()));
    add("names", found.nlink().to_string());
    let mut names = vec![0; 4096];
    let length = listxattr(path, &mut names[..]).expect("the attributes");
    for name in names[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let mut value = vec![0; 4096];
        let length = getxattr(path, name, &mut value[..]).expect("the attribute");
        add(&String::from_utf8_lossy(name), format!("{:?}", &value[..length]));
    }
    look
}

fn change(tasks: &Tasks, case: &Case, binary: &Path) -> Answer {
    match case.user {
        None => answer(&mut tasks.setting(7, 1)),
        Some(user) => {
            let mut command = Command::new("setpriv");
            command.args([format!("--reuid={user}"), format!("--regid={user}")]);
            command.arg("--clear-groups").arg(binary).args(Tasks::set(7, 1));
            answer(command.current_dir(&tasks.root).env(OFF_VARIABLE, "1"))
        }
    }
}

/// Makes one change; `false` where the case cannot be made here.
fn check(tasks: &Tasks, case: &Case, binary: &Path, place: &str) -> bool {
    let Some(guard) = (case.prepare)(tasks) else { return false };
    let looks = || files(7).map(|name| look(&tasks.path(&name)));
    let (before, texts) = (looks(), tasks.texts(7));
    let found = change(tasks, case, binary);
    let accept = case.accept;
    let case = format!("{} on {place}: {found:?}", case.name);
    match (found.exit, accept) {
        (0, Kept) => {
            assert_eq!(tasks.value(7), Ok(1), "{case}");
            assert_eq!(looks(), before, "{case}");
        }
        (1..=4, Refused(reason)) => {
            assert!([&found.err, &found.out].iter().any(|it| it.contains(reason)), "{case}");
            assert_eq!(tasks.texts(7), texts, "{case}");
            assert_eq!(looks(), before, "{case}");
            assert!(!found.err.contains("withdrawn"), "{case}");
        }
        _ => panic!("{case}"),
    }
    assert_eq!(tasks.under_way(), [""; 0], "{case}");
    drop(guard);
    true
}

/// Runs every case on one file system. The workspaces are written below `written`, and changed below
/// `changed`, where `ready` shows them.
fn run(
    place: &str,
    (written, changed): (&Path, &Path),
    binary: &Path,
    ready: impl FnOnce() -> Option<Mounted>,
) -> (usize, Vec<&'static str>) {
    let folder = |number: usize| format!("case{number}");
    for (number, _) in CASES.iter().enumerate() {
        Tasks::create(&written.join(folder(number)), &[7, 8]);
    }
    let mounted = ready();
    let mut left_out = Vec::new();
    for (number, case) in CASES.iter().enumerate() {
        let tasks = Tasks { root: changed.join(folder(number)) };
        if !check(&tasks, case, binary, place) {
            left_out.push(case.name);
        }
    }
    drop(mounted);
    (CASES.len() - left_out.len(), left_out)
}

#[test]
fn a_strange_file_is_kept_as_it_is_or_refused_before_anything_is_written() {
    if let Some(reason) = unavailable() {
        println!("skipped: {reason}");
        return;
    }
    let summary = Summary::new("11 strange files", &Chance::new());
    let dir = tempfile::tempdir().expect("a temporary folder");
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    // Another user may not enter the folder that the program is built in.
    let binary = dir.path().join("lockstep");
    program::copied(&binary);
    let (image, ext4) = (dir.path().join("image"), dir.path().join("ext4"));
    make_ext4(&image, 16 * 1024).expect("a file system");
    let mounted = Mounted::image(&image, &ext4).expect("mounted");
    let mut found = vec![("ext4", run("ext4", (&ext4, &ext4), &binary, || None))];
    drop(mounted);
    if full() {
        let tmpfs = dir.path().join("tmpfs");
        let mounted = Mounted::tmpfs("size=16m", &tmpfs).expect("mounted");
        found.push(("tmpfs", run("tmpfs", (&tmpfs, &tmpfs), &binary, || None)));
        let layer = |name: &str| {
            let path = tmpfs.join(name);
            fs::create_dir(&path).expect("a folder");
            path
        };
        let [lower, upper, work] = ["lower", "upper", "work"].map(layer);
        let options = format!(
            "lowerdir={},upperdir={},workdir={}",
            lower.display(),
            upper.display(),
            work.display()
        );
        let overlay = dir.path().join("overlay");
        let ready = || {
            Some(
                Mounted::new(&["-t", "overlay", "-o", &options, "overlay"], &overlay)
                    .expect("mounted"),
            )
        };
        found.push(("overlay", run("overlay", (&lower, &overlay), &binary, ready)));
        drop(mounted);
    }
    let mut summary = summary;
    for (place, (cases, left_out)) in found {
        summary = summary.with(place, format!("{cases} cases, left out {left_out:?}"));
    }
    summary.tell();
}

//! What is there and cannot be read: it is told, and nothing is changed that it may be part of.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use super::support::{Answer, Place, answer, lockstep};

const TODO: &str = "specs/TODO.md";
const STATE: &str = "specs/state.json";
const SECRET: &str = "# Secret\n\n### 7. Secret\n- **Status**: [PLANNED]\n";

fn place() -> Place {
    let place = Place::new(&[
        (TODO, "# Tasks\n\n### 7. Login\n- **Status**: [PLANNING]\n"),
        (
            STATE,
            "{ \"active_projects\": [\n  { \"project_number\": 7, \"project_name\": \"login\", \
             \"status\": \"planning\" }\n] }\n",
        ),
        ("specs/007_login/plans/implementation-001.md", "# Plan\n- **Status**: [NOT STARTED]\n"),
        ("lockstep.toml", "profile = \"opencode\"\n"),
    ]);
    std::fs::write(outside(&place), SECRET).expect("written");
    place
}

/// A file beside the workspace.
fn outside(place: &Place) -> std::path::PathBuf {
    place.path().with_file_name("secret.md")
}

/// What a file may become that is not text, and what is said of it.
const FAULTS: [(&str, &str); 10] = [
    ("zeros", "this file holds NUL characters, and only UTF-8 is read; save it as UTF-8"),
    ("utf-16", "this file is UTF-16, and only UTF-8 is read; save it as UTF-8"),
    ("latin-1", "this is not UTF-8; save the file as UTF-8, so that no byte is lost"),
    ("huge", "files of more than 67108864 are not read; split it"),
    ("dangling", "this link leads to nothing; correct or remove it"),
    ("round", "this link cannot be followed"),
    (
        "outside",
        "this link leads out of the workspace, where no file is read; move the file into it",
    ),
    ("endless", "this link leads out of the workspace"),
    ("device", "this link leads out of the workspace"),
    ("pipe", "this is a pipe, a socket or a device, not a file; replace or remove it"),
];

fn spoil(place: &Place, path: &str, fault: &str) {
    let full = place.path().join(path);
    let text = place.read(path);
    std::fs::remove_file(&full).expect("removed");
    let link = |to: &Path| symlink(to, &full).expect("a link");
    match fault {
        "zeros" => place.write(path, format!("{text}\0").as_bytes()),
        "utf-16" => {
            let units = text.encode_utf16().flat_map(u16::to_le_bytes);
            place.write(path, &[0xff, 0xfe].into_iter().chain(units).collect::<Vec<u8>>());
        }
        "latin-1" => {
            place.write(path, &[text.replace("ogin", "og").as_bytes(), b" \xe9"].concat());
        }
        "huge" => {
            let file = std::fs::File::create(&full).expect("a file");
            file.set_len(64 * 1024 * 1024 + 1).expect("it is long");
        }
        "dangling" => link(Path::new("nowhere")),
        "round" => link(&full),
        "outside" => link(&outside(place)),
        "endless" => link(Path::new("/proc/self/pagemap")),
        "device" => link(Path::new("/dev/zero")),
        _ => {
            let made = Command::new("mkfifo").arg(&full).status().expect("mkfifo runs");
            assert!(made.success());
        }
    }
}

/// The findings of a place, as `path: message`.
fn errors(place: &Place) -> Vec<String> {
    let report = place.json(&["check", "--severity", "error", "--format", "json"]);
    let found = report["diagnostics"].as_array().expect("findings").iter();
    let text = |found: &serde_json::Value, key: &str| found[key].as_str().expect(key).to_owned();
    found.map(|it| format!("{}: {}", text(it, "path"), text(it, "message"))).collect()
}

#[test]
fn a_file_that_is_no_text_is_an_error_and_no_status_is_changed_beside_it() {
    for path in [TODO, STATE] {
        for (fault, says) in FAULTS {
            let place = place();
            spoil(&place, path, fault);
            let found = errors(&place);
            assert!(
                found.iter().any(|it| it.starts_with(&format!("{path}: ")) && it.contains(says)),
                "{path} {fault}: {found:?}"
            );
            let other = if path == TODO { STATE } else { TODO };
            let before = place.read(other);
            for arguments in [
                &["set", "7", "planned"][..],
                &["set", "7", "planned", "--dry-run"],
                &["set", "7", "planned", "--force", "--reason", "so"],
            ] {
                let answer = place.run(arguments);
                assert_eq!(answer.exit, 1, "{path} {fault} {arguments:?}: {answer:?}");
                let said = format!("{}{}", answer.out, answer.err);
                assert!(said.contains(says), "{path} {fault} {arguments:?}: {said}");
            }
            // Also where what can be read says the status already.
            let same = place.run(&["set", "7", "planning", "--format", "json"]);
            assert_eq!(same.exit, 1, "{path} {fault}: {same:?}");
            assert!(same.out.contains("\"unreadable\""), "{path} {fault}: {same:?}");
            let checked = place.run(&["check"]);
            assert_eq!((checked.exit, checked.err.as_str()), (1, ""), "{path} {fault}");
            assert!(!checked.out.contains("Secret"), "{}", checked.out);
            assert_eq!(place.read(other), before);
            assert_eq!(std::fs::read_to_string(outside(&place)).expect("it is there"), SECRET);
        }
    }
}

#[test]
fn a_record_that_is_empty_or_cut_is_an_error_and_no_status_is_changed_beside_it() {
    for text in ["", "\n", "{ \"active_projects\": [\n  { \"project_num"] {
        let place = place();
        place.write(STATE, text.as_bytes());
        assert!(errors(&place).iter().any(|it| it.starts_with(STATE)), "{text:?}");
        let answer = place.run(&["set", "7", "planned"]);
        assert_eq!(answer.exit, 1, "{text:?} {answer:?}");
        assert!(place.read(TODO).contains("[PLANNING]"), "{text:?}");
    }
}

#[test]
fn what_cannot_be_read_of_one_task_is_in_the_way_of_no_other() {
    let place = place();
    let todo = place.read(TODO);
    place.write(TODO, format!("{todo}\n### 8. Docs\n- **Status**: [PLANNING]\n").as_bytes());
    place.write("specs/008_docs/plans/implementation-001.md", b"# Plan\0");
    let answer = place.run(&["set", "7", "planned"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    let answer = place.run(&["set", "8", "planned"]);
    assert_eq!(answer.exit, 1, "{answer:?}");
    let said = format!("{}{}", answer.out, answer.err);
    assert!(said.contains("specs/008_docs/plans/implementation-001.md"), "{said}");
}

#[test]
fn links_within_the_workspace_are_read_and_written() {
    let place = place();
    let target = place.path().join("notes/tasks.md");
    std::fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
    std::fs::rename(place.path().join(TODO), &target).expect("renamed");
    symlink("../notes/tasks.md", place.path().join(TODO)).expect("a link");
    let answer = place.run(&["set", "7", "planned"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert!(place.read("notes/tasks.md").contains("[PLANNED]"));
    assert!(place.path().join(TODO).is_symlink());
}

/// Runs the binary with no more memory than a gibibyte.
fn frugal(place: &Place, arguments: &[&str]) -> Answer {
    let binary = lockstep(&place.path());
    let mut command = Command::new("sh");
    command.arg("-c").arg("ulimit -v 1048576; exec \"$0\" \"$@\"").arg(binary.get_program());
    command.args(arguments).current_dir(place.path());
    for (name, value) in binary.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    answer(&mut command)
}

#[test]
fn no_configuration_and_no_list_of_ignored_files_takes_the_machine() {
    let deep = "{".repeat(15_000);
    let deep_closed = "{".repeat(15_000) + &"}".repeat(15_000);
    let classes = "[[role.section]]\nkind = \"task\"\nheading = '[\\pL\\pN]{40}'\n".repeat(400);
    let role = "[[role]]\nid = \"todo\"\nfiles = [\"TODO.md\"]\n";
    let configurations = [
        format!("in-place = ['{deep}']"),
        format!("[[role]]\nid = \"todo\"\nfiles = ['{deep_closed}']\n"),
        format!("{role}{classes}"),
        format!("a = {}", "[".repeat(200_000)),
        "#".repeat(100_000_000),
    ];
    for text in configurations {
        let place = place();
        place.write("lockstep.toml", text.as_bytes());
        let shown = &text[..40];
        let answer = frugal(&place, &["check"]);
        assert_eq!(answer.exit, 1, "{shown}: {}", answer.err);
        assert!(answer.out.contains("lockstep.toml"), "{shown}: {}", answer.out);
        assert_eq!(frugal(&place, &["set", "7", "planned"]).exit, 2, "{shown}");
    }
    for (path, to) in [
        ("lockstep.toml", "/proc/self/pagemap"),
        (".gitignore", "/dev/zero"),
        (".ignore", "/dev/zero"),
        (".git/info/exclude", "/proc/self/pagemap"),
    ] {
        let place = place();
        place.write(".git/info/attributes", b"");
        if path == "lockstep.toml" {
            std::fs::remove_file(place.path().join(path)).expect("removed");
        }
        symlink(to, place.path().join(path)).expect("a link");
        let answer = frugal(&place, &["check"]);
        assert_eq!(answer.exit == 0, path != "lockstep.toml", "{path}: {answer:?}");
    }
    let place = place();
    place.write(".git/info/attributes", b"");
    place.write(".gitignore", deep_closed.as_bytes());
    assert_eq!(frugal(&place, &["check"]).exit, 0);
    place.write("lockstep.toml", b"profile = \"opencode\"\n[worktrees]\nalso = [\"/\"]\n");
    assert_eq!(frugal(&place, &["check"]).exit, 0);
}

/// Numbers that look like chance and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % n
    }
}

/// Puts something odd at a path, unless something is there.
fn put(place: &Place, path: &Path, what: usize) {
    use std::os::unix::ffi::OsStrExt;
    let beside = place.path().with_file_name("beside");
    let link = |to: &Path| drop(symlink(to, path));
    match what {
        0 => link(&outside(place)),
        1 => link(&beside),
        2 => link(&beside.join("TODO.md")),
        3 => link(Path::new("/")),
        4 => link(Path::new("nowhere")),
        5 => link(path),
        6 => link(Path::new("..")),
        7 => link(Path::new("/dev/zero")),
        8 => drop(Command::new("mkfifo").arg(path).output()),
        9 => drop(std::os::unix::net::UnixListener::bind(path)),
        10 => {
            let file = std::fs::File::create_new(path);
            drop(file.and_then(|file| file.set_len(40 * 1024 * 1024 * 1024)));
        }
        11 => drop(std::fs::create_dir_all(path.join("a/".repeat(300)))),
        12 => drop(std::fs::create_dir(path)),
        13 => {
            let name = std::ffi::OsStr::from_bytes(b"\xff\xfe.md");
            let made = std::fs::create_dir(path);
            drop(made.and_then(|()| std::fs::write(path.join(name), "- [ ] a")));
        }
        14 => drop(std::fs::write(path, vec![b'['; 100_000])),
        15 => drop(std::fs::write(path, "> ".repeat(100_000))),
        _ => drop(std::fs::write(path, [b"- [ ] a\n".as_slice(), &[0xff, 0, 0xc3]].concat())),
    }
}

#[test]
fn whatever_stands_in_a_tree_nothing_hangs_and_nothing_outside_is_read_or_written() {
    const PATHS: [&str; 12] = [
        "TODO.md",
        "PLAN.md",
        "specs",
        "specs/TODO.md",
        "specs/state.json",
        "specs/007_x",
        "specs/007_x/state.json",
        "specs/007_x/plans",
        "lockstep.toml",
        ".gitignore",
        ".ignore",
        ".git",
    ];
    for seed in 0..24 {
        let mut dice = Dice(seed);
        let place = Place::new(&[]);
        std::fs::write(outside(&place), SECRET).expect("written");
        let beside = place.path().with_file_name("beside");
        std::fs::create_dir(&beside).expect("a folder");
        std::fs::write(beside.join("TODO.md"), SECRET).expect("written");
        let told: Vec<(&str, usize)> =
            (0..8).map(|_| (PATHS[dice.below(PATHS.len())], dice.below(17))).collect();
        for (path, what) in &told {
            let path = place.path().join(path);
            // Only where nothing is, below folders of this tree.
            let above = path.ancestors().skip(1).find(|above| above.symlink_metadata().is_ok());
            let is_inside = above.is_some_and(|above| {
                above.canonicalize().is_ok_and(|above| above.starts_with(place.path()))
            });
            let folder = path.parent().expect("a folder");
            if is_inside
                && std::fs::create_dir_all(folder).is_ok()
                && path.symlink_metadata().is_err()
            {
                put(&place, &path, *what);
            }
        }
        for arguments in [&["check"][..], &["list"], &["set", "7", "completed"], &["fix", "--yes"]]
        {
            let mut command = Command::new("timeout");
            let binary = lockstep(&place.path());
            command.arg("60").arg(binary.get_program()).args(arguments).current_dir(place.path());
            command.envs(binary.get_envs().filter_map(|(name, value)| Some((name, value?))));
            let answer = answer(&mut command);
            assert!((0..=3).contains(&answer.exit), "{seed} {told:?} {arguments:?}: {answer:?}");
            let said = format!("{}{}", answer.out, answer.err);
            assert!(!said.contains("Secret"), "{seed} {told:?} {arguments:?}: {said}");
        }
        let here = [outside(&place), beside.join("TODO.md")].map(std::fs::read_to_string);
        assert!(here.into_iter().all(|text| text.is_ok_and(|text| text == SECRET)), "{seed}");
        assert_eq!(std::fs::read_dir(&beside).expect("the folder").count(), 1, "{seed} {told:?}");
    }
}

#[test]
fn a_workspace_that_is_too_large_is_not_taken_for_an_empty_one() {
    let place = place();
    let more = vec![b' '; 52 << 20];
    for n in 1..=5 {
        place.write(&format!("specs/00{n}_more/plans/implementation-001.md"), &more);
    }
    for command in [
        &["list"][..],
        &["show", "7"],
        &["set", "7", "planned"],
        &["fix", "7", "--dry-run"],
        &["archive", "7"],
    ] {
        let told = place.run(&[command, &["--format", "json"]].concat());
        let json: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
        assert_eq!((told.exit, &json["error"]["code"]), (1, &"unreadable".into()), "{told:?}");
        let message = json["error"]["message"].as_str().expect("a message");
        let says = |words: &str| message.contains(words);
        assert!(says("268435456 bytes together") && says("or give a smaller folder"), "{message}");
    }
    let told = place.run(&["check"]);
    assert!(told.exit == 1 && told.out.contains("bytes together"), "{told:?}");
}

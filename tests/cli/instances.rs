//! Several profiles in one repository, each at a folder of its own.

use super::support::Place;

const USE: &str = "\
[[use]]
profile = \"opencode\"
root = \"apps\"

[[use]]
profile = \"checklist\"
root = \"notes\"
";
const LEDGER: &str = "### 7. Add login\n- **Status**: [PLANNED]\n";
const RECORDS: &str =
    "{ \"active_projects\": [{ \"project_number\": 7, \"status\": \"planned\" }] }\n";

fn place(config: &str) -> Place {
    Place::new(&[
        ("lockstep.toml", config),
        ("apps/specs/TODO.md", LEDGER),
        ("apps/specs/state.json", RECORDS),
        ("notes/TODO.md", "- [ ] **7.** Buy a cake\n"),
    ])
}

#[test]
fn each_folder_is_read_by_its_own_profile_and_neither_sees_the_other() {
    let place = place(USE);
    let check = place.json(&["check", "--format", "json"]);
    assert_eq!(check["tasks"], 2);
    assert_eq!(check["diagnostics"], serde_json::json!([]));
    let at = |at: usize| {
        (check["profiles"][at]["profile"].clone(), check["profiles"][at]["root"].clone())
    };
    assert_eq!(at(0), ("opencode".into(), "apps".into()));
    assert_eq!(at(1), ("checklist".into(), "notes".into()));
    let told = place.run(&["check"]).out;
    assert!(told.contains("(profiles opencode in apps, checklist in notes, checklist)"), "{told}");
    let files = ["apps/specs/TODO.md", "apps/specs/state.json", "notes/TODO.md"];
    let before = files.map(|file| place.read(file));

    let shared = place.run(&["set", "7", "implementing"]);
    assert_eq!(shared.exit, 1, "{shared:?}");
    assert!(shared.out.contains("`7` means 2 tasks"), "{shared:?}");
    assert!(shared.out.contains("apps/7 (apps/specs/TODO.md)"), "{shared:?}");
    assert_eq!(files.map(|file| place.read(file)), before);

    assert_eq!(place.run(&["set", "apps/7", "implementing"]).exit, 0);
    assert!(place.read("apps/specs/TODO.md").contains("[IMPLEMENTING]"));
    assert!(place.read("apps/specs/state.json").contains("implementing"));
    assert_eq!(place.read("notes/TODO.md"), before[2]);
    assert_eq!(place.run(&["set", "notes/7", "done"]).exit, 0);
    assert_eq!(place.read("notes/TODO.md"), "- [x] **7.** Buy a cake\n");
    assert_eq!(place.json(&["check", "--format", "json"])["diagnostics"], serde_json::json!([]));
    for _ in 0..2 {
        assert_eq!(place.run(&["undo"]).exit, 0);
    }
    assert_eq!(files.map(|file| place.read(file)), before);
}

#[test]
fn a_folder_outside_and_a_profile_that_does_not_exist_are_told_at_their_places() {
    let place = place("[[use]]\nprofile = \"opencod\"\nroot = \"../other\"\n");
    let told = place.run(&["check", "--format", "short"]).out;
    assert!(told.contains("lockstep.toml:3:8"), "{told}");
    assert!(told.contains("`root` must be a folder of the workspace"), "{told}");
    let place = self::place("[[use]]\nprofile = \"opencod\"\nroot = \"apps\"\n");
    let told = place.run(&["check", "--format", "short"]).out;
    assert!(told.contains("unknown profile `opencod`; did you mean `opencode`?"), "{told}");
}

//! Workspaces on disk.

use lockstep_fixture::{Fixture, Sandbox};

/// A workspace with these files, in the fixture language.
pub fn workspace(fixture: &str) -> Sandbox {
    Sandbox::new(&Fixture::new(fixture))
}

/// The workspace that the drivers of real editors use: task 7 is `[PLANNED]` in `TODO.md` and
/// `researched` in `state.json`, and has a project file and a plan.
pub fn login() -> Sandbox {
    let sandbox = Sandbox::new(&Fixture::default());
    macro_rules! files {
        ($($path:literal),*) => {
            $(sandbox.write($path, include_str!(concat!("../editors/workspace/", $path)));)*
        };
    }
    files!(
        "specs/TODO.md",
        "specs/state.json",
        "specs/007_login/state.json",
        "specs/007_login/plans/implementation-001.md"
    );
    sandbox
}

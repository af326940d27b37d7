//! Worktrees that come and go are noticed.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use lockstep_fixture::{Fixture, Sandbox};

use super::*;
use crate::hub::shared_workspaces::WorkspaceEvent;

/// Far longer than anything here takes.
const DEADLINE: Duration = Duration::from_secs(20);

fn take(workspaces: &mut SharedWorkspaces, events: &Receiver<WorkspaceEvent>) {
    match events.recv_timeout(DEADLINE).expect("something happens") {
        WorkspaceEvent::Opened { root, opened } => {
            workspaces.opened(&root, *opened).expect("it can be read")
        }
        WorkspaceEvent::Group { root } => workspaces.doubt_group(&root, Instant::now()),
        _ => {}
    }
}

#[test]
fn a_worktree_is_waited_for_without_looking() {
    let sandbox = Sandbox::new(&Fixture::new(
        r"
//- /one/TODO.md
  - [ ] Sweep
//- /one/.git/config
  [core]
//- /two/TODO.md
  - [x] Sweep
",
    ));
    let (one, two) = (sandbox.join("one"), sandbox.join("two"));
    let (sender, events) = channel();
    let mut workspaces = SharedWorkspaces::new(Arc::new(move |event| drop(sender.send(event))));
    workspaces.open(&one);
    while workspaces.is_opening(&one) {
        take(&mut workspaces, &events);
    }
    let is_used = |root: &Path| root == one;
    let mut now = Instant::now();
    workspaces.regroup(is_used, now);
    let known = |workspaces: &mut SharedWorkspaces| {
        let known = &workspaces.get_mut(&one).expect("it is open").worktrees;
        (matches!(known.next, Next::Told(_)), known.group.len())
    };
    assert_eq!(known(&mut workspaces), (true, 0));
    let entry = "one/.git/worktrees/two";
    sandbox.write("two/.git", format!("gitdir: {}\n", sandbox.join(entry).display()));
    sandbox.write(&format!("{entry}/gitdir"), format!("{}\n", two.join(".git").display()));
    sandbox.write(&format!("{entry}/commondir"), "../..\n");
    while known(&mut workspaces) != (true, 1) || workspaces.is_opening(&two) {
        take(&mut workspaces, &events);
        now += LOOK;
        workspaces.regroup(is_used, now);
    }
    // One that cannot be read is tried again.
    workspaces.opened(&two, Err(std::io::Error::other("it is away"))).expect_err("it is not read");
    assert_eq!(known(&mut workspaces), (false, 1));
    now += LOOK;
    workspaces.regroup(is_used, now);
    assert!(workspaces.is_opening(&two));
    // What it says can be off from one moment to the next.
    sandbox.write("two/lockstep.toml", "[worktrees]\nmode = \"off\"\n");
    while known(&mut workspaces) != (true, 0) {
        take(&mut workspaces, &events);
        now += LOOK;
        workspaces.regroup(is_used, now);
    }
}

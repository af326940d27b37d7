//! An edit that is read incrementally gives what reading all anew gives: facts, index and findings.

use lockstep_analysis::{Analysis, AnalysisHost, Change, Existence};

use crate::seeds;
use crate::workspace::Workspace;

pub fn check(data: &[u8]) {
    let Some(mut workspace) = Workspace::read(data) else { return };
    let mut host = workspace.host();
    host.analysis().diagnostics();
    let edits = std::mem::take(&mut workspace.edits);
    for (number, edit) in edits.iter().enumerate() {
        let nth = edit.file % workspace.files.len();
        let Some((path, text)) = workspace.files.iter_mut().nth(nth) else { return };
        if path.as_str() == "lockstep.toml" {
            continue;
        }
        *text = edit.made_in(text);
        let file = (path.clone(), Some(text.as_str().into()));
        host.apply_change(Change { files: vec![file], ..Change::default() });
        // Not every state is looked at, and not every one that is looked at is judged.
        if number % 3 != 1 {
            let now = host.analysis();
            if number % 3 == 0 {
                compare(&now, &workspace);
            }
        }
    }
    compare(&host.analysis(), &workspace);
}

fn compare(now: &Analysis, workspace: &Workspace<'_>) {
    let fresh = fresh(now, workspace);
    for (one, two) in now.index.docs.iter().zip(fresh.index.docs.iter()) {
        assert_eq!(one.path, two.path);
        assert_eq!(&*one.text, &*two.text, "{}", one.path);
        assert_eq!(format!("{:?}", one.facts), format!("{:?}", two.facts), "{}", one.path);
    }
    assert_eq!(format!("{:?}", now.index.tasks), format!("{:?}", fresh.index.tasks));
    assert_eq!(now.diagnostics(), fresh.diagnostics());
}

/// The same texts with the same knowledge, read anew.
fn fresh(now: &Analysis, workspace: &Workspace<'_>) -> Analysis {
    let mut host = AnalysisHost::new(now.instances.clone(), (*now.config).clone());
    let files = workspace.files.iter();
    let files = files.map(|(path, text)| (path.clone(), Some(text.as_str().into())));
    host.apply_change(Change { files: files.collect(), ..Change::default() });
    let asked = host.analysis().unknown_paths();
    let known = |path: String| now.existence(&path).map(|known| (path, known));
    let known: Vec<(String, Existence)> = asked.into_iter().filter_map(known).collect();
    host.apply_change(Change { known, ..Change::default() });
    host.analysis()
}

/// The examples, each with some edits of its first files.
pub fn seeds() -> Vec<Vec<u8>> {
    let edits = [
        "~~~ 0 40 0\n- **Status**: [COMPLETED]\n",
        "~~~ 0 90 3\n\n",
        "~~~ 1 60 1\nx\n",
        "~~~ 0 20 0\n```\n\n",
        "~~~ 1 33 12\n### Phase 2: More [IN PROGRESS]\n",
        "~~~ 0 70 0\n<!--\n",
        "~~~ 0 70 4\n\n",
        "~~~ 2 15 2\n\u{e4}\u{1f6a7}\n",
    ];
    let all = edits.concat();
    let with = |mut seed: Vec<u8>| {
        seed.extend_from_slice(all.as_bytes());
        seed
    };
    seeds::workspaces().into_iter().map(with).collect()
}

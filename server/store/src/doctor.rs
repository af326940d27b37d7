//! Floor 6: what is well and what is not with a workspace's store, for people who ask. Changes
//! nothing.

use std::io;
use std::path::Path;

use crate::error::{Doing, StoreError, Strange};
use crate::holder::Holder;
use crate::layout::{JOURNAL, REFERENCE};
use crate::lock;
use crate::own;
use crate::store::Store;
use crate::vfs::{self, Mount};

/// Free space below which transactions are likely to be refused, in bytes.
const LOW_SPACE: u64 = 1024 * 1024;

/// What was found.
#[derive(Clone, Debug)]
pub struct Report {
    /// The mount of the root.
    pub mount: Mount,
    /// What the last probe found, as `T1`; `None` where none was made.
    pub tier: Option<String>,
    /// Who says to hold the lock, or was the last to hold it.
    pub holder: Option<Holder>,
    /// Unfinished transactions, by name. The next command finishes them.
    pub pending: Vec<String>,
    /// Whether there is anything of transactions that ended before their commit. The next command
    /// that writes clears it away.
    pub leftovers: bool,
    /// Copies kept for their owner, by name.
    pub conflicts: Vec<String>,
    /// What is in the store's folder and is not its own, or the folder itself. It is not used.
    pub strange: Vec<Strange>,
    /// What to know, in sentences.
    pub warnings: Vec<String>,
}

/// Looks at the store of a workspace, without its lock.
pub fn examine(store: &Store) -> Result<Report, StoreError> {
    let root = store.root();
    let mount = store.vfs.mount(root).doing("look at the mount of", root)?;
    let strange = own::all_strange(store)?;
    let is_foreign = matches!(&strange[..], [Strange { is_whole: true, .. }]);
    let mut report = Report {
        mount,
        tier: None,
        holder: None,
        pending: Vec::new(),
        leftovers: false,
        conflicts: Vec::new(),
        strange,
        warnings: Vec::new(),
    };
    if !is_foreign {
        examine_own(store, &mut report).doing("look at", store.layout.folder())?;
    }
    Ok(report)
}

fn examine_own(store: &Store, report: &mut Report) -> io::Result<()> {
    let vfs = &*store.vfs;
    let is_own = |path: &Path| report.strange.iter().all(|strange| strange.path != path);
    let list = |folder: &Path| match is_own(folder) {
        true => vfs::list(vfs, folder),
        false => Ok(Vec::new()),
    };
    let probe = store.layout.probe();
    let probe = if is_own(&probe) { vfs::read(vfs, &probe)? } else { None }.unwrap_or_default();
    let probe = String::from_utf8_lossy(&probe);
    let tier = probe.lines().find_map(|line| line.strip_prefix("tier ")).map(str::to_string);
    let under_way = list(&store.layout.tx())?;
    let pending: Vec<String> = under_way
        .iter()
        .filter_map(|name| name.strip_suffix(JOURNAL).or_else(|| name.strip_suffix(REFERENCE)))
        .map(str::to_string)
        .collect();
    let belongs = |name: &String| pending.iter().any(|id| name.starts_with(id));
    let is_left = |name: &String| own::transaction_of(name).is_some() && !belongs(name);
    let leftovers = under_way.iter().any(is_left);
    let conflicts = list(&store.layout.conflicts())?;
    (report.tier, report.holder) = (tier, lock::holder(store));
    (report.pending, report.leftovers, report.conflicts) = (pending, leftovers, conflicts);
    report.warnings = warnings(report);
    Ok(())
}

fn warnings(report: &Report) -> Vec<String> {
    let mut warnings = Vec::new();
    let mut warn = |text: String| warnings.push(text);
    let kind = &report.mount.kind;
    if report.mount.remote {
        warn(format!("The workspace is on {kind}: locks are only as safe as its server."));
    }
    if !["ext4", "tmpfs", "overlayfs"].contains(&kind.as_str()) {
        warn(format!("The store was not tested on {kind}."));
    }
    if cfg!(not(target_os = "linux")) {
        warn("The store was tested on Linux only.".to_string());
    }
    match report.tier.as_deref() {
        Some("T2") => warn(
            "The system does not say who has a file open for writing; late writes are searched for instead."
                .to_string(),
        ),
        Some("T3" | "T4") => warn(
            "Files cannot be exchanged in one step: a file is missing for a moment while it is replaced."
                .to_string(),
        ),
        _ => {}
    }
    if report.mount.free < LOW_SPACE {
        warn(format!("Only {} bytes are free.", report.mount.free));
    }
    if !report.pending.is_empty() {
        warn("A transaction is unfinished; the next command recovers it.".to_string());
    }
    if !report.conflicts.is_empty() {
        warn(format!("{} copies of conflicting files are kept.", report.conflicts.len()));
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::Tier;
    use crate::store::Options;
    use crate::transaction::{Rebase, Transaction};
    use std::time::Duration;

    #[test]
    fn what_was_probed_is_reported() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(dir.path(), Options::default()).expect("a store");
        let report = examine(&store).expect("a report on a workspace without a store");
        assert_eq!((report.tier, report.holder), (None, None));
        assert!(!dir.path().join(".lockstep").exists());
        let locked =
            Transaction::begin(&[&store], Duration::ZERO, &mut |_, _, _, _| Rebase::Unchanged)
                .expect("the lock");
        let probe = locked.roots()[0].probe().expect("a probe");
        assert_eq!(locked.roots()[0].probe().expect("a probe").tier, probe.tier);
        let report = examine(&store).expect("a report");
        assert_eq!(report.tier, Some(probe.tier.to_string()));
        assert_eq!(report.holder.map(|holder| holder.pid), Some(std::process::id()));
        assert!(report.pending.is_empty() && report.conflicts.is_empty());
        if ["ext4", "tmpfs", "overlayfs"].contains(&report.mount.kind.as_str()) {
            assert_eq!(probe.tier, Tier::T1);
            assert_eq!(report.warnings, [""; 0]);
        }
    }
}

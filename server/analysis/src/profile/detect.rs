//! Which profile a workspace has, by its files.

use std::sync::Arc;

use crate::profile::instances::Instances;
use crate::profile::{Detect, builtin};

/// The first built-in profile that recognises the files. `read` gives a file's text where a profile
/// wants to look into one. The fallback is the last one.
pub fn detect(paths: &[&str], read: &dyn Fn(&str) -> Option<Arc<str>>) -> Instances {
    let found = builtin::profiles().find(|p| p.detect.iter().any(|d| recognises(d, paths, read)));
    let fallback = found.is_none().then(|| builtin::profiles().last()).flatten();
    Instances::new(found.into_iter().collect(), fallback)
}

fn recognises(detect: &Detect, paths: &[&str], read: &dyn Fn(&str) -> Option<Arc<str>>) -> bool {
    let present = detect.files.iter().all(|glob| paths.iter().any(|path| glob.is_match(path)));
    let Some((glob, regex)) = &detect.contains else { return present };
    present
        && paths
            .iter()
            .filter(|path| glob.is_match(path))
            .any(|path| read(path).is_some_and(|text| regex.is_match(&text)))
}

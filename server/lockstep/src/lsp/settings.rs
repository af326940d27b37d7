//! What a client sets for itself, by `initializationOptions` or `workspace/didChangeConfiguration`.

use lockstep_analysis::profile::config::CommitTo;
use serde_json::Value;

/// What a client has set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Where its commands make their changes, where it says so.
    pub(crate) commit: Option<CommitTo>,
}

impl Settings {
    /// Reads the settings of one client. What makes no sense is left out, and the first of it told.
    pub(crate) fn read(value: &Value) -> (Settings, Option<String>) {
        let said = &value["commit"];
        let commit = said.as_str().and_then(CommitTo::parse);
        let trouble = (commit.is_none() && !said.is_null())
            .then(|| format!("the setting `commit` is \"edit\" or \"disk\", not {said}"));
        (Settings { commit }, trouble)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_makes_no_sense_is_told_and_left_out() {
        let disk = Settings { commit: Some(CommitTo::Disk) };
        assert_eq!(Settings::read(&json!({"commit": "disk", "other": 1})), (disk, None));
        for nothing in [json!(null), json!({}), json!({"commit": null}), json!([])] {
            assert_eq!(Settings::read(&nothing), (Settings::default(), None), "{nothing}");
        }
        let (settings, trouble) = Settings::read(&json!({"commit": "disc"}));
        assert_eq!(settings, Settings::default());
        let expected = "the setting `commit` is \"edit\" or \"disk\", not \"disc\"";
        assert_eq!(trouble.as_deref(), Some(expected));
    }
}

//! What a client sets for itself, by `initializationOptions` or `workspace/didChangeConfiguration`.

use std::time::Duration;

use lockstep_analysis::profile::config::CommitTo;
use serde_json::Value;

use crate::hub::sent_changes::Patience;

/// The longest time that can be set, in seconds: a day.
const LONGEST: u64 = 24 * 60 * 60;

/// What a client has set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Where its commands make their changes, where it says so.
    pub(crate) commit: Option<CommitTo>,
    /// How long it is waited for.
    pub(crate) patience: Patience,
    /// Whether `source.fixAll` brings places that disagree into agreement, too.
    pub(crate) fixes_drift: bool,
    /// Whether it asks for diagnostics, rather than to be told of them. Counts when it is initialized.
    pub(crate) pulls_diagnostics: bool,
}

impl Settings {
    /// Reads the settings of one client. What makes no sense is left out, and the first of it told.
    pub(crate) fn read(value: &Value) -> (Settings, Option<String>) {
        let mut trouble = None;
        let said = &value["commit"];
        let commit = said.as_str().and_then(CommitTo::parse);
        if commit.is_none() && !said.is_null() {
            trouble =
                Some(format!("the setting `commit` must be \"edit\" or \"disk\", not {said}"));
        }
        let said = &value["diagnostics"];
        let pulls_diagnostics = said == "pull";
        if !pulls_diagnostics && said != "push" && !said.is_null() {
            trouble.get_or_insert_with(|| {
                format!("the setting `diagnostics` must be \"push\" or \"pull\", not {said}")
            });
        }
        let mut seconds = |name: &str, otherwise: Duration| {
            let said = &value[name];
            let known = said.as_u64().filter(|seconds| *seconds <= LONGEST);
            if known.is_none() && !said.is_null() {
                trouble.get_or_insert_with(|| {
                    format!(
                        "the setting `{name}` must be a number of seconds up to {LONGEST}, not {said}"
                    )
                });
            }
            known.map_or(otherwise, Duration::from_secs)
        };
        let usual = Patience::default();
        let patience = Patience {
            offer: seconds("offerSeconds", usual.offer),
            arrival: seconds("arrivalSeconds", usual.arrival),
            reread: seconds("rereadSeconds", usual.reread),
        };
        let said = &value["fixAllIncludesDrift"];
        if !said.is_boolean() && !said.is_null() {
            trouble.get_or_insert_with(|| {
                format!("the setting `fixAllIncludesDrift` must be true or false, not {said}")
            });
        }
        let fixes_drift = said.as_bool().unwrap_or_default();
        (Settings { commit, patience, fixes_drift, pulls_diagnostics }, trouble)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_makes_no_sense_is_told_and_left_out() {
        let disk = Settings { commit: Some(CommitTo::Disk), ..Settings::default() };
        assert_eq!(Settings::read(&json!({"commit": "disk", "other": 1})), (disk, None));
        for nothing in [json!(null), json!({}), json!({"commit": null}), json!([])] {
            assert_eq!(Settings::read(&nothing), (Settings::default(), None), "{nothing}");
        }
        let (settings, trouble) = Settings::read(&json!({"commit": "disc"}));
        assert_eq!(settings, Settings::default());
        let expected = "the setting `commit` must be \"edit\" or \"disk\", not \"disc\"";
        assert_eq!(trouble.as_deref(), Some(expected));
    }

    #[test]
    fn what_is_fixed_with_all_is_set_by_true_or_false() {
        let (settings, trouble) = Settings::read(&json!({"fixAllIncludesDrift": true}));
        assert_eq!((settings.fixes_drift, trouble), (true, None));
        let (settings, trouble) = Settings::read(&json!({"fixAllIncludesDrift": "yes"}));
        let expected = "the setting `fixAllIncludesDrift` must be true or false, not \"yes\"";
        assert_eq!((settings.fixes_drift, trouble.as_deref()), (false, Some(expected)));
    }

    #[test]
    fn diagnostics_are_pushed_unless_the_client_pulls_them() {
        assert!(Settings::read(&json!({"diagnostics": "pull"})).0.pulls_diagnostics);
        for push in [json!({}), json!({"diagnostics": "push"}), json!({"diagnostics": null})] {
            assert_eq!(Settings::read(&push), (Settings::default(), None), "{push}");
        }
        let (settings, trouble) = Settings::read(&json!({"diagnostics": true}));
        assert!(!settings.pulls_diagnostics);
        let expected = "the setting `diagnostics` must be \"push\" or \"pull\", not true";
        assert_eq!(trouble.as_deref(), Some(expected));
    }

    #[test]
    fn times_are_seconds_up_to_a_day() {
        let (settings, trouble) =
            Settings::read(&json!({"offerSeconds": 0, "arrivalSeconds": 86400}));
        let arrival = Duration::from_secs(LONGEST);
        let patience = Patience { offer: Duration::ZERO, arrival, ..Patience::default() };
        assert_eq!((settings.patience, trouble), (patience, None));
        for wrong in [json!(86401), json!(-1), json!(0.5), json!("2")] {
            let (settings, trouble) = Settings::read(&json!({"arrivalSeconds": wrong}));
            assert_eq!(settings, Settings::default(), "{wrong}");
            let expected = format!(
                "the setting `arrivalSeconds` must be a number of seconds up to 86400, not {wrong}"
            );
            assert_eq!(trouble, Some(expected));
        }
    }
}

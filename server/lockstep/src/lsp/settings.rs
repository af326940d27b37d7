//! What a client sets for itself, by `initializationOptions` or `workspace/didChangeConfiguration`.

use std::collections::BTreeMap;
use std::time::Duration;

use lockstep_analysis::profile::config::CommitTo;
use serde_json::{Value, json};

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

/// Something that a client can set.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name, under `lockstep`.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// What it is for, in Markdown, without its default.
    pub doc: &'static str,
}

/// What a setting takes.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// One of these words.
    Word(&'static [&'static str]),
    /// True or false, which is the default.
    Flag,
    /// A number of seconds up to a day; and the default.
    Seconds(u64),
}

impl Takes {
    fn allows(&self, value: &Value) -> bool {
        match self {
            Takes::Word(words) => value.as_str().is_some_and(|word| words.contains(&word)),
            Takes::Flag => value.is_boolean(),
            Takes::Seconds(_) => value.as_u64().is_some_and(|seconds| seconds <= LONGEST),
        }
    }

    fn told(&self) -> String {
        match self {
            Takes::Word(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                words.join(" or ")
            }
            Takes::Flag => "true or false".to_owned(),
            Takes::Seconds(_) => format!("a number of seconds up to {LONGEST}"),
        }
    }

    /// As a JSON schema.
    pub fn schema(&self) -> Value {
        match self {
            Takes::Word(words) => json!({"type": "string", "enum": words}),
            Takes::Flag => json!({"type": "boolean", "default": false}),
            Takes::Seconds(default) => {
                json!({"type": "integer", "minimum": 0, "maximum": LONGEST, "default": default})
            }
        }
    }
}

/// All that a client can set.
pub fn settings() -> [Setting; 6] {
    let usual = Patience::default();
    let seconds = |usual: Duration| Takes::Seconds(usual.as_secs());
    [
        Setting {
            name: "commit",
            takes: Takes::Word(&["edit", "disk"]),
            doc: "where the commands that set a status or fix a task make their changes: `\"edit\"` in the editor, which leaves the files unsaved, or `\"disk\"`, in one transaction. The default is `commit` in `lockstep.toml`, else `\"edit\"`, or `\"disk\"` where changes are mirrored in other worktrees",
        },
        Setting {
            name: "arrivalSeconds",
            takes: seconds(usual.arrival),
            doc: "how many seconds the texts of a change over several files may take to arrive after the first, before `half-applied` is reported; and how long the next change waits for one that the editor does not make as it was sent",
        },
        Setting {
            name: "rereadSeconds",
            takes: seconds(usual.reread),
            doc: "how many seconds the editor may take to read a file again that somebody else has changed, before `stale-buffer` is reported",
        },
        Setting {
            name: "fixAllIncludesDrift",
            takes: Takes::Flag,
            doc: "whether `source.fixAll` also brings places that disagree into agreement",
        },
        Setting {
            name: "offerSeconds",
            takes: seconds(usual.offer),
            doc: "how many seconds a change is remembered that the editor has not made, because it asks the user first or has undone it",
        },
        Setting {
            name: "diagnostics",
            takes: Takes::Word(&["push", "pull"]),
            doc: "`\"push\"`: diagnostics of all files are sent as they change. `\"pull\"`: the editor asks for them, and gets them in no other way. It counts when the session starts. The default is `\"push\"`",
        },
    ]
}

impl Settings {
    /// Reads the settings of one client. What makes no sense is left out, and the first of it told.
    pub(crate) fn read(value: &Value) -> (Settings, Option<String>) {
        let mut trouble = None;
        let mut sound = BTreeMap::new();
        for Setting { name, takes, .. } in settings() {
            let said = &value[name];
            if takes.allows(said) {
                sound.insert(name, said);
            } else if !said.is_null() {
                trouble.get_or_insert_with(|| {
                    format!("the setting `{name}` must be {}, not {said}", takes.told())
                });
            }
        }
        let word = |name: &str| sound.get(name)?.as_str();
        let seconds = |name: &str, otherwise: Duration| {
            let said = sound.get(name).and_then(|said| said.as_u64());
            said.map_or(otherwise, Duration::from_secs)
        };
        let usual = Patience::default();
        let settings = Settings {
            commit: word("commit").and_then(CommitTo::parse),
            patience: Patience {
                offer: seconds("offerSeconds", usual.offer),
                arrival: seconds("arrivalSeconds", usual.arrival),
                reread: seconds("rereadSeconds", usual.reread),
            },
            fixes_drift: sound.get("fixAllIncludesDrift").is_some_and(|said| **said == true),
            pulls_diagnostics: word("diagnostics") == Some("pull"),
        };
        (settings, trouble)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_told_of() {
        let rows = settings().map(|Setting { name, takes, doc }| {
            let default = match takes {
                Takes::Word(_) => String::new(),
                Takes::Flag => ". Default: false".to_owned(),
                Takes::Seconds(default) => format!(". Default: {default}"),
            };
            format!("| `{name}` | {doc}{default} |\n")
        });
        let page = include_str!("../cli/lsp.md");
        let (_, table) = page.split_once("| setting | means |\n|---|---|\n").expect("a table");
        assert!(table.starts_with(&format!("{}\n", rows.concat())), "{}", rows.concat());
    }

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

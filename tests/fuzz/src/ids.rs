//! Lists of ids: each stands where it is said to, reads as itself again, and a list of a few letters
//! names no more ids than somebody could mean.

use lockstep_analysis::profile::builtin;
use lockstep_analysis::text::TextRange;

use crate::bounds::within;

/// A range of ids is at most so long, and every two words can be one.
const LONGEST_RANGE: usize = 1001;

pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if text.len() > 4096 {
        return;
    }
    for profile in builtin::profiles() {
        let places = profile.listed_places(text);
        assert!(places.len() <= (text.len() + 1) * LONGEST_RANGE);
        for (id, place) in &places {
            within(text, TextRange::new(place.start, place.end), id);
            assert!(!place.is_empty(), "{id} stands nowhere");
            let again = profile.ids.parse(id.as_str());
            assert_eq!(again.as_ref(), Some(id), "{} reads {text:?}", profile.id);
        }
        assert_eq!(places.len(), profile.listed_ids(text).len());
        if let Some(id) = profile.ids.parse(text) {
            assert_eq!(
                profile.ids.parse(id.as_str()),
                Some(id.clone()),
                "{}: {text:?}",
                profile.id
            );
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let lists = [
        "7",
        "#7, 12",
        "1-3",
        "T001..T005",
        "Task 3 to 5",
        "TASK-12, TASK-13.1",
        "1.1, 1.2-1.4",
        "A1\u{2013}A9",
        "none",
        "LOG-12 and LOG-0013",
        "1 2 3",
        "007_add_login",
        "E1: Accounts",
        "[7](plan.md)",
        "US-3 (Phase 2)",
        "18446744073709551615-18446744073709551616",
        "S1.2.3",
        "1a-1c",
        "7,8;9/10",
    ];
    lists.map(|list| list.as_bytes().to_vec()).to_vec()
}

//! Shared texts against plain ones that are edited the same way.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn several_edits_at_once_are_each_after_the_other(
        text in "[ab\u{e4}\n]{0,160}",
        places in prop::collection::vec((0..200usize, "[xy\u{e4}\n]{0,9}"), 0..8),
    ) {
        let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let shared = SharedText::from(text.as_str()).cut(starts.iter().copied());
        let mut places: Vec<(usize, String)> = places;
        for (at, _) in &mut places {
            *at = starts.get(*at).copied().unwrap_or(text.len());
        }
        places.sort_by_key(|(at, _)| *at);
        // Every second edit takes what stands up to the next.
        let end = |nth: usize| places.get(nth + 1).map_or(text.len(), |(at, _)| *at);
        let range = |nth: usize, at: usize| at..if nth.is_multiple_of(2) { at } else { end(nth) };
        let edits = places.iter().enumerate();
        let edits = edits.map(|(nth, (at, with))| (range(nth, *at), with.as_str()));
        let each = edits.clone().rev();
        let one = each.fold(shared.clone(), |text, (range, with)| text.replaced(range, with));
        let all = shared.edited(edits);
        prop_assert_eq!(all.parts().collect::<String>(), one.as_str());
        prop_assert!(all.parts().all(|part| !part.is_empty()));
    }
}

proptest! {
    #[test]
    fn it_is_a_text_like_any_other(
        text in "[ab\u{e4}\n]{0,160}",
        edits in prop::collection::vec((0..400usize, 0..40usize, "[xy\u{e4}\n]{0,9}"), 0..6),
        part in (0..400usize, 0..400usize),
    ) {
        let starts = text.char_indices().map(|(at, _)| at);
        let mut plain = text.clone();
        let mut shared = SharedText::from(text.as_str()).cut(starts);
        let bound = |plain: &str, at: usize| {
            let at = at.min(plain.len());
            (0..=at).rev().find(|at| plain.is_char_boundary(*at)).unwrap_or(0)
        };
        for (at, length, with) in edits {
            let start = bound(&plain, at);
            let end = bound(&plain, start + length).max(start);
            let before = shared.clone();
            shared = shared.replaced(start..end, &with);
            let was = std::mem::replace(
                &mut plain,
                format!("{}{with}{}", &before[..start], &before[end..]),
            );
            prop_assert_eq!(shared.parts().collect::<String>(), plain.as_str());
            prop_assert!(shared.parts().all(|part| !part.is_empty()));
            let told = before.difference(&shared);
            let whole = SharedText::from(was).difference(&SharedText::from(plain.as_str()));
            match (told, whole) {
                (Some(told), Some(whole)) => {
                    prop_assert_eq!(told.old_end - told.start, whole.old_end - whole.start);
                    let Difference { start, old_end, new_end } = told;
                    let made = before.replaced(start..old_end, &plain[start..new_end]);
                    prop_assert_eq!(&*made, plain.as_str());
                }
                (told, whole) => prop_assert_eq!(told, whole),
            }
            prop_assert_eq!(&shared, &SharedText::from(plain.as_str()));
        }
        let (start, end) = (bound(&plain, part.0), bound(&plain, part.1));
        prop_assert_eq!(&*shared.copy(start..end), plain.get(start..end).unwrap_or_default());
        prop_assert_eq!(shared.part(start..end), plain.get(start..end));
        prop_assert_eq!(shared.part(start..plain.len() + 1), None);
        prop_assert_eq!(shared.is_blank(), plain.trim().is_empty());
    }
}

#[test]
fn in_its_parts_a_text_stands_in_memory_once() {
    let text = SharedText::from("0123456789abcdef\n".repeat(8)).in_lines();
    let edited = text.replaced(40..41, "x");
    assert!(!edited.is_whole());
    assert!(edited.in_parts().is_same(&edited));
    edited.whole();
    assert!(edited.is_whole() && !edited.in_parts().is_whole());
    assert_eq!(edited.in_parts(), edited);
    let short = SharedText::from("short");
    assert!(short.in_lines().is_same(&short) && short.in_parts().is_same(&short));
}

#[test]
fn what_is_not_changed_is_shared() {
    let text = "0123456789abcdef\n".repeat(8);
    let lines = text.match_indices('\n').map(|(at, _)| at + 1);
    let shared = SharedText::from(text.as_str()).cut(lines);
    assert_eq!(shared.parts().count(), 8);
    let edited = shared.replaced(40..41, "x");
    let same = shared.0.pieces.iter().zip(&edited.0.pieces).filter(|(one, two)| one.is(two));
    assert_eq!(same.count(), 7);
}

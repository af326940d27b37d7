//! What two texts have in common at their ends, by a comparison of many bytes at once.

/// Lengths in bytes, at ends of characters; together no longer than either text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CommonEnds {
    pub(super) prefix: usize,
    pub(super) suffix: usize,
}

/// What `old` and `new` have in common at their start, and at their end behind that.
pub(super) fn common_ends(old: &str, new: &str) -> CommonEnds {
    let (one, two) = (old.as_bytes(), new.as_bytes());
    let most = one.len().min(two.len());
    let mut prefix = alike(most, |from, to| one[from..to] == two[from..to]);
    while !old.is_char_boundary(prefix) || !new.is_char_boundary(prefix) {
        prefix -= 1;
    }
    let from_end = |text: &[u8], from: usize, to: usize| text.len() - to..text.len() - from;
    let mut suffix = alike(most - prefix, |from, to| {
        one[from_end(one, from, to)] == two[from_end(two, from, to)]
    });
    while !old.is_char_boundary(old.len() - suffix) || !new.is_char_boundary(new.len() - suffix) {
        suffix -= 1;
    }
    CommonEnds { prefix, suffix }
}

/// How far the first of `most` pairs are alike.
fn alike(most: usize, same: impl Fn(usize, usize) -> bool) -> usize {
    let mut at = 0;
    for step in [4096, 64, 1] {
        while at + step <= most && same(at, at + step) {
            at += step;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_common_is_all_that_is_in_whole_characters(
            old in "[aéè🙂]{0,8}",
            new in "[aéè🙂]{0,8}",
        ) {
            let CommonEnds { prefix, suffix } = common_ends(&old, &new);
            let same = old.chars().zip(new.chars()).take_while(|(a, b)| a == b);
            prop_assert_eq!(prefix, same.map(|(char, _)| char.len_utf8()).sum::<usize>());
            let (old, new) = (&old[prefix..], &new[prefix..]);
            let same = old.chars().rev().zip(new.chars().rev()).take_while(|(a, b)| a == b);
            prop_assert_eq!(suffix, same.map(|(char, _)| char.len_utf8()).sum::<usize>());
        }
    }
}

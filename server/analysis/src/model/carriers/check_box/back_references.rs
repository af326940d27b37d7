//! `- [x] T5~T8: Draw it (see above)`: a box that names again what another box of its file is for.

use super::given_up::last_remark;

/// How such a remark says that it points to another place.
const SEE: &[&str] =
    &["see ", "cf. ", "siehe ", "voir ", "ver ", "véase ", "vedi ", "veja ", "см. "];

/// How it says that the place is before it.
const BEFORE: &[&str] =
    &["above", "earlier", "oben", "ci-dessus", "plus haut", "arriba", "acima", "sopra", "выше"];

/// All of that in languages that do not part their words.
const SEE_BEFORE: &[&str] = &["见上", "見上", "同上", "上記参照", "위 참조"];

/// Whether the text of a box ends in a remark that points to a box before it.
pub(super) fn points_back(text: &str) -> bool {
    let Some(remark) = last_remark(text) else { return false };
    let remark = remark.to_lowercase();
    let place = SEE.iter().find_map(|see| remark.strip_prefix(see)).unwrap_or_default();
    let ends = |behind: &str| !behind.starts_with(char::is_alphanumeric);
    let is_before =
        |word: &&str| place.match_indices(*word).any(|(at, it)| ends(&place[at + it.len()..]));
    BEFORE.iter().any(is_before) || SEE_BEFORE.iter().any(|it| remark.starts_with(it))
}

#[cfg(test)]
mod tests {
    use super::points_back;

    #[test]
    fn a_remark_at_the_end_points_back() {
        for (text, expected) in [
            ("T5~T8: Draw it (see above)", true),
            ("T5 Draw it *(see Tools above)*", true),
            ("T5 Draw it (siehe oben)", true),
            ("T5 画图（見上方工具）", true),
            ("T5 Draw it (see 5)", false),
            ("T5 Draw it (see below)", false),
            ("T5 Draw the line above (see 5)", false),
            ("T5 Draw what is above", false),
        ] {
            assert_eq!(points_back(text), expected, "{text}");
        }
    }
}

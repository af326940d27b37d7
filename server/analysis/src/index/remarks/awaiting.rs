//! What a line says of work that is carried out and waits for a person: `human-verify pending`.

/// More words are a sentence, which may speak of what the work itself does.
const CLAUSE: usize = 8;

/// The same where nothing says that the work is written.
const REMARK: usize = 4;

/// What somebody does with work that is carried out.
const LOOKS: &[&str] = &[
    "acceptance",
    "approval",
    "checkpoint",
    "qa",
    "review",
    "signoff",
    "uat",
    "validation",
    "verification",
    "verify",
];

/// Words that end what is said to be missing, and may be followed by who is to do it.
const MISSING: &[&str] = &["awaited", "outstanding", "pending"];
const BY_WHOM: &[&str] = &["by", "from", "on", "until", "with"];

/// The clause of the words behind a title that tells what work still waits for.
pub(super) fn behind_title(line: &str) -> Option<String> {
    let (plain, asides) = without_brackets(line);
    let is_written = says_code_complete(line);
    let clauses = clauses(&plain, is_written);
    let own = clauses.iter().skip(1).copied();
    // Those before the last tell what the work is, unless it is said to be written.
    let last = if is_written { 0 } else { clauses.len().saturating_sub(2) };
    told(own.skip(last), is_written).or_else(|| asides.iter().find_map(|aside| of(aside)))
}

/// As [`behind_title`], where no title stands before it.
pub(in crate::index) fn of(text: &str) -> Option<String> {
    let (plain, _) = without_brackets(text);
    let is_written = says_code_complete(text);
    told(clauses(&plain, is_written).into_iter(), is_written)
}

fn told<'t>(mut clauses: impl Iterator<Item = &'t str>, is_written: bool) -> Option<String> {
    let found = clauses.find(|clause| tells(clause, is_written))?;
    Some(found.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The words outside brackets, and those inside.
fn without_brackets(text: &str) -> (String, Vec<String>) {
    let (mut plain, mut asides, mut depth) = (String::new(), Vec::new(), 0_usize);
    for c in text.chars() {
        match c {
            '(' => {
                depth += 1;
                asides.extend((depth == 1).then(String::new));
            }
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => plain.push(c),
            c => asides.last_mut().into_iter().for_each(|aside| aside.push(c)),
        }
    }
    (plain, asides)
}

/// The clauses of a text; where it tells that the work is written, commas part them, too.
fn clauses(text: &str, is_written: bool) -> Vec<&str> {
    let ends = move |c: char| matches!(c, '—' | '–' | ';' | '⏳') || is_written && c == ',';
    let parts = text.split(ends).flat_map(|part| part.split(" - "));
    parts
        .flat_map(|part| part.split(". "))
        .map(|part| part.trim_matches([' ', '.', '*', '_', '`']))
        .collect()
}

fn words(clause: &str) -> Vec<String> {
    let words = clause.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// Whether the work is said to be written, which is less than finished.
fn says_code_complete(text: &str) -> bool {
    words(text).windows(2).any(|pair| pair == ["code", "complete"])
}

fn tells(clause: &str, is_written: bool) -> bool {
    let words = words(clause);
    let is = |word: &str, all: &[&str]| all.contains(&word);
    let looks = |words: &[String]| words.iter().any(|word| is(word, LOOKS));
    if words.len() > if is_written { CLAUSE } else { REMARK } {
        return false;
    }
    let begins = words.first().is_some_and(|first| match first.as_str() {
        "awaiting" | "awaits" => words.len() > 1,
        "pending" => looks(&words[1..]) || is_written,
        _ => false,
    });
    let missing = words.iter().position(|word| is(word, MISSING));
    let ends = missing.filter(|at| *at > 0).is_some_and(|at| {
        let is_end = words.get(at + 1).is_none_or(|next| is(next, BY_WHOM));
        is_end && (is_written || looks(&words[..at]))
    });
    begins || ends
}

#[cfg(test)]
mod tests {
    use super::behind_title;

    #[test]
    fn a_clause_behind_the_title_tells_what_work_waits_for() {
        for (line, expected) in [
            (
                "**Phase 1: Tea** - hot — code-complete 2026-01-02, human-verify pending",
                "human-verify pending",
            ),
            ("**Phase 1: Tea** - hot; 01-01 code-complete, awaiting review", "awaiting review"),
            ("**Phase 1: Tea** — awaiting the lead", "awaiting the lead"),
            ("**Phase 1: Tea** (UAT pending)", "UAT pending"),
            (
                "**Phase 1: Tea** — code complete, taste (cup + pot) PENDING with Ann",
                "taste PENDING with Ann",
            ),
            ("01-02: Tea ⏳ code-complete, human-verify PENDING", "human-verify PENDING"),
        ] {
            assert_eq!(behind_title(line).as_deref(), Some(expected), "{line}");
        }
        for line in [
            "**Phase 1: Awaiting review** - a list of what is pending",
            "**Phase 1: Tea** - the cup, pending orders and the pot",
            "**Phase 1: Tea** - lists the cups that are pending",
            "**Phase 1: Tea** — code-complete 2026-01-02",
            "**Phase 1: Tea** - shows all reviews that guests wrote of it and that are pending",
            "**Phase 1: Tea** (2 pending)",
            "**Phase 1: Tea** - add a filter: all, approval pending",
            "**Phase 1: Tea** - review pending - a list of them",
        ] {
            assert_eq!(behind_title(line), None, "{line}");
        }
    }
}

//! Which tasks a file may name that nobody can read. What is not certain may be.

use globset::GlobBuilder;

use crate::profile::id::TaskId;
use crate::profile::{BoxRule, EntityKind, Role, TableRule};

impl Role {
    /// Whether a file that the role takes may lie below a folder.
    pub fn may_lie_below(&self, folder: &str) -> bool {
        self.patterns.iter().any(|pattern| {
            let mut parts = pattern.split('/').peekable();
            let is_followed = folder.split('/').all(|name| match parts.peek() {
                Some(part) if *part == "**" || is_more_than_a_part(part) => true,
                Some(part) => {
                    let is_met = may_match(part, name);
                    parts.next();
                    is_met
                }
                None => false,
            });
            is_followed && parts.peek().is_some()
        })
    }

    /// Whether a file that the role takes may name a task with this id; `stem` is its name without an
    /// extension, where it is known.
    pub fn may_name(&self, id: &TaskId, stem: Option<&str>) -> bool {
        let is_number = id.number().is_some();
        // Ids that are made of words hold letters, digits and hyphens; those that boxes begin with, dots.
        let is_slug = id.as_str().chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.'));
        let is_code = id.as_str().chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
            && id.as_str().contains(|c: char| c.is_ascii_digit());
        let is_dotted = id.as_str().chars().all(|c| c.is_ascii_digit() || c == '.');
        let captures = |regex: &str| match id_group(regex).map(digits_of) {
            None => false,
            Some(IdDigits::Whole) => is_number,
            Some(IdDigits::Dotted) => is_number || is_dotted,
            Some(IdDigits::Coded) => is_code,
            Some(IdDigits::Lettered) => id.as_str().starts_with(|c: char| c.is_ascii_uppercase()),
            Some(IdDigits::Other) => true,
        };
        let by_row = |rule: &TableRule| match &rule.id {
            // Such a cell holds nothing else.
            Some(own) if rule.alone => own.is_match(id.as_str()),
            _ => !rule.id_columns.is_empty() || is_slug,
        };
        let mut regexes = self.sections.iter().map(|rule| rule.heading.as_str());
        let mut entries = self.entries.iter().map(|rule| rule.text.as_str());
        let names = |rule: &BoxRule| rule.id.is_some() || rule.link.is_some();
        let is_by_text = self.own_boxes.iter().chain([&self.boxes]).any(names)
            || self.document.as_ref().is_some_and(|rule| rule.id_key.is_some())
            || self.tables.iter().any(by_row);
        let by_document = self.document.as_ref().is_some_and(|rule| {
            let is_own = |stem: &str| stem.to_lowercase() == id.as_str().to_lowercase();
            // What is left out of a stem is not repeated here.
            let is_plain = |stem: &&str| stem.chars().all(|c| c.is_ascii_alphabetic());
            let by_stem = rule.id_from_stem && stem.filter(is_plain).map_or(is_slug, is_own);
            by_stem || (!rule.task_fields.is_empty() && is_number)
        });
        by_document
            || is_by_text
            || !self.records.is_empty()
            || (self.boxes.what.kind == EntityKind::Task && is_slug)
            || self.path.as_ref().is_some_and(|path| captures(path.as_str()))
            || regexes.any(captures)
            || entries.any(captures)
    }
}

/// Whether what stands between two slashes of a glob may be about more than one part of a path.
fn is_more_than_a_part(part: &str) -> bool {
    part.contains(['{', '}', '\\']) || part.contains('[') != part.contains(']')
}

/// Whether one part of a path is as a part of a glob says; where that is no glob by itself, it may be.
fn may_match(part: &str, name: &str) -> bool {
    let glob = GlobBuilder::new(part).literal_separator(true).build();
    glob.map_or(true, |glob| glob.compile_matcher().is_match(name))
}

/// What the group `id` of an expression matches, as far as the first bracket that closes; nothing where
/// it is not certain which group that is.
fn id_group(regex: &str) -> Option<&str> {
    if regex.matches("<id>").count() > 1 {
        return Some("");
    }
    let begin =
        ["(?<id>", "(?P<id>"].iter().find_map(|open| Some(regex.find(open)? + open.len()))?;
    Some(regex[begin..].split(')').next().unwrap_or_default())
}

/// What a group spells.
enum IdDigits {
    /// A number.
    Whole,
    /// Numbers with dots between them.
    Dotted,
    /// Letters and numbers with signs between them.
    Coded,
    /// What begins with a capital letter.
    Lettered,
    /// Anything.
    Other,
}

fn digits_of(group: &str) -> IdDigits {
    let counts = |text: &str| text.chars().all(|c| c.is_ascii_digit() || "+*?{,}".contains(c));
    let is_begun = group.starts_with("[0-9]") || group.starts_with("[1-9]");
    let rest = group.replace("[0-9]", "").replace("[1-9]", "");
    match is_begun {
        true if counts(&rest) => IdDigits::Whole,
        true if counts(&rest.replace("(?:", "").replace("\\.", "")) => IdDigits::Dotted,
        _ if is_coded(&rest) => IdDigits::Coded,
        _ if group.starts_with("[A-Z]") => IdDigits::Lettered,
        _ => IdDigits::Other,
    }
}

/// Whether a part of an expression that has no class of digits left spells letters and signs of an id.
fn is_coded(rest: &str) -> bool {
    let parts = ["[A-Z]", "[-_.]", "[-_]", "(?:", "\\.", "|"];
    let left = parts.iter().fold(rest.to_owned(), |left, part| left.replace(part, ""));
    rest.starts_with("[A-Z]") && left.chars().all(|c| c.is_ascii_digit() || "+*?{,}".contains(c))
}

#[cfg(test)]
mod tests {
    use crate::profile::id::TaskId;
    use crate::testing::analysis;

    #[test]
    fn a_folder_may_hold_what_a_pattern_leads_into() {
        for (pattern, folder, may) in [
            ("**/TODO.md", "a/b", true),
            ("tasks/*.md", "tasks", true),
            ("tasks/*.md", "tasks/old", false),
            ("tasks/*.md", "vendor", false),
            ("tasks/**/*.md", "tasks/old/er", true),
            ("t*/[0-9]_*/x.md", "tasks/7_a", true),
            ("t*/[0-9]_*/x.md", "tasks/a_7", false),
            ("{tasks,a/b}/*.md", "a/b", true),
            ("TODO.md", "TODO.md", false),
        ] {
            let fixture = format!(
                "//- /lockstep.toml\n  [[role]]\n  id = \"own\"\n  files = [\"{pattern}\"]\n  \
                 format = \"markdown\"\n"
            );
            let (analysis, _) = analysis(&fixture);
            let role = analysis.profile.roles.iter().find(|role| role.id == "own").expect("it");
            assert_eq!(role.may_lie_below(folder), may, "{pattern} {folder}");
        }
    }

    #[test]
    fn a_role_may_name_what_its_expressions_may_spell() {
        let may = |profile: &str, role: &str, id: &str, stem: Option<&str>| {
            let fixture = format!("//- /lockstep.toml\n  profile = \"{profile}\"\n");
            let (analysis, _) = analysis(&fixture);
            let role = analysis.profile.roles.iter().find(|it| it.id == role).expect("a role");
            role.may_name(&TaskId::new(id), stem)
        };
        for (profile, role, id, stem, expected) in [
            ("opencode", "ledger", "7", None, true),
            ("opencode", "ledger", "login", None, false),
            ("opencode", "state", "login", None, true),
            ("opencode", "plan", "login", None, false),
            ("opencode", "plan", "7", None, true),
            ("checklist", "ledger", "write-a-test", None, true),
            ("checklist", "ledger", "7", None, true),
            ("checklist", "ledger", "write a test!", None, false),
            ("checklist", "ledger", "7.1", None, true),
            ("checklist", "ledger", "T-06.6", None, true),
            ("checklist", "task", "A1_01", None, true),
            ("checklist", "task", "A/01", None, false),
            ("checklist", "ledger", "AUTH-7", None, true),
            ("opencode", "ledger", "7.1", None, false),
            ("checklist", "plan", "7", Some("PLAN"), true),
            ("opencode", "record", "login", None, true),
            ("checklist", "plan", "plan", Some("PLAN"), true),
            ("checklist", "plan", "store", Some("big_store-plan"), true),
            ("checklist", "plan", "store", None, true),
        ] {
            assert_eq!(may(profile, role, id, stem), expected, "{role} {id} {stem:?}");
        }
    }
}

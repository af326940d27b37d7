//! Folders that say a status: where the files of a task lie by what it is.

use jiff::civil::Date;
use regex::Regex;

use crate::profile::vocabulary::StatusIdx;

/// `[folders]` of a profile.
#[derive(Clone, Debug)]
pub struct StatusFolders {
    /// Matches the first parts of a folder that says a status, relative to the profile's, with the slash
    /// behind them. What its groups match is kept, and what follows.
    pub path: Regex,
    /// For each status that has a folder, that folder: `{group}` stands for a group, `{year}`,
    /// `{quarter}` and `{month}` for the day of the change. With a question mark in the braces, a
    /// part of the path of which nothing is known is left out.
    pub to: Vec<(StatusIdx, String)>,
}

impl StatusFolders {
    /// What may stand in braces beside the groups.
    pub(super) const OF_THE_DAY: [&str; 3] = ["year", "quarter", "month"];

    /// The folder of what lies in `folder`, once it has a status that came on `day`; `None` where
    /// that status has no folder, or the present one is not of this kind. The error is a part of the
    /// new folder that nothing tells.
    pub fn place(&self, folder: &str, to: StatusIdx, day: Date) -> Option<Result<String, String>> {
        let (_, template) = self.to.iter().find(|(status, _)| *status == to)?;
        let found = self.path.captures(folder)?;
        let rest = &folder[found.get(0)?.end()..];
        let value = |name: &str| match name {
            "year" => Some(format!("{:04}", day.year())),
            "quarter" => Some(((day.month() + 2) / 3).to_string()),
            "month" => Some(format!("{:02}", day.month())),
            name => found.name(name).map(|group| group.as_str().to_owned()),
        };
        let mut out: Vec<String> = Vec::new();
        for part in template.split('/') {
            match filled(part, &value) {
                Ok(Some(part)) => out.push(part),
                Ok(None) => {}
                Err(name) => return Some(Err(name)),
            }
        }
        out.extend((!rest.is_empty()).then(|| rest.to_owned()));
        Some(Ok(out.join("/")))
    }

    /// The name in braces of a template that is neither a group of `path` nor of the day.
    pub(super) fn unknown_name<'t>(path: &Regex, template: &'t str) -> Option<&'t str> {
        let known = |name: &str| {
            StatusFolders::OF_THE_DAY.contains(&name)
                || path.capture_names().flatten().any(|it| it == name)
        };
        let opened = template.split('{').skip(1);
        let names = opened.map(|text| text.split('}').next().unwrap_or(text));
        names.map(|name| name.strip_suffix('?').unwrap_or(name)).find(|name| !known(name))
    }
}

/// One part of a path; `None` where it is left out. The error is what is not known.
fn filled(part: &str, value: &dyn Fn(&str) -> Option<String>) -> Result<Option<String>, String> {
    let (mut out, mut left) = (String::new(), part);
    while let Some((before, opened)) = left.split_once('{') {
        let Some((name, after)) = opened.split_once('}') else { break };
        out.push_str(before);
        let (name, may_lack) = match name.strip_suffix('?') {
            Some(name) => (name, true),
            None => (name, false),
        };
        match value(name) {
            Some(value) => out.push_str(&value),
            None if may_lack => return Ok(None),
            None => return Err(name.to_owned()),
        }
        left = after;
    }
    out.push_str(left);
    Ok(Some(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(template: &str, folder: &str, expected: Option<Result<&str, &str>>) {
        let path = r"^(?:(?:open|done)(?:/[0-9]{4}-q[1-4])?(?:/(?<rank>high|low))?(?:/(?<kind>[^/]+))?)(?:/|$)";
        let to = vec![(StatusIdx(0), template.to_owned())];
        let folders = StatusFolders { path: Regex::new(path).unwrap(), to };
        let found = folders.place(folder, StatusIdx(0), Date::constant(2026, 11, 3));
        let expected = expected.map(|it| it.map(str::to_owned).map_err(str::to_owned));
        assert_eq!(found, expected, "{template} of {folder}");
    }

    #[test]
    fn a_folder_keeps_what_is_known_of_it() {
        for (template, folder, expected) in [
            ("done/{kind}", "open/high/api/login", Ok("done/api/login")),
            ("done/{year}-q{quarter}/{kind?}", "open/low/api", Ok("done/2026-q4/api")),
            ("done/{year}-{month}/{kind?}", "open/high", Ok("done/2026-11")),
            ("open/{rank?}/{kind?}", "done/2025-q1/api/login", Ok("open/api/login")),
            ("open/{rank}/{kind}", "done/2025-q1/api/login", Err("rank")),
            ("x-{rank?}-y/{kind}", "open/api", Ok("api")),
            ("done/{rank?}/{kind}", "open/highest/login", Ok("done/highest/login")),
        ] {
            check(template, folder, Some(expected));
        }
    }

    #[test]
    fn other_folders_have_no_place() {
        for folder in ["opened/high", "later/open/high", ""] {
            check("done", folder, None);
        }
    }
}

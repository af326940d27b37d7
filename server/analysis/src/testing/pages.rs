//! The pages of rules, actions and profiles: their form, and that every example in them is true.

use crate::actions::Action;
use crate::profile::builtin;
use crate::rules::Rule;
use crate::testing::{
    analysis, check_action, check_all_rules, check_fix, check_fix_all, check_rule,
    check_transitions,
};

/// A section of a page: what stands between two headings.
struct Section<'a> {
    title: &'a str,
    prose: Vec<&'a str>,
    /// The fences tagged `fixture`, and for each the paragraph line right above it.
    fences: Vec<(String, &'a str)>,
}

impl Section<'_> {
    fn fixtures(&self) -> Vec<&str> {
        self.fences.iter().map(|(text, _)| text.as_str()).collect()
    }
}

/// The first section is what stands below the page's title.
#[track_caller]
fn sections(page: &str) -> Vec<Section<'_>> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    let mut fence: Option<(&str, String)> = None;
    let mut above = "";
    for line in page.lines() {
        if let Some((tag, text)) = &mut fence {
            if line == "```" {
                let (tag, text) = (*tag, std::mem::take(text));
                if let Some(section) = sections.last_mut().filter(|_| tag == "fixture") {
                    section.fences.push((text, above));
                }
                fence = None;
            } else {
                text.push_str(line);
                text.push('\n');
            }
            continue;
        }
        let title = line.strip_prefix("# ").or_else(|| line.strip_prefix("## "));
        if let Some(title) = title {
            sections.push(Section { title, prose: Vec::new(), fences: Vec::new() });
        } else if let Some(tag) = line.strip_prefix("```") {
            fence = Some((tag, String::new()));
        } else if let Some(section) = sections.last_mut().filter(|_| !line.trim().is_empty()) {
            section.prose.push(line);
            above = line;
        }
    }
    assert!(fence.is_none(), "a fence of the page is not closed");
    sections
}

/// The title is the id, and the first paragraph one sentence.
#[track_caller]
fn check_head(page: &str, id: &str, stem: &str) {
    assert_eq!(stem.replace('_', "-"), id, "the id is the file's name");
    let mut lines = page.lines();
    assert_eq!(lines.next(), Some(format!("# {id}").as_str()), "the page's title is the id");
    assert_eq!(lines.next(), Some(""), "a blank line follows the title");
    let first: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    let first = first.join(" ");
    let sentence = first.strip_suffix('.').is_some_and(|rest| !rest.contains(". "));
    assert!(sentence, "the first paragraph is one sentence with a full stop: {first:?}");
}

#[track_caller]
fn section<'a, 'b>(sections: &'a [Section<'b>], title: &str) -> &'a Section<'b> {
    match sections.iter().find(|section| section.title == title) {
        Some(section) => section,
        None => panic!("the page has no section `## {title}`"),
    }
}

/// A rule's page: *Why*, *Example*, *Not reported*, and *Fix* where the rule has one.
#[track_caller]
pub(crate) fn check_rule_doc(rule: &'static Rule, stem: &str) {
    check_head(rule.doc, rule.id, stem);
    assert!(!rule.summary.is_empty() && !rule.summary.ends_with('.'), "summary: {}", rule.summary);
    let sections = sections(rule.doc);
    assert!(!section(&sections, "Why").prose.is_empty(), "*Why* says why");

    let examples = section(&sections, "Example").fixtures();
    let fires = |fixture: &&str| fixture.contains(&format!("[{}]:", rule.id));
    examples.iter().for_each(|fixture| check_rule(rule, fixture));
    assert!(examples.iter().any(fires), "an example shows a finding");

    let silent = section(&sections, "Not reported").fixtures();
    assert!(!silent.is_empty(), "an example shows what is not reported");
    for fixture in silent {
        assert!(!fires(&fixture), "nothing is annotated under *Not reported*");
        check_rule(rule, fixture);
    }

    let fix = sections.iter().find(|section| section.title == "Fix");
    assert_eq!(fix.is_some(), rule.fix.is_some(), "*Fix* stands there iff the rule has one");
    if let Some(fix) = fix {
        match fix.fixtures().as_slice() {
            [before, after] => check_fix(rule, before, after),
            fences => panic!("*Fix* shows before and after, not {} fixtures", fences.len()),
        }
    }
}

/// The first fixture of the section *Example*.
#[track_caller]
pub(super) fn example(page: &str) -> String {
    section(&sections(page), "Example").fixtures()[0].to_owned()
}

/// All fixtures of the section *Not reported*.
#[track_caller]
pub(super) fn silent(page: &str) -> Vec<String> {
    let sections = sections(page);
    let fixtures = section(&sections, "Not reported").fixtures().into_iter();
    fixtures.map(str::to_owned).collect()
}

/// What stands in backticks, single or double.
fn code(text: &str) -> Option<&str> {
    let inside = |marks: &str| text.strip_prefix(marks)?.strip_suffix(marks);
    inside("``").or_else(|| inside("`"))
}

/// An action's page: *Example* with the text before, the title above it in backticks, and the text
/// after.
#[track_caller]
pub(crate) fn check_action_doc(action: &'static Action, stem: &str) {
    check_head(action.doc, action.id, stem);
    let sections = sections(action.doc);
    let example = section(&sections, "Example");
    assert!(
        !example.fences.is_empty() && example.fences.len().is_multiple_of(2),
        "before and after"
    );
    for pair in example.fences.chunks_exact(2) {
        let (before, above) = &pair[0];
        let Some(title) = above.strip_prefix("Title: ").and_then(code) else {
            panic!("above the first fixture stands its title, as in: Title: `Set it`");
        };
        check_action(action.id, before, title, &pair[1].0);
    }
}

/// A profile's page: *Example* with all that is found in it, *Not reported*, and *Fix* with all that is
/// fixed, where something can be. The profile takes by itself every file of these that is a document.
#[track_caller]
pub(crate) fn check_profile_doc(source: &'static builtin::BuiltIn) {
    check_head(source.page, source.id, source.id);
    let sections = sections(source.page);
    let [examples, silent] =
        ["Example", "Not reported"].map(|title| section(&sections, title).fixtures());
    assert!(!examples.is_empty() && !silent.is_empty(), "each section has a fixture");
    for fixture in examples.iter().chain(&silent) {
        check_all_rules(fixture);
        let (analysis, _) = analysis(fixture);
        let of = |path: &str| analysis.instances.of(path).map(|profile| profile.id.clone());
        let paths: Vec<&str> = analysis.index.docs.iter().map(|doc| doc.path.as_str()).collect();
        assert!(!analysis.index.tasks.is_empty(), "there are tasks");
        assert!(
            !paths.is_empty() && paths.iter().all(|path| of(path).as_deref() == Some(source.id))
        );
    }
    assert!(examples.iter().any(|text| text.contains("]: ")), "an example shows a finding");
    for fixture in silent {
        assert!(!fixture.contains("]: "), "nothing is annotated under *Not reported*");
        check_transitions(fixture);
    }
    let fixes = sections.iter().find(|section| section.title == "Fix");
    let fixes = fixes.map(Section::fixtures).unwrap_or_default();
    assert!(fixes.len().is_multiple_of(2), "before and after");
    fixes.chunks_exact(2).for_each(|pair| check_fix_all(pair[0], pair[1]));
}

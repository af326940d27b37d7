//! `## Status` and the first line below it, or `## Status: completed`: the status of a document. Prose
//! that begins with no status says none.

use crate::model::carrier::markdown_reader::{MarkdownReader, split_field};
use crate::model::carrier::{Carrier, Remarks};
use crate::model::carriers::marker;
use crate::model::{Field, FieldRole};
use crate::profile::reading;
use crate::syntax::SyntaxError;
use crate::syntax::markdown::ContentLine;
use crate::text::TextRange;

/// The carrier.
pub(super) static CARRIER: Carrier = Carrier {
    id: "section",
    of_markdown: Some(|reader| reader.status_section()),
    whereabouts: "in its section",
    remarks: Remarks::Line,
    ..marker::CARRIER
};

/// More words that are no status are prose.
const MOST_WORDS: usize = 3;

impl MarkdownReader<'_> {
    fn status_section(&mut self) {
        let rule = self.role.document.as_ref().and_then(|rule| rule.status_section.as_ref());
        let (Some(rule), Some(document)) = (rule, self.document) else { return };
        let headings = self.markdown.headings.iter().enumerate();
        let own = headings.filter(|(at, heading)| {
            !heading.in_quote && self.section_of(Some(*at)) == Some(document)
        });
        let mut found = own.filter_map(|(at, heading)| {
            let found = rule.captures(heading.text.of(self.text))?;
            let inline = found.name("status").map(|status| {
                let start = heading.text.start as usize;
                TextRange::new(start + status.start(), start + status.end())
            });
            Some(inline.or_else(|| self.first_line(at)))
        });
        let Some(Some(range)) = found.next() else { return };
        let vocabulary = self.profile.vocabulary_of(self.facts.entities[document].what());
        let style = &self.profile.markers;
        let line = self.whole_line(range);
        let words = range.of(self.text).split_whitespace().count();
        let reading = reading::read_field(vocabulary, style, self.text, range);
        match reading.filter(|it| it.status.is_some() || words <= MOST_WORDS) {
            Some(reading) => self.occurrence(document, &CARRIER, reading, line),
            None => {
                let role = FieldRole::UnreadStatus;
                self.facts.fields.push(Field { entity: document, role, value: range, line });
            }
        }
    }

    /// A line that would be the heading of the section of the status, were there a blank behind its marks,
    /// with the status that it has then: where the document says none, what is meant is not read.
    pub(in crate::model) fn unspaced_section(&mut self) {
        let rule = self.role.document.as_ref().and_then(|rule| rule.status_section.as_ref());
        let (Some(rule), Some(document)) = (rule, self.document) else { return };
        if self.counts(document) || !self.text.contains("\n#") {
            return;
        }
        let vocabulary = self.profile.vocabulary_of(self.facts.entities[document].what());
        let style = &self.profile.markers;
        let lines = &self.markdown.lines;
        let found = lines.iter().enumerate().find_map(|(at, line)| {
            let raw = line.range.of(self.text);
            let name = raw.trim_start_matches('#');
            let heading = line.heading.map(|heading| &self.markdown.headings[heading]);
            let is_below_title = heading.is_some_and(|heading| heading.level == 1);
            if name.len() == raw.len() || line.item.is_some() || !is_below_title {
                return None;
            }
            let start = line.range.end as usize - name.len();
            let said = match rule.captures(name)?.name("status") {
                Some(said) => TextRange::new(start + said.start(), start + said.end()),
                None => lines.get(at + 1).filter(|next| next.heading == line.heading)?.range,
            };
            let reading = reading::read_field(vocabulary, style, self.text, said)?;
            reading.status.map(|_| (line.range, &raw[..raw.len() - name.len()]))
        });
        if let Some((range, marks)) = found {
            let message = format!(
                "`{}` is no heading, for a blank is missing behind `{marks}`: its status is not read",
                range.of(self.text)
            );
            self.facts.problems.push(SyntaxError { range, message });
        }
    }

    /// The first line right below a heading, if it can be a status.
    fn first_line(&self, heading: usize) -> Option<TextRange> {
        let line = self.markdown.lines.iter().find(|line| line.heading == Some(heading))?;
        let is_box = |line: &ContentLine| {
            line.item.is_some_and(|item| self.markdown.items[item].check_box.is_some())
        };
        let is_field = |line: &ContentLine| {
            let names = &self.profile.fields.status;
            let is_own = |name: &str| names.iter().any(|own| own.eq_ignore_ascii_case(name));
            // Whose field it is, that one's status it says.
            self.owner_of_line(line, u32::MAX).is_some()
                && split_field(self.text, line.range)
                    .is_some_and(|(name, _)| is_own(name.of(self.text)))
        };
        let heading = &self.markdown.headings[heading];
        let is_inner = |line: &ContentLine| {
            let mut at = heading.range.end;
            let comments = &self.markdown.comments;
            let first = comments.partition_point(|it| it.range.start < heading.range.end);
            let inside = comments[first..].iter().map(|it| it.range);
            let inside = inside.take_while(|it| it.end <= line.range.start);
            let ends = inside.chain([TextRange::empty(line.range.start as usize)]);
            let mut between = ends.map(|it| {
                let gap = self.text.get(at as usize..it.start as usize).unwrap_or_default();
                at = it.end;
                gap
            });
            between.all(|gap| gap.chars().all(|c| c.is_whitespace() || "-*+>".contains(c)))
        };
        let value = split_field(self.text, line.range).filter(|(name, _)| {
            let last = name.of(self.text).rsplit(' ').next().unwrap_or_default();
            self.profile.fields.status.iter().any(|own| own.eq_ignore_ascii_case(last))
        });
        let range = value.map_or(line.range, |(_, value)| value);
        // A section of other fields says them, and no status: `- **Sprint**: 11`.
        let other = split_field(self.text, line.range).filter(|_| value.is_none());
        let is_other = other.is_some_and(|(name, said)| {
            let document = self.document.map(|at| self.facts.entities[at].what());
            let vocabulary = document.map(|what| self.profile.vocabulary_of(what));
            let is_said =
                |text: &str| vocabulary.is_some_and(|it| it.lookup_prefix(text).is_some());
            !is_said(name.of(self.text)) && !is_said(said.of(self.text))
        });
        if is_other {
            return None;
        }
        (is_inner(line) && !is_box(line) && !is_field(line)).then_some(range)
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::testing::{check_facts, set};

    const PROFILE: &str = r#"
//- /lockstep.toml
  id = "team"
  [[vocabulary.task]]
  id = "open"
  category = "open"
  [[vocabulary.task]]
  id = "done"
  category = "done"
  [[role]]
  id = "task"
  files = ["*.md"]
  path = '^(?<id>[0-9]+)'
  document = { kind = "task", status_section = '^Status(?:: (?<status>.+))?$' }
"#;

    #[track_caller]
    fn check(text: &str, expect: expect_test::Expect) {
        check_facts(&format!("{PROFILE}//- /1.md\n{text}"), "1.md", expect);
    }

    #[test]
    fn the_first_line_below_the_heading_is_the_status() {
        check(
            "  # One\n  ## Context\n  Done.\n  ## Status\n\n  **Done** - in 2026\n\n  open\n  ## Status\n  open\n",
            expect![[r#"
                task 1 "One"
                  `Done` done
            "#]],
        );
        check(
            "  # One\n  ## Status: open\n  Done.\n",
            expect![[r#"
                task 1 "One"
                  `open` open
            "#]],
        );
        check(
            "  # One\n  ## Status\n  Finnished\n",
            expect![[r#"
                task 1 "One"
                  `Finnished` unknown
            "#]],
        );
    }

    #[test]
    fn a_role_has_words_of_its_own() {
        let role = "id = \"task\"\n  words = [\"OpenAgain\"]";
        let profile = PROFILE.replace("id = \"task\"", role);
        let other = "category = \"open\"\n  aliases = [\"openagain\"]";
        let profile = profile.replace("category = \"open\"", other);
        let profile =
            profile.replace("category = \"done\"", "category = \"done\"\n  next = [\"open\"]");
        for (old, new) in [("Done", "OpenAgain"), ("done", "open")] {
            let fixture = format!("{profile}//- /1.md\n  # One\n  ## Status\n  {old}\n");
            let after = set(&fixture, "1", "open").expect("it may be set");
            assert!(after.contains(&format!("## Status\n  {new}\n")), "{after}");
        }
    }

    #[test]
    fn a_box_is_no_status_of_the_document() {
        check(
            "  # One\n  ## Status\n  - [ ] done\n",
            expect![[r#"
                task 1 "One"
            "#]],
        );
    }

    #[test]
    fn prose_and_what_stands_further_below_are_none() {
        check(
            "  # One\n  ## Status\n  All of it works as it should by now\n  done\n",
            expect![[r#"
                task 1 "One"
                  field "All of it works as it should by now"
            "#]],
        );
        for text in [
            "  ## Status\n  ### More\n  done\n",
            "  ## Status\n  ```\n  x\n  ```\n  done\n",
            "  > ## Status\n  > done\n",
        ] {
            check(
                &format!("  # One\n{text}"),
                expect![[r#"
                    task 1 "One"
                "#]],
            );
        }
    }
}

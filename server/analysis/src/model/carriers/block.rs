//! `status: done` in a block of YAML that stands in the header of a document.

use crate::model::carrier::Carrier;
use crate::model::carrier::markdown_reader::MarkdownReader;
use crate::model::carriers::front_matter;
use crate::model::{EntityIdx, Field, FieldRole};
use crate::syntax::front_matter::{FrontEntry, FrontMatter, of_block};
use crate::text::TextRange;

/// The carrier.
pub(super) static CARRIER: Carrier = Carrier {
    id: "block",
    of_markdown: Some(|reader| reader.block_status()),
    ..front_matter::BASE
};

/// What a block is called that holds YAML.
const YAML: &[&str] = &["yaml", "yml"];

/// Keys by which a block says of what it is.
const NAMES: &[&str] = &["epic", "id", "key", "story", "story_id", "title"];

impl MarkdownReader<'_> {
    /// What the first block says that says a status, where the document says it nowhere else.
    fn block_status(&mut self) {
        let asked = self.role.document.as_ref().is_some_and(|rule| rule.field_blocks);
        let Some(document) = self.document.filter(|_| asked && !self.markdown.fences.is_empty())
        else {
            return;
        };
        let has_said = self.facts.occurrences.iter().any(|it| it.entity == document);
        let is_unread = |it: &Field| it.entity == document && it.role == FieldRole::UnreadStatus;
        if has_said || self.facts.fields.iter().any(is_unread) {
            return;
        }
        let markdown = self.markdown;
        for fence in &markdown.fences {
            let Some(matter) = self.header_block(*fence, document) else { continue };
            let names = &self.profile.fields.status;
            let is_status = |path: &[String]| match path {
                [key] => names.iter().any(|own| own.eq_ignore_ascii_case(key)),
                _ => false,
            };
            let mut said = matter.entries.iter().filter(|entry| is_status(&entry.path));
            let (Some(entry), None) = (said.next(), said.next()) else { continue };
            let vocabulary = self.profile.vocabulary_of(self.facts.entities[document].what());
            // One that says something else is an example.
            let reading = front_matter::scalar(vocabulary, self.text, entry);
            let Some(reading) = reading.filter(|it| it.status.is_some()) else { continue };
            let line = self.whole_line(entry.value);
            self.occurrence(document, &CARRIER, reading, line);
            return;
        }
    }

    /// A block of YAML in the header of the document.
    fn header_block(&self, fence: TextRange, document: EntityIdx) -> Option<FrontMatter> {
        let block = fence.of(self.text);
        let (first, inside) = block.split_once('\n')?;
        let name = first.trim().trim_start_matches(['`', '~']).trim();
        if !YAML.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            return None;
        }
        let (inside, closing) = inside.rsplit_once('\n')?;
        let is_closed = closing.trim_start().starts_with(['`', '~']);
        let headings = &self.markdown.headings;
        let above = headings.partition_point(|it| it.range.start < fence.start).checked_sub(1);
        let body = self.of_heading.iter().position(Option::is_some);
        let body = body.map_or(u32::MAX, |at| headings[at].range.start);
        let owner = self.owner_at(above, fence.start, body).filter(|_| is_closed)?;
        let start = fence.start as usize + first.len() + 1;
        let matter =
            (owner == document).then(|| of_block(self.text, start..start + inside.len()))?;
        // What words lead to may be an example, unless it says of what it is.
        let from = above.map_or(0, |at| headings[at].range.end) as usize;
        let is_led_to = !self.text.get(from..fence.start as usize)?.trim().is_empty();
        let names = |entry: &FrontEntry| {
            let key = entry.path.first().map_or("", String::as_str);
            entry.path.len() == 1 && NAMES.iter().any(|own| own.eq_ignore_ascii_case(key))
        };
        (!is_led_to || matter.entries.iter().any(names)).then_some(matter)
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::testing::{check_facts, set};

    const PROFILE: &str = r#"
//- /lockstep.toml
  id = "team"
  [fields]
  status = ["Status"]
  [[vocabulary.task]]
  id = "open"
  category = "open"
  next = ["done"]
  [[vocabulary.task]]
  id = "done"
  category = "done"
  [[role]]
  id = "task"
  files = ["*.md"]
  path = '^(?<id>[0-9]+)'
  document = { kind = "task", field_blocks = true, header_sections = '^Metadata$' }
"#;

    #[track_caller]
    fn check(text: &str, expect: expect_test::Expect) {
        check_facts(&format!("{PROFILE}//- /1.md\n{text}"), "1.md", expect);
    }

    #[test]
    fn a_block_in_the_header_says_the_status() {
        check(
            "  # One\n  ## Metadata\n  ```yaml\n  id: 1\n  status: \"done\"  # at last\n  ```\n",
            expect![[r#"
            task 1 "One"
              `done` done
        "#]],
        );
    }

    #[test]
    fn a_block_elsewhere_or_of_another_language_or_behind_a_field_does_not() {
        check(
            "  # One\n  ## Notes\n  ```yaml\n  status: done\n  ```\n",
            expect![[r#"
            task 1 "One"
        "#]],
        );
        check(
            "  # One\n  ```json\n  status: done\n  ```\n",
            expect![[r#"
            task 1 "One"
        "#]],
        );
        check(
            "  # One\n  Status: open\n  ```yaml\n  status: done\n  ```\n",
            expect![[r#"
            task 1 "One"
              `open` open
        "#]],
        );
        check(
            "  # One\n  ```yaml\n  a:\n    status: done\n  ```\n",
            expect![[r#"
            task 1 "One"
        "#]],
        );
    }

    #[test]
    fn an_example_of_something_else_says_none() {
        check(
            "  # One\n  The service answers:\n  ```yaml\n  name: x\n  status: open\n  ```\n",
            expect![[r#"
                task 1 "One"
            "#]],
        );
        check(
            "  # One\n  ```yaml\n  status: ok\n  ```\n  ```yaml\n  status: open\n  ```\n",
            expect![[r#"
                task 1 "One"
            "#]],
        );
    }

    #[test]
    fn another_status_takes_its_place() {
        let block = "```yaml\n  status: open  # yet\n  ```\n";
        let fixture = format!("{PROFILE}//- /1.md\n  # One\n  {block}");
        let after = set(&fixture, "1", "done").expect("it may be set");
        assert!(after.contains("  status: done  # yet\n"), "{after}");
    }
}

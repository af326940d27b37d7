//! YAML, as a file and as front matter: ranges lie in the text, and what stands there is what is said.

use lockstep_analysis::profile::Format;
use lockstep_analysis::syntax::front_matter::read_whole;

use crate::bounds::within;
use crate::markdown::{self, facts};

pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let whole = read_whole(text);
    within(text, whole.range, &whole.range);
    whole.problems.iter().for_each(|problem| within(text, problem.range, problem));
    for entry in &whole.entries {
        within(text, entry.key, entry);
        within(text, entry.value, entry);
        let value = entry.value.of(text);
        let is_plain = !entry.quoted && !value.contains(['\n', '\r', '&', '!', '*', '|', '>']);
        assert!(!is_plain || value.trim() == entry.text.trim(), "{entry:?} {value:?}");
    }
    facts(text, Format::Yaml, &["backlog/config.yml", "config.yml", "tasks.yaml", "tasks/7.yml"]);
    let front = format!("---\n{text}\n---\n# A task\n");
    markdown::check(front.as_bytes());
}

//! Globs and regular expressions, within what those of one configuration may cost together. Reading one
//! goes as deep as it nests, and compiling it takes what it spells out: both by somebody else's wish.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use regex::{Regex, RegexBuilder};
use rustc_hash::FxHashMap;

use crate::profile::decode::table::Placed;
use crate::profile::decode::{Decoder, shortened};
use crate::text::TextRange;

/// How long one may be, in bytes.
const LONGEST: usize = 4096;

/// How long all may be together, in bytes; and what one is taken for at least.
const MOST_TEXT: usize = 64 * 1024;
const SHORTEST: usize = 32;

/// How deep braces of a glob may nest, and groups of a regular expression.
const DEEPEST: u32 = 32;

/// How large one regular expression may be when it is compiled, in bytes; and all together.
const LARGEST: usize = 256 * 1024;
const MOST_SIZE: usize = 2 * 1024 * 1024;

/// What a regular expression is taken for at least.
const SMALLEST: usize = 4 * 1024;

/// How much room a regular expression has for states that it finds while it searches, in bytes. Where
/// the largest one had less than it needs, each character would be searched for in all of it, which
/// takes a thousand times as long.
const STATES: usize = 4 * LARGEST;

/// What is left, and what has been compiled: an expression that stands twice is the same one.
#[derive(Debug)]
pub(super) struct Budget {
    text: usize,
    size: usize,
    compiled: FxHashMap<String, Regex>,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { text: MOST_TEXT, size: MOST_SIZE, compiled: FxHashMap::default() }
    }
}

impl Budget {
    /// Takes what an expression is long. The error is a clause.
    fn take_text(&mut self, source: &str) -> Result<(), String> {
        if source.len() > LONGEST {
            return Err(format!("it has more than {LONGEST} bytes; shorten it"));
        }
        match self.text.checked_sub(source.len().max(SHORTEST)) {
            Some(left) => self.text = left,
            None => {
                return Err(format!(
                    "with it the expressions of this file have more than {MOST_TEXT} bytes; shorten them"
                ));
            }
        }
        Ok(())
    }

    fn glob(&mut self, source: &str) -> Result<Glob, String> {
        self.take_text(source)?;
        if source.bytes().filter(|byte| *byte == b'{').count() > DEEPEST as usize {
            return Err(format!("it has more than {DEEPEST} braces; split it"));
        }
        // As in every shell: one star does not cross a folder.
        let glob = GlobBuilder::new(source).literal_separator(true).build();
        glob.map_err(|error| error.kind().to_string())
    }

    fn regex(&mut self, source: &str) -> Result<Regex, String> {
        self.take_text(source)?;
        if let Some(known) = self.compiled.get(source) {
            return Ok(known.clone());
        }
        let mut size = SMALLEST;
        loop {
            let Some(left) = self.size.checked_sub(size) else {
                self.size = 0;
                return Err(
                    "the regular expressions of this file are too large together when they \
                            are compiled; repeat less"
                        .to_owned(),
                );
            };
            let built = RegexBuilder::new(source)
                .size_limit(size)
                .dfa_size_limit(STATES)
                .nest_limit(DEEPEST)
                .build();
            match built {
                Ok(regex) => {
                    self.size = left;
                    self.compiled.insert(source.to_owned(), regex.clone());
                    return Ok(regex);
                }
                Err(regex::Error::CompiledTooBig(_)) if size < LARGEST => size *= 2,
                Err(regex::Error::CompiledTooBig(_)) => {
                    return Err("it is too large when it is compiled; repeat less, or write \
                                `[0-9A-Za-z_]` for `\\w`"
                        .to_owned());
                }
                Err(error) => {
                    let reason = error.to_string();
                    return Err(reason.lines().last().unwrap_or_default().trim().to_owned());
                }
            }
        }
    }
}

impl Decoder {
    pub(super) fn glob(&mut self, source: &str, range: Option<TextRange>) -> Option<Glob> {
        let glob = self.budget.glob(source);
        let shown = shortened(source);
        glob.map_err(|reason| self.report(range, format!("`{shown}` is not a glob: {reason}"))).ok()
    }

    pub(super) fn glob_set(&mut self, globs: &[Placed<String>]) -> GlobSet {
        let mut set = GlobSetBuilder::new();
        for glob in globs.iter().filter_map(|(glob, range)| self.glob(glob, *range)) {
            set.add(glob);
        }
        set.build().unwrap_or_else(|_| GlobSet::empty())
    }

    /// The regular expression that stands under `key`.
    pub(super) fn regex(
        &mut self,
        source: &str,
        range: Option<TextRange>,
        key: &str,
    ) -> Option<Regex> {
        let regex = self.budget.regex(source);
        let told = |reason| format!("`{key}` is not a regular expression: {reason}");
        regex.map_err(|reason| self.report(range, told(reason))).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::builtin;
    use crate::profile::config;

    fn problems(text: &str) -> Vec<String> {
        config::parse(text, &[]).problems.into_iter().map(|problem| problem.message).collect()
    }

    fn role(key: &str, source: &str) -> String {
        format!("[[role]]\nid = \"todo\"\nfiles = [\"TODO.md\"]\n{key} = '{source}'\n")
    }

    #[test]
    fn braces_and_groups_nest_only_so_deep() {
        let refused = |text: &str, why: &str| {
            let found = problems(text);
            assert!(found.len() == 1 && found[0].contains(why), "{found:?}");
            assert!(found[0].len() < 300, "{found:?}");
        };
        for n in [4_000, 15_000] {
            refused(&role("exclude", &"{".repeat(n)), "is not a glob: it has more than");
            refused(&role("exclude", &("{".repeat(n) + &"}".repeat(n))), "is not a glob");
            refused(&role("path", &"(".repeat(n)), "is not a regular expression");
            refused(&format!("in-place = ['{}']", "{a,".repeat(n)), "is not a glob");
        }
        refused(&role("path", &("(".repeat(40) + &")".repeat(40))), "nest");
        assert_eq!(problems(&role("exclude", "**/{a,{b,c}}/{d,e}.md")), [""; 0]);
    }

    #[test]
    fn all_expressions_of_a_file_share_what_they_may_cost() {
        let section =
            |heading: &str| format!("[[role.section]]\nkind = \"task\"\nheading = '{heading}'\n");
        let sections = |n: usize, heading: &str| role("old", "x") + &section(heading).repeat(n);
        let one = problems(&sections(1, "[\\pL\\pN]{200}"));
        assert!(one.len() == 1 && one[0].contains("too large when it is compiled"), "{one:?}");
        let slow = problems(&sections(1, "(?:a|b|é|.|1|2){300}z"));
        assert!(slow.len() == 1 && slow[0].contains("write `[0-9A-Za-z_]` for `\\w`"), "{slow:?}");
        assert_eq!(problems(&sections(1, r"^(?<id>\w+)-(\w+)-(\w+): (?<title>[\w ]+)$")), [""; 0]);
        let each: String = (0..400).map(|n| section(&format!("\\pL{n}"))).collect();
        let all = problems(&(role("old", "x") + &each));
        let told = all.iter().filter(|it| it.contains("too large together")).count();
        assert!(told > 0 && told == all.len(), "{all:?}");
        assert_eq!(problems(&sections(400, "\\pL")), [""; 0], "one is compiled once");
        assert_eq!(problems(&sections(200, "^(?<id>[0-9]+)[.:]? (?<title>.+)$")), [""; 0]);
        let globs = format!(
            "in-place = [{}]",
            "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/*.md',".repeat(2_000)
        );
        assert!(problems(&globs).iter().all(|it| it.contains("have more than 65536 bytes")));
        assert_ne!(problems(&globs).len(), 0);
    }

    #[test]
    fn a_file_of_many_faults_is_read_in_no_time_and_only_some_are_told() {
        let keys: String = (0..5_000).map(|n| format!("k{n} = 1\n")).collect();
        let text = format!("extends = \"opencode\"\nid = \"x\"\n{keys}");
        assert_eq!(problems(&text).len(), crate::profile::decode::MOST_PROBLEMS);
        let long = problems(&format!("{} = 1\n", "k".repeat(200_000)));
        assert!(long.len() == 1 && long[0].len() < 1_000, "{}", long[0].len());
        let too_long = problems(&"#".repeat(300_000));
        assert!(too_long.len() == 1 && too_long[0].contains("262144 bytes"), "{too_long:?}");
        let deep = problems(&format!("a = {}", "[".repeat(100_000)));
        assert!(deep.len() == 1, "{deep:?}");
        assert_eq!(problems(&format!("{}b = 1", "a.".repeat(100_000))).len(), 1);
    }

    #[test]
    fn built_in_profiles_take_a_quarter_of_it_at_most() {
        for builtin::BuiltIn { id: name, toml, .. } in builtin::SOURCES {
            let mut decoder = Decoder::default();
            let node = crate::profile::node::parse(toml, false).expect("it is TOML");
            decoder.profile(&node);
            let Budget { text, size, .. } = decoder.budget;
            assert!(text * 4 > MOST_TEXT * 3 && size * 4 > MOST_SIZE * 3, "{name}: {text} {size}");
        }
    }
}

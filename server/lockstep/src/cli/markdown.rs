//! Pages for people: Markdown with a little colour, or as plain text.

use crate::cli::output::{BOLD, CYAN, DIM, paint};

/// A page with colours: titles bold, code cyan. Nothing is moved, so what is shown can be copied.
pub(super) fn styled(page: &str) -> String {
    let mut out = String::new();
    let mut fence = false;
    for line in page.lines() {
        let is_fence = line.trim_start().starts_with("```");
        fence ^= is_fence;
        let line = match line {
            line if is_fence => paint(DIM, line),
            line if fence => paint(CYAN, line),
            line if line.starts_with('#') => paint(BOLD, line.trim_start_matches(['#', ' '])),
            line => inline(line),
        };
        out.push_str(&line);
        out.push('\n');
    }
    out
}

/// Code and strong text of one line.
fn inline(line: &str) -> String {
    if !line.matches('`').count().is_multiple_of(2) {
        return line.to_owned();
    }
    let parts = line.split('`').zip([false, true].into_iter().cycle());
    parts.map(|(part, code)| if code { paint(CYAN, part) } else { strong(part) }).collect()
}

fn strong(text: &str) -> String {
    let parts: Vec<&str> = text.split("**").collect();
    if parts.len().is_multiple_of(2) {
        return text.to_owned();
    }
    let painted = parts.iter().zip([false, true].iter().cycle());
    painted.map(|(part, strong)| if *strong { paint(BOLD, part) } else { (*part).into() }).collect()
}

/// A page of a folder of pages as it is read alone: without the note on how it is made, and without
/// links to its neighbours.
pub(super) fn standing_alone(page: &str) -> String {
    let mut rest = match page.strip_prefix("<!--").and_then(|rest| rest.split_once("-->")) {
        Some((_, page)) => page.trim_start(),
        None => page,
    };
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once("](") {
        let link = before.rfind('[').zip(after.split_once(')'));
        match link {
            Some((start, (target, behind))) if target.contains(".md") && !target.contains(':') => {
                out.push_str(&before[..start]);
                out.push_str(&before[start + 1..]);
                rest = behind;
            }
            _ => {
                out.push_str(before);
                out.push_str("](");
                rest = after;
            }
        }
    }
    out + rest
}

/// A page of a rule as people read it: each file of an example under its path, and below a line what is
/// found in it.
pub fn examples(page: &str) -> String {
    let (mut out, mut fence, mut is_first) = (String::new(), false, false);
    for line in page.lines() {
        if line == "```fixture" {
            (fence, is_first) = (true, true);
            out.push_str("```text\n");
            continue;
        }
        fence &= line != "```";
        match (fence, line.strip_prefix("//- /")) {
            (true, Some(header)) => {
                let gap = if is_first { "" } else { "\n" };
                out.push_str(&format!("{gap}{}", file_of_example(header)));
                is_first = false;
            }
            (true, None) => {
                let line = line.replace("$0", "");
                out.push_str(&line.strip_prefix("//").map_or(line.clone(), |it| format!("  {it}")));
            }
            _ => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

/// The path of a file in an example, and what is to be known of it.
fn file_of_example(header: &str) -> String {
    let mut words = header.split(' ');
    let path = words.next().unwrap_or_default();
    let told: Vec<String> = words
        .filter_map(|word| match word.split_once(':') {
            Some(("other", editor)) => Some(format!("in {editor}")),
            Some(("worktree", name)) => Some(format!("in the worktree {name}")),
            None if word == "overlay" => Some("in this editor, unsaved".to_owned()),
            None if word == "open" => Some("open in this editor".to_owned()),
            None if word == "before" => Some("as it was read".to_owned()),
            None if word == "after" => Some("as the change makes it".to_owned()),
            _ => None,
        })
        .collect();
    match told.is_empty() {
        true => format!("{path}:"),
        false => format!("{path} ({}):", told.join("; ")),
    }
}

/// A page as plain text: without the fences of code, which is indented instead.
pub(super) fn plain(page: &str) -> String {
    let mut out = String::new();
    let mut fence = false;
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            fence = !fence;
            continue;
        }
        match fence {
            true => out.push_str(&format!("    {line}")),
            false => out.push_str(line.trim_start_matches('#').trim_start_matches(' ')),
        }
        while out.ends_with(' ') {
            out.pop();
        }
        out.push('\n');
    }
    out.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_takes_nothing_away_but_the_signs_of_titles_and_code() {
        let page = "## Why\n\nA **strong** `word`.\n\n```md\n# kept `as is`\n```\n";
        let bare = anstream::adapter::strip_str(&styled(page)).to_string();
        assert_eq!(bare, "Why\n\nA strong word.\n\n```md\n# kept `as is`\n```\n");
    }

    #[test]
    fn a_single_tick_is_left_alone() {
        assert_eq!(inline("it`s"), "it`s");
    }

    #[test]
    fn a_page_alone_has_no_links_to_its_neighbours() {
        let page = "<!-- made -->\n\n# A\n\n[a `b`](b.md#c), [x](https://x.md), `f[0](1)`\n";
        assert_eq!(standing_alone(page), "# A\n\na `b`, [x](https://x.md), `f[0](1)`\n");
    }

    #[test]
    fn an_example_names_its_files_and_marks_what_is_found() {
        let page = "A `//- /a`.\n\n```fixture\n//- /a/T.md\n  - [ ] o$0ne\n//  ^^^^^^^ warning[x]: y\n\
                    //- /a/T.md overlay after\n  - [x] one\n```\n";
        assert_eq!(
            examples(page),
            "A `//- /a`.\n\n```text\na/T.md:\n  - [ ] one\n    ^^^^^^^ warning[x]: y\n\n\
             a/T.md (in this editor, unsaved; as the change makes it):\n  - [x] one\n```\n"
        );
    }

    #[test]
    fn plain_text_indents_code() {
        assert_eq!(plain("Text\n\n```console\n$ x\n```\n\n## End\n"), "Text\n\n    $ x\n\nEnd");
    }
}

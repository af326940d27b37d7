//! JSON that is kept while the lines that it speaks of move: their numbers are filled in when it is told.

use lockstep_analysis::text::TextRange;
use tower_lsp::ls_types::Position;

use crate::lsp::to_proto::{self, Lines};

/// JSON without the numbers of lines.
#[derive(Debug, Default)]
pub(crate) struct LinedJson {
    json: String,
    /// Where in the JSON the number of a line belongs, and which it was when it was made.
    lines: Vec<(u32, u32)>,
    /// How many lines further down what it is of stands since.
    pub(crate) moved: i64,
}

impl LinedJson {
    /// What is kept of it.
    #[cfg(test)]
    pub(crate) fn text(&self) -> &str {
        &self.json
    }

    /// Whether there is nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.json.is_empty()
    }

    /// How long it is with all numbers, at most.
    pub(crate) fn size(&self) -> usize {
        self.json.len() + 10 * self.lines.len() + 1
    }

    /// The first line and the last that it speaks of.
    pub(crate) fn span(&self) -> (u32, u32) {
        let all = self.lines.iter().map(|(_, line)| self.line(*line));
        (all.clone().min().unwrap_or_default(), all.max().unwrap_or_default())
    }

    fn line(&self, made: u32) -> u32 {
        u32::try_from(i64::from(made) + self.moved).unwrap_or_default()
    }

    /// Adds what it is to a list.
    pub(crate) fn write(&self, out: &mut String) {
        if self.json.is_empty() {
            return;
        }
        if !out.ends_with('[') {
            out.push(',');
        }
        let mut from = 0;
        for (at, line) in &self.lines {
            let at = *at as usize;
            out.push_str(&self.json[from..at]);
            push_number(out, self.line(*line));
            from = at;
        }
        out.push_str(&self.json[from..]);
    }

    /// Adds JSON that speaks of no line.
    pub(crate) fn push(&mut self, json: &str) {
        self.json.push_str(json);
    }

    /// Adds a range.
    pub(crate) fn range(&mut self, lines: &Lines<'_>, range: TextRange) {
        let range = to_proto::range(lines, range);
        self.push(r#"{"start":"#);
        self.position(range.start);
        self.push(r#","end":"#);
        self.position(range.end);
        self.push("}");
    }

    fn position(&mut self, position: Position) {
        self.push(r#"{"line":"#);
        self.lines.push((u32::try_from(self.json.len()).unwrap_or(u32::MAX), position.line));
        self.push(r#","character":"#);
        push_number(&mut self.json, position.character);
        self.push("}");
    }
}

/// All of them as one list.
pub(crate) fn list<'j>(all: impl Iterator<Item = &'j LinedJson> + Clone) -> String {
    let mut out = String::with_capacity(all.clone().map(LinedJson::size).sum::<usize>() + 2);
    out.push('[');
    all.for_each(|json| json.write(&mut out));
    out.push(']');
    out
}

fn push_number(out: &mut String, number: u32) {
    // Of each entry there are eight of them, and the machinery of formats takes longer than all the rest.
    let mut digits = [0u8; 10];
    let (mut at, mut left) = (digits.len(), number);
    loop {
        at -= 1;
        digits[at] = b'0' + (left % 10) as u8;
        left /= 10;
        if left == 0 {
            break;
        }
    }
    digits[at..].iter().for_each(|digit| out.push(char::from(*digit)));
}

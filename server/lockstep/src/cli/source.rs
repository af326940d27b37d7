//! Findings over their source lines.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use lockstep_analysis::Analysis;
use lockstep_store::loader;

use crate::cli::output::{self, Output, one_line};
use crate::report::{ReportedFinding, ReportedRange};

/// Longer lines are shown from a little before the place to a little after it.
const LINE_LIMIT: usize = 160;
/// How much of a cut line stands before the place.
const BEFORE: usize = 40;
/// How many places that explain a finding are shown.
const RELATED: usize = 8;
/// How many lines of a long range are shown.
const LINES_OF_A_RANGE: u32 = 4;

/// Shows findings, each over its source.
pub(super) struct Excerpts<'a> {
    read: ReadText<'a>,
    texts: Mutex<BTreeMap<String, Option<Arc<ExcerptLines>>>>,
    renderer: Renderer,
}

/// The text of a file, by its path relative to the root.
type ReadText<'a> = Box<dyn Fn(&str) -> Option<Arc<str>> + Sync + 'a>;

impl<'a> Excerpts<'a> {
    /// Over the files below `root`, for this stream.
    pub(super) fn new(root: &'a Path, out: &Output) -> Excerpts<'a> {
        Excerpts::over(Box::new(|path| Some(loader::read(root, path).ok()?.text)), out)
    }

    /// Over the texts of an analysis of `root`; what it holds no text of is read.
    pub(super) fn of(analysis: &'a Analysis, root: &'a Path, out: &Output) -> Excerpts<'a> {
        let known = |path: &str| {
            let (_, document) = analysis.index.document(path)?;
            document.fault.is_none().then(|| document.text.whole().clone())
        };
        let read = |path: &str| Some(loader::read(root, path).ok()?.text);
        Excerpts::over(Box::new(move |path| known(path).or_else(|| read(path))), out)
    }

    fn over(read: ReadText<'a>, out: &Output) -> Excerpts<'a> {
        // Colours that nobody sees would be taken out again.
        let renderer = if out.is_styled() { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let renderer = renderer.term_width(out.width().unwrap_or(400));
        Excerpts { read, texts: Mutex::default(), renderer }
    }

    /// One finding, with its colours where they are shown.
    pub(super) fn show(&self, finding: &ReportedFinding) -> String {
        self.show_noting(finding, None)
    }

    /// The same with a note below it.
    pub(super) fn show_noting(&self, finding: &ReportedFinding, note: Option<&str>) -> String {
        let level = match finding.severity.as_str() {
            "error" => Level::ERROR,
            "warning" => Level::WARNING,
            _ => Level::INFO,
        };
        let title = level.primary_title(one_line(&finding.message)).id(&finding.rule);
        let mut group = Group::with_title(title);
        let mut moved = Vec::new();
        for (path, marks) in by_file(finding) {
            let (element, header) = self.file(path, &marks);
            group = match element {
                InFile::ExcerptLines(snippet) => group.element(snippet),
                InFile::Place(origin) => group.element(origin),
            };
            moved.extend(header);
        }
        let more = finding.related.len().saturating_sub(RELATED);
        if more > 0 {
            group = group.element(Level::NOTE.message(format!("and {more} more places")));
        }
        if let Some(note) = note {
            group = group.element(Level::NOTE.message(note));
        }
        let shown = self.renderer.render(&[group]);
        // The renderer counts columns in what it was given, which is less where a line is cut.
        moved.iter().fold(shown, |shown, (from, to)| shown.replacen(from, to, 1))
    }

    /// What is shown of one file: its lines with the places marked, or only where the place is, if
    /// the file cannot be read. With it the place as the renderer writes it and as it is, where
    /// these differ.
    fn file<'f>(&self, path: &'f str, marks: &[Underline<'f>]) -> (InFile<'f>, Option<Moved>) {
        let (first, at) = match marks.iter().position(|mark| mark.label.is_none()) {
            Some(own) => (&marks[own], own),
            None => (&marks[0], 0),
        };
        let (line, column) = (first.start.0 as usize, first.start.1 as usize);
        let excerpt = self.text(path).and_then(|text| Excerpt::new(&text, marks));
        let path = one_line(path);
        let Some(excerpt) = excerpt else {
            return (InFile::Place(Origin::path(path).line(line).char_column(column)), None);
        };
        let shown = excerpt.column(at);
        let header = format!("{path}:{line}:{column}");
        let moved = (shown != column).then(|| (format!("{path}:{line}:{shown}"), header));
        let annotations = marks.iter().zip(excerpt.ranges).map(|(mark, range)| match mark.label {
            Some(label) => AnnotationKind::Context.span(range).label(one_line(label)),
            None => AnnotationKind::Primary.span(range),
        });
        let snippet = Snippet::source(excerpt.text).line_start(excerpt.first_line).path(path);
        (InFile::ExcerptLines(snippet.annotations(annotations)), moved)
    }

    fn text(&self, path: &str) -> Option<Arc<ExcerptLines>> {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = texts.get(path) {
            return known.clone();
        }
        let lines = (self.read)(path).map(|text| Arc::new(ExcerptLines::of(text)));
        texts.insert(path.to_owned(), lines.clone());
        lines
    }
}

/// What is shown of one file.
enum InFile<'a> {
    ExcerptLines(Snippet<'a, Annotation<'a>>),
    Place(Origin<'a>),
}

/// A place as it is written, and as it should be.
type Moved = (String, String);

/// A place in a file; the finding's own has no label.
#[derive(Clone, Debug)]
struct Underline<'a> {
    start: (u32, u32),
    end: (u32, u32),
    label: Option<&'a str>,
}

/// The finding's own file first, then the others in the order in which they are named.
fn by_file(finding: &ReportedFinding) -> Vec<(&str, Vec<Underline<'_>>)> {
    let mut files = vec![(finding.path.as_str(), vec![underline(finding.at, None)])];
    for related in finding.related.iter().take(RELATED) {
        let mark = underline(related.at, Some(&related.message));
        match files.iter_mut().find(|(path, _)| *path == related.path) {
            Some((_, marks)) => marks.push(mark),
            None => files.push((&related.path, vec![mark])),
        }
    }
    files
}

fn underline(at: ReportedRange, label: Option<&str>) -> Underline<'_> {
    Underline { start: (at.line, at.column), end: (at.end_line, at.end_column), label }
}

/// The lines around some places. Lines far from every place are empty, for they are not shown.
#[derive(Debug, PartialEq)]
struct Excerpt {
    text: String,
    first_line: usize,
    ranges: Vec<Range<usize>>,
}

impl Excerpt {
    /// `None` where a place is not in the text, so that the text is not the one it was found in.
    fn new(lines: &ExcerptLines, marks: &[Underline<'_>]) -> Option<Excerpt> {
        let marks: Vec<Underline<'_>> = marks.iter().map(|mark| clamp(mark, lines.len())).collect();
        let first = marks.iter().map(|mark| mark.start.0).min()?;
        let last = marks.iter().map(|mark| mark.end.0).max()?;
        let mut out = String::new();
        let mut ranges = vec![0..0; marks.len()];
        for number in first..=last {
            let line = lines.line(number)?;
            let here = |mark: &&Underline<'_>| mark.start.0 <= number && number <= mark.end.0;
            let near =
                |mark: &&Underline<'_>| mark.start.0 <= number + 2 && number <= mark.end.0 + 2;
            let cut = match marks.iter().find(here).or_else(|| marks.iter().find(near)) {
                Some(mark) => Cut::new(line, if mark.start.0 == number { mark.start.1 } else { 1 }),
                None => Cut::new("", 1),
            };
            for (mark, range) in marks.iter().zip(&mut ranges) {
                if mark.start.0 == number {
                    range.start = out.len() + cut.offset(mark.start.1);
                }
                if mark.end.0 == number {
                    range.end = out.len() + cut.offset(mark.end.1);
                }
            }
            out.push_str(&cut.text);
            out.push('\n');
        }
        ranges.iter_mut().for_each(|range| range.end = range.end.max(range.start));
        Some(Excerpt { text: out, first_line: first as usize, ranges })
    }
}

impl Excerpt {
    /// In which column of the excerpt a place begins.
    fn column(&self, mark: usize) -> usize {
        let before = &self.text[..self.ranges[mark].start];
        let line = before.rfind('\n').map_or(0, |end| end + 1);
        before[line..].chars().count() + 1
    }
}

/// The place without what lies beyond the text, and not longer than a few lines.
fn clamp<'a>(mark: &Underline<'a>, last: u32) -> Underline<'a> {
    let start = (mark.start.0.clamp(1, last), mark.start.1);
    let mut end = (mark.end.0.clamp(start.0, last), mark.end.1);
    if end.0 >= start.0 + LINES_OF_A_RANGE {
        end = (start.0 + LINES_OF_A_RANGE - 1, u32::MAX);
    } else if end.0 > start.0 && end.1 == 1 {
        // The range ends with a line break: its last line is the one before.
        end = (end.0 - 1, u32::MAX);
    }
    Underline { start, end, label: mark.label }
}

/// The lines of a text as positions count them, without line breaks and byte order mark. Where they
/// begin is found once for all excerpts of the text.
struct ExcerptLines {
    text: Arc<str>,
    starts: Vec<usize>,
}

impl ExcerptLines {
    fn of(text: Arc<str>) -> ExcerptLines {
        let first = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let starts = text.match_indices('\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(first).chain(starts).collect();
        ExcerptLines { text, starts }
    }

    /// How many there are.
    fn len(&self) -> u32 {
        u32::try_from(self.starts.len()).unwrap_or(u32::MAX)
    }

    /// One line, the first being 1.
    fn line(&self, number: u32) -> Option<&str> {
        let at = (number as usize).checked_sub(1)?;
        let start = *self.starts.get(at)?;
        let end = self.starts.get(at + 1).map_or(self.text.len(), |next| next - 1);
        let line = self.text.get(start..end)?;
        Some(line.strip_suffix('\r').unwrap_or(line))
    }
}

/// A line as it is shown: all of it, or the part around a place.
struct Cut {
    text: String,
    /// Characters left out at the beginning, less those written in their stead.
    skipped: usize,
}

impl Cut {
    fn new(line: &str, column: u32) -> Cut {
        let line = &output::lines(line);
        let n_chars = line.chars().count();
        if n_chars <= LINE_LIMIT {
            return Cut { text: line.to_string(), skipped: 0 };
        }
        let at = (column as usize).saturating_sub(1).min(n_chars);
        let from = at.saturating_sub(BEFORE);
        let from = if from < 2 { 0 } else { from };
        let mut text = String::from(if from > 0 { "…" } else { "" });
        text.extend(line.chars().skip(from).take(LINE_LIMIT));
        if from + LINE_LIMIT < n_chars {
            text.push('…');
        }
        Cut { text, skipped: from.saturating_sub(1) }
    }

    /// Where a column of the line is in the text.
    fn offset(&self, column: u32) -> usize {
        let n = (column as usize).saturating_sub(1).saturating_sub(self.skipped);
        self.text.char_indices().nth(n).map_or(self.text.len(), |(offset, _)| offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::check::testing;

    fn mark(start: (u32, u32), end: (u32, u32)) -> Underline<'static> {
        Underline { start, end, label: None }
    }

    fn marked(text: &str, start: (u32, u32), end: (u32, u32)) -> String {
        let excerpt = Excerpt::new(&ExcerptLines::of(text.into()), &[mark(start, end)])
            .expect("the place is in the text");
        excerpt.text[excerpt.ranges[0].clone()].to_owned()
    }

    #[test]
    fn columns_count_characters_and_skip_the_byte_order_mark() {
        assert_eq!(marked("\u{feff}日本 [X]\r\nnext", (1, 4), (1, 7)), "[X]");
        assert_eq!(marked("a\tb\n\u{1f600}c\r\n", (2, 2), (2, 3)), "c");
    }

    #[test]
    fn an_empty_range_and_one_beyond_the_end_are_shown_where_the_text_ends() {
        assert_eq!(marked("abc", (1, 4), (1, 4)), "");
        assert_eq!(marked("abc", (7, 4), (9, 1)), "");
        assert_eq!(marked("", (1, 1), (1, 1)), "");
    }

    #[test]
    fn a_very_long_line_is_cut_around_the_place() {
        let line = format!("{}[HERE]{}", "x".repeat(5000), "y".repeat(5000));
        assert_eq!(marked(&line, (1, 5001), (1, 5007)), "[HERE]");
        let excerpt = Excerpt::new(&ExcerptLines::of(line.into()), &[mark((1, 5001), (1, 5007))])
            .expect("a place");
        assert!(excerpt.text.chars().count() < 200, "{}", excerpt.text);
    }

    #[test]
    fn a_long_range_is_shown_by_its_first_lines() {
        let text = "one\ntwo\nthree\nfour\nfive\nsix\n";
        assert_eq!(marked(text, (1, 1), (6, 4)), "one\ntwo\nthree\nfour");
        assert_eq!(marked(text, (2, 1), (3, 1)), "two");
    }

    #[test]
    fn tabs_and_wide_characters_keep_the_underline_under_its_text() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(dir.path().join("a.md"), "-\t日本: [X]\r\n").expect("the file");
        let mut finding = testing::report().diagnostics.remove(0);
        finding.related.clear();
        finding.path = "a.md".into();
        finding.at = ReportedRange { line: 1, column: 7, end_line: 1, end_column: 10 };
        let shown = Excerpts::new(dir.path(), &Output::new()).show(&finding);
        let shown = anstream::adapter::strip_str(&shown).to_string();
        assert!(shown.ends_with("1 | -    日本: [X]\n  |            ^^^"), "{shown}");
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named_with_its_place() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let shown =
            Excerpts::new(dir.path(), &Output::new()).show(&testing::report().diagnostics[0]);
        let shown = anstream::adapter::strip_str(&shown).to_string();
        assert!(shown.contains("--> specs/my, [x]:TODO.md:3:15"), "{shown}");
        assert!(shown.contains("specs/state.json:5:17"), "{shown}");
    }

    #[test]
    fn a_place_in_a_cut_line_is_named_by_its_real_column() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let text = format!("{}[HERE]{}", "x".repeat(900), "y".repeat(900));
        std::fs::write(dir.path().join("a.md"), text).expect("the file");
        let mut finding = testing::report().diagnostics.remove(0);
        finding.related.clear();
        finding.path = "a.md".into();
        finding.at = ReportedRange { line: 1, column: 901, end_line: 1, end_column: 907 };
        let shown = Excerpts::new(dir.path(), &Output::new()).show(&finding);
        let shown = anstream::adapter::strip_str(&shown).to_string();
        assert!(shown.contains("--> a.md:1:901\n"), "{shown}");
    }
}

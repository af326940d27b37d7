//! Keys of the front matter: `dependencies: []`.

use crate::analysis::Analysis;
use crate::completion::Line;
use crate::completion::fields::{FieldSlot, FieldText, has, status_for};
use crate::index::{DocIdx, Place};
use crate::model::{Document, FieldRole};
use crate::text::TextRange;

/// The key that is typed in the front matter; `Some(None)` where it is none that may be offered, `None`
/// outside of it.
pub(super) fn find(analysis: &Analysis, doc: DocIdx, line: &Line) -> Option<Option<FieldSlot>> {
    let document = &*analysis.index.docs[doc];
    is_inside(document, line).then(|| slot(analysis, doc, line))
}

/// Whether a line is between the two lines of dashes at the begin of a document.
pub(in crate::completion) fn is_inside(document: &Document, line: &Line) -> bool {
    let is_rule = |nth: u32| {
        let range = document.lines.line_range(nth).bytes();
        matches!(document.text.copy(range).trim_start_matches('\u{feff}').trim_end(), "---" | "...")
    };
    let nth = document.lines.line_col(line.offset).line;
    let n_lines = document.lines.n_lines();
    nth > 0
        && is_rule(0)
        && !(1..=nth).any(is_rule)
        && (nth + 1..n_lines.min(nth + 200)).any(is_rule)
}

fn slot(analysis: &Analysis, doc: DocIdx, line: &Line) -> Option<FieldSlot> {
    let document = &*analysis.index.docs[doc];
    let place = Place { doc, entity: 0 };
    let rule = document.role().document.as_ref()?;
    let own = document.facts.entities.first().filter(|_| analysis.index.is_document(place))?;
    let is_key = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let typed = line.before.clone();
    if !line.behind.trim().is_empty() || !typed.chars().all(is_key) {
        return None;
    }
    let written = |name: &str| {
        let head = document.text.copy(0..document.text.len().min(64 * 1024));
        head.lines().skip(1).take_while(|it| !matches!(it.trim_end(), "---" | "...")).any(|it| {
            let key = it.split_once(':').map(|(key, _)| key.trim().trim_matches(['"', '\'']));
            key.is_some_and(|key| key.eq_ignore_ascii_case(name))
        })
    };
    let mut fields = Vec::new();
    let mut push = |name: &str, value: &str, detail| {
        let (text, is_status) = (format!("{name}: {value}"), detail == "status");
        fields.push(FieldText { name: name.to_owned(), text, detail, is_status });
    };
    if let (Some(name), Some(def)) = (&rule.front_matter, status_for(analysis, place))
        && !written(name)
    {
        let markers = &document.profile.markers;
        let is_word = markers.open.is_empty() && markers.close.is_empty();
        push(name, if is_word { &def.marker } else { &def.json }, "status");
    }
    let names = &document.profile.fields;
    let lacks = |names: &[String], role: &FieldRole| {
        !has(document, place, role) && !names.iter().any(|name| written(name))
    };
    if own.depends.is_empty() && lacks(&names.dependencies, &FieldRole::Dependencies) {
        names.dependencies.iter().take(1).for_each(|it| push(it, "[]", "what it depends on"));
    }
    if lacks(&names.parent, &FieldRole::Parent) {
        names.parent.iter().take(1).for_each(|it| push(it, "", "what it is part of"));
    }
    let range = TextRange::new(line.start, line.offset);
    Some(FieldSlot { place, range, typed, untyped: range, fields })
}

//! Links to the headings that get other words: `TODO.md#7-add-login`.

use std::collections::{BTreeMap, HashMap};

use crate::analysis::Analysis;
use crate::index::DocIdx;
use crate::mentions;
use crate::model::{Document, link_path};
use crate::operation::rename::Edits;
use crate::profile::Format;
use crate::syntax::markdown::Markdown;
use crate::text::TextRange;
use crate::text::text_edit::{TextEdit, TextEdits};

/// The anchors of a document that become others.
type Renamed = BTreeMap<String, String>;

/// Adds the edits of links, in files that are no history, to headings whose words are edited.
pub(super) fn edits(state: &Analysis, edits: &mut Edits) {
    let links = |document: &Document| ["](#", ".md#"].iter().any(|it| document.text.contains(it));
    if !state.index.docs.iter().any(|document| links(document)) {
        return;
    }
    let renamed: BTreeMap<DocIdx, Renamed> = edits
        .iter()
        .filter_map(|(doc, edits)| Some((*doc, renamed(&state.index.docs[*doc], edits)?)))
        .filter(|(_, renamed)| !renamed.is_empty())
        .collect();
    if renamed.is_empty() {
        return;
    }
    let anchors: Vec<String> =
        renamed.values().flat_map(|all| all.keys()).map(|anchor| format!("#{anchor}")).collect();
    for (doc, document) in state.index.docs.iter().enumerate() {
        let is_read = document.role().format == Format::Markdown && !document.facts.history;
        if !is_read || !anchors.iter().any(|anchor| document.text.contains(anchor.as_str())) {
            continue;
        }
        let text = document.text.whole();
        for link in Markdown::parse(text).links {
            let edit = respelled(state, (doc, document), link.target, &renamed);
            let own = edits.entry(doc).or_default();
            let is_free = |edit: &TextEdit| !own.iter().any(|it| it.range.intersects(edit.range));
            if let Some(edit) = edit.filter(is_free) {
                own.push(edit);
            }
        }
    }
    edits.retain(|_, edits| !edits.is_empty());
}

/// The edit of a link that leads to one of the anchors.
fn respelled(
    state: &Analysis,
    (doc, document): (DocIdx, &Document),
    target: TextRange,
    renamed: &BTreeMap<DocIdx, Renamed>,
) -> Option<TextEdit> {
    let raw = target.of(&document.text).to_owned();
    let (path, anchor) = raw.split_once('#')?;
    let goal = match path.trim_start_matches('<') {
        "" => doc,
        _ => state.index.document(&mentions::file(state, document, &link_path(&raw)?)?)?.0,
    };
    let length = anchor.trim_end_matches('>').len();
    let new = renamed.get(&goal)?.get(&anchor[..length])?;
    let start = target.start as usize + path.len() + 1;
    Some(TextEdit { range: TextRange::new(start, start + length), insert: new.clone() })
}

/// The anchors of the headings that edits give other words; `None` where that is not certain.
fn renamed(document: &Document, edits: &[TextEdit]) -> Option<Renamed> {
    if document.role().format != Format::Markdown {
        return None;
    }
    let edits = TextEdits::new(edits.to_vec()).ok()?;
    let (before, after) = (anchors(document.text.whole()), anchors(&edits.apply(&document.text)));
    if before.len() != after.len() {
        return None;
    }
    let mut renamed = Renamed::new();
    for (old, new) in before.into_iter().zip(after) {
        if let (Some(old), Some(new)) = (old, new)
            && old != new
        {
            renamed.insert(old, new);
        }
    }
    Some(renamed)
}

/// The anchors of all headings, as GitHub makes them; `None` of one that is not certain.
fn anchors(text: &str) -> Vec<Option<String>> {
    let headings = Markdown::parse(text).headings;
    let plain: Vec<Option<String>> =
        headings.iter().map(|heading| anchor(heading.text.of(text))).collect();
    // Of headings with the same words the later ones are numbered, and renumbered when one goes.
    let mut counts: HashMap<&str, usize> = HashMap::new();
    plain.iter().flatten().for_each(|own| *counts.entry(own).or_default() += 1);
    let is_certain = plain.iter().all(Option::is_some);
    let is_one = |own: &String| is_certain && counts.get(own.as_str()) == Some(&1);
    plain.iter().map(|own| own.clone().filter(is_one)).collect()
}

/// The anchor of a heading; `None` where its words are more than letters and signs.
fn anchor(heading: &str) -> Option<String> {
    // Links, HTML, escapes, code, emphasis, `:smile:` and anchors of one's own are read in many ways.
    let is_named = |it: &str| it.contains(':') && !it.ends_with(':');
    if heading.contains("](")
        || heading.contains(['<', '&', '\\', '`', '*', '_', '{'])
        || heading.split(' ').any(is_named)
    {
        return None;
    }
    let words = heading.trim().to_lowercase();
    let letters = words.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    Some(letters.map(|c| if c == ' ' { '-' } else { c }).collect())
}

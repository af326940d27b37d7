//! Real documents, changed at random: what is taken over from the state before is what reading all
//! anew gives.

use std::sync::Arc;

use lockstep::workspace::local::LocalWorkspace;
use lockstep_analysis::model::Document;
use lockstep_analysis::{Analysis, AnalysisHost, Change};

use crate::support::report::{Chance, Summary, count};
use crate::support::repository::corpora;

/// What is put in the place of what stands there.
const WORDS: [&str; 14] = [
    "[COMPLETED]",
    "[IN PROGRESS]",
    "\"completed\"",
    "planned",
    "7",
    "",
    " ",
    "x",
    "\n",
    "# ",
    "- [ ] ",
    "```",
    "}",
    "<",
];

/// The text with some characters at random replaced by a word, or a status by another.
fn changed(text: &str, chance: &mut Chance) -> String {
    let mut at = chance.below(text.len() as u64) as usize;
    if chance.below(3) == 0 {
        // A status is what is changed most.
        at = text[floor(text, at)..].find("tatus").map_or(at, |found| floor(text, at) + found + 5);
    }
    let start = floor(text, at);
    let end = floor(text, (start + chance.below(12) as usize).min(text.len()));
    let word = WORDS[chance.below(WORDS.len() as u64) as usize];
    format!("{}{word}{}", &text[..start], &text[end.max(start)..])
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn fresh(analysis: &Analysis) -> Analysis {
    let mut host = AnalysisHost::new(analysis.profile.clone(), (*analysis.config).clone());
    let files = analysis.index.docs.iter().map(|it| (it.path.clone(), Some(it.content())));
    host.apply_change(Change { files: files.collect(), ..Change::default() });
    host.analysis()
}

#[test]
fn a_real_document_with_a_change_says_what_it_says_when_it_is_read_anew() {
    let Some(corpora) = corpora() else { return };
    let mut chance = Chance::new();
    let summary = Summary::new("changes of real documents", &chance);
    let (mut changes, mut states) = (0, 0);
    for name in ["opencode", "specs"] {
        let workspace = LocalWorkspace::open(&corpora.join(name)).expect("the corpus opens");
        let analysis = fresh(workspace.analysis());
        let large = analysis.index.docs.iter().filter(|it| it.text.len() > 16 * 1024);
        let large: Vec<Arc<Document>> = large.cloned().collect();
        for _ in 0..count(60, 4_000) {
            let old = &large[chance.below(large.len() as u64) as usize];
            let text: Arc<str> = changed(&old.text, &mut chance).into();
            let now = old.with_text(text.clone()).expect("a document");
            let whole = Document::read(&analysis.profile, &old.path, text, old.facts.stray);
            let whole = whole.expect("a document");
            assert!(format!("{now:?}") == format!("{whole:?}"), "{}: {summary:?}", old.path);
            changes += 1;
        }
        let mut host = AnalysisHost::new(analysis.profile.clone(), (*analysis.config).clone());
        let files = analysis.index.docs.iter().map(|it| (it.path.clone(), Some(it.content())));
        host.apply_change(Change { files: files.collect(), ..Change::default() });
        for _ in 0..count(4, 100) {
            for _ in 0..=chance.below(3) {
                let now = host.analysis();
                let doc = &now.index.docs[chance.below(now.index.docs.len() as u64) as usize];
                let text = Some(changed(&doc.text, &mut chance).into());
                let files = vec![(doc.path.clone(), text)];
                host.apply_change(Change { files, ..Change::default() });
            }
            let (now, anew) = (host.analysis(), fresh(&host.analysis()));
            assert!(now.diagnostics() == anew.diagnostics(), "{name}: {summary:?}");
            let (now, anew) = (format!("{:?}", now.index.tasks), format!("{:?}", anew.index.tasks));
            assert!(now == anew, "{name}: {summary:?}");
            states += 1;
        }
    }
    summary.with("changes", changes).with("states", states).tell();
}

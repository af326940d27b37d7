//! The words in which a status is written: those that the places beside it use for it, else the profile's
//! in their letters.

mod legend;

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::change::form;
use crate::index::{Index, Place, Spot};
use crate::profile::vocabulary::{StatusDef, StatusIdx, Vocabulary, normalise};
use crate::profile::{EntityKind, Format, languages};
use crate::syntax::json::rewrite::quote;
use crate::syntax::json::{Json, JsonKind, JsonValue};

/// Entities of the file that are looked at on either side.
const NEAR: usize = 200;

/// Documents that are looked at on either side, and places in each.
const SIBLINGS: (usize, usize) = (100, 8);

/// Where a file says one status more often, it is written in the words of the profile.
const TWINS: usize = 32;

/// How many places are asked.
const ENOUGH: usize = 24;

/// A status with the word that is to be written in a place of it. Where the file says it again in the same
/// letters, and would get another word there, both get that of the profile.
pub(super) fn as_beside<'d>(
    index: &Index,
    spot: &Spot<'_>,
    to: StatusIdx,
    own: Cow<'d, StatusDef>,
) -> Cow<'d, StatusDef> {
    if spot.vocabulary().get(to).exact {
        return own;
    }
    let Some(old) = form(spot).words() else { return own };
    if index.spots(spot.place).nth(TWINS).is_some() {
        return own;
    }
    let word = found(index, spot, (to, &own)).filter(|word| {
        let spelled = |other: &Spot<'_>| {
            let (words, old) = (other.occurrence.carrier.words?, form(other).words()?);
            let found = found(index, other, (to, &own));
            Some(found.unwrap_or_else(|| (words.like)(&own, old)))
        };
        let is_as_here = |other: &Spot<'_>| form(other).words().map(letters) == Some(letters(old));
        let beside = index.spots(spot.place).filter(|it| it.occurrence != spot.occurrence);
        let mut others = beside.filter(is_as_here).filter_map(|it| spelled(&it));
        others.all(|other| other == *word)
    });
    let vocabulary = spot.vocabulary();
    let fits = |word: &String| is_in_form(spot, word) && vocabulary.lookup(word) == Some(to);
    match word.filter(fits) {
        Some(word) => Cow::Owned(StatusDef {
            marker: word.clone(),
            json: word,
            exact: true,
            ..own.into_owned()
        }),
        None => own,
    }
}

/// A status in the spelling that somebody typed, in the letters of the profile's own.
pub(super) fn as_typed<'d>(
    vocabulary: &Vocabulary,
    to: StatusIdx,
    own: Cow<'d, StatusDef>,
    typed: &str,
) -> Cow<'d, StatusDef> {
    let is_typed = |word: &&String| normalise(word) == normalise(typed);
    let spelled = own.spellings.iter().find(is_typed).cloned();
    let is_plain = !own.exact && vocabulary.lookup(typed) == Some(to);
    let Some(word) = spelled.filter(|word| is_plain && !vocabulary.is_name(&own, word)) else {
        return own;
    };
    let marker = match letters(&own.marker) {
        Some(LetterCase::Capitals) => word.to_uppercase(),
        Some(LetterCase::CapitalFirst) => capitalised(&word),
        _ => word.clone(),
    };
    Cow::Owned(StatusDef { marker, json: StatusDef::json_name(&word), ..own.into_owned() })
}

fn capitalised(word: &str) -> String {
    let mut rest = word.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    first.chain(rest).collect()
}

/// The word that the places around it have for the status, or the profile's in the letters of theirs; not
/// where the files of its role have a word of their own.
fn found(index: &Index, spot: &Spot<'_>, (to, own): (StatusIdx, &StatusDef)) -> Option<String> {
    let words = spot.occurrence.carrier.words?;
    let old = form(spot).words()?;
    let is_translated = spot.vocabulary().is_translated(old);
    let like = || Some((words.like)(own, &model(index, spot, old).filter(|_| !own.exact)?));
    let said = (to, own);
    let beside = written(index, spot, said, old).or_else(|| at_others(index, spot, said, old));
    let told = beside.or_else(|| explained(index, spot, said, old)).or_else(|| listed(spot, own));
    let told = told.or_else(|| as_trusted(index, spot, own, old));
    told.or_else(|| like().filter(|_| !is_translated))
}

/// The word that the trusted place of the task gets, where it and this one have the same word now.
fn as_trusted(index: &Index, spot: &Spot<'_>, own: &StatusDef, old: &str) -> Option<String> {
    let task = index.task_at(spot.place).filter(|_| spot.entity.kind == EntityKind::Task)?;
    let trusted = index.authority(task).filter(|it| it.place != spot.place)?;
    let is_like = Arc::ptr_eq(&trusted.document.profile, &spot.document.profile)
        && form(&trusted).words() == Some(old)
        && !own.exact
        && !spot.vocabulary().is_translated(old);
    let words = trusted.occurrence.carrier.words.filter(|_| is_like)?;
    let model = model(index, &trusted, old);
    Some((words.like)(own, model.as_deref().unwrap_or(old)))
}

/// The one word for the status that a file with the task explains, in the letters of the old one.
fn explained(
    index: &Index,
    spot: &Spot<'_>,
    (to, def): (StatusIdx, &StatusDef),
    old: &str,
) -> Option<String> {
    let task = index.task_at(spot.place).filter(|_| spot.entity.kind == EntityKind::Task)?;
    let vocabulary = spot.vocabulary();
    let mut docs: Vec<usize> = task.places.iter().map(|place| place.doc).collect();
    docs.dedup();
    let is_like = |doc: &usize| Arc::ptr_eq(&index.docs[*doc].profile, &spot.document.profile);
    let is_markdown = |doc: &usize| index.docs[*doc].role().format == Format::Markdown;
    docs.into_iter().filter(|doc| is_like(doc) && is_markdown(doc)).find_map(|doc| {
        let text = &index.docs[doc].text;
        let text = text.copy(0..text.len());
        let is_of_statuses = |words: &Vec<&str>| {
            let known = words.iter().filter(|word| vocabulary.lookup(word).is_some()).count();
            known > 1 && known * 2 > words.len()
        };
        legend::explained(&text).into_iter().filter(is_of_statuses).find_map(|words| {
            let says = |word: &&str| vocabulary.lookup(word) == Some(to);
            let mut said = words.into_iter().filter(says);
            let word = said.next().filter(|_| said.next().is_none())?;
            let fits = letters(word) == letters(old) && vocabulary.says_just(def, word);
            fits.then(|| word.to_owned())
        })
    })
}

/// The word that is written in another place of the task, as the places beside that have it, where it has
/// the letters of the old one.
fn at_others(
    index: &Index,
    spot: &Spot<'_>,
    said: (StatusIdx, &StatusDef),
    old: &str,
) -> Option<String> {
    let task = index.task_at(spot.place).filter(|_| spot.entity.kind == EntityKind::Task)?;
    let is_like = |other: &Spot<'_>| {
        other.entity.what() == spot.entity.what()
            && other.document.role().format == spot.document.role().format
            && Arc::ptr_eq(&other.document.profile, &spot.document.profile)
    };
    let places = task.places.iter().filter(|place| **place != spot.place);
    let mut others = places.flat_map(|place| index.spots(*place)).filter(is_like);
    let fits =
        |word: &String| letters(word) == letters(old) && word.contains('_') <= old.contains('_');
    others.find_map(|other| written(index, &other, said, form(&other).words()?).filter(fits))
}

/// The one spelling of a status that a file in JSON names before its records, as in a legend, where it does not
/// name the profile's.
fn listed(spot: &Spot<'_>, own: &StatusDef) -> Option<String> {
    let document = &spot.document;
    if document.role().format != Format::Json || own.spellings.is_empty() || own.exact {
        return None;
    }
    let first = document.facts.entities.iter().map(|it| it.range.start).min()?;
    let head = document.text.copy(0..first as usize);
    if !own.spellings.iter().any(|word| head.contains(&quote(word))) {
        return None;
    }
    let json = Json::parse(&document.text);
    let mut legend = Vec::new();
    legend_words(json.root.as_ref()?, first, spot.vocabulary(), &mut legend);
    let names = |word: &&String| legend.contains(word);
    let mut spelled = own.spellings.iter().filter(names);
    let word = spelled.next().filter(|_| !names(&&own.json))?;
    spelled.next().is_none().then(|| word.clone())
}

/// The words of legends before `end`: the keys of an object, or a list of texts, of which several are statuses.
fn legend_words(value: &JsonValue, end: u32, vocabulary: &Vocabulary, words: &mut Vec<String>) {
    let mut add = |all: Vec<&str>| {
        let mut statuses: Vec<_> = all.iter().filter_map(|it| vocabulary.lookup(it)).collect();
        statuses.sort_unstable();
        statuses.dedup();
        if statuses.len() > 1 {
            words.extend(all.into_iter().map(str::to_owned));
        }
    };
    match &value.kind {
        JsonKind::Array(items) if value.range.end <= end => {
            let texts: Option<Vec<&str>> = items.iter().map(JsonValue::as_str).collect();
            add(texts.unwrap_or_default());
        }
        JsonKind::Object(members) => {
            if value.range.end <= end {
                add(members.iter().map(|member| &*member.key).collect());
            }
            let before = members.iter().filter(|member| member.value.range.start < end);
            for member in before {
                legend_words(&member.value, end, vocabulary, words);
            }
        }
        _ => {}
    }
}

/// Whether a word is in capitals, where the profile has them so, whatever stands beside it.
fn is_in_form(spot: &Spot<'_>, word: &str) -> bool {
    let is_upper = spot.document.profile.markers.upper;
    !(is_upper && word.contains(|c: char| c.is_lowercase() || c == '_'))
}

/// How the places beside it spell the status, where they say it and no more: those in the file, else those
/// in the files of its role. Of several words those in the letters of the old one count.
fn written(
    index: &Index,
    spot: &Spot<'_>,
    (to, def): (StatusIdx, &StatusDef),
    old: &str,
) -> Option<String> {
    let vocabulary = spot.vocabulary();
    let is_translated = vocabulary.is_translated(old);
    let fits = |word: &str| {
        let is_of_language = vocabulary.is_translated(word) == is_translated
            && (!is_translated || languages::are_of_one(word, old));
        is_of_language && vocabulary.says_just(def, word) && is_in_form(spot, word)
    };
    let arounds: [(bool, AskAround); 2] = [(true, in_file), (false, in_siblings)];
    for (around_here, around) in arounds {
        let mut found = Vec::new();
        let _ = around(index, spot, &mut |beside| {
            let word = form(beside).words().filter(|_| beside.status() == Some(to));
            found.extend(word.filter(|word| fits(word)).map(str::to_owned));
            if found.len() < ENOUGH { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        if found.iter().any(|word| letters(word) == letters(old)) {
            found.retain(|word| letters(word) == letters(old));
        }
        let times = |word: &String| found.iter().filter(|it| *it == word).count();
        // Of those that stand as often, the nearest.
        let most = found.iter().rev().max_by_key(|word| times(word));
        // What one other file says is no habit, where a list has the name of the status.
        let is_name = |word: &&String| vocabulary.is_name(def, word);
        let is_rare = |word: &&String| !around_here && times(word) == 1 && !is_name(word);
        if most.filter(is_rare).is_some() && is_named_in_list(index, spot, (to, def)) {
            let name = || Some((spot.occurrence.carrier.words?.like)(def, old));
            return found.iter().find(is_name).cloned().or_else(name);
        }
        if most.is_some() {
            return most.cloned();
        }
    }
    None
}

/// Whose letters a word is written in: those of the word that it replaces, unless those beside it are all
/// written otherwise; and of words in the same letters one that parts two.
fn model(index: &Index, spot: &Spot<'_>, old: &str) -> Option<String> {
    for around in [in_file, in_siblings] {
        let mut others: Vec<String> = Vec::new();
        let mut asked = 0;
        let _ = around(index, spot, &mut |beside| {
            asked += 1;
            let word = form(beside).words().filter(|_| beside.status().is_some());
            let word = word.filter(|word| *word != old && letters(word).is_some());
            let is_new = |word: &&str| !others.iter().any(|it| it == word);
            others.extend(word.filter(is_new).map(str::to_owned));
            if asked < ENOUGH { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        let Some(said) = others.first().and_then(|word| letters(word)) else { continue };
        if others.iter().any(|word| letters(word) != Some(said)) {
            return None;
        }
        let is_parted = |word: &str| word.contains([' ', '-', '_']);
        let parted = || others.iter().find(|word| is_parted(word)).cloned();
        return match letters(old) == Some(said) {
            true => parted().filter(|_| !is_parted(old)),
            false if others.len() > 1 => parted().or(others.first().cloned()),
            false => None,
        };
    }
    None
}

/// How a word is written: in capitals, with one first, or in small letters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LetterCase {
    Capitals,
    CapitalFirst,
    Small,
}

fn letters(word: &str) -> Option<LetterCase> {
    let mut all = word.chars().filter(|c| c.is_alphabetic());
    let is_capital = all.next()?.is_uppercase();
    Some(match (is_capital, all.any(char::is_lowercase)) {
        (false, _) => LetterCase::Small,
        (true, true) => LetterCase::CapitalFirst,
        (true, false) => LetterCase::Capitals,
    })
}

/// Whether a list that the task stands in calls the status by its name.
fn is_named_in_list(index: &Index, spot: &Spot<'_>, (to, def): (StatusIdx, &StatusDef)) -> bool {
    let task =
        index.task_at(spot.place).filter(|_| spot.document.role().format == Format::Markdown);
    let places = task.map_or(&[][..], |task| &task.places);
    let in_lists = places.iter().filter(|at| index.docs[at.doc].role().format != Format::Markdown);
    in_lists.flat_map(|at| index.spots(*at)).any(|own| {
        let is_named = |spot: &Spot<'_>| {
            let word = spot.occurrence.reading.word.of(&spot.document.text);
            spot.status() == Some(to) && spot.vocabulary().is_name(def, word.trim_matches('"'))
        };
        let mut ask = |beside: &Spot<'_>| match is_named(beside) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        is_named(&own) || in_file(index, &own, &mut ask).is_break()
    })
}

/// Asks places around one, the nearest first, until that is enough.
type AskAround = fn(&Index, &Spot<'_>, Ask<'_>) -> ControlFlow<()>;

type Ask<'f> = &'f mut dyn FnMut(&Spot<'_>) -> ControlFlow<()>;

/// The places of the same form in the same file, the nearest first.
fn in_file(index: &Index, spot: &Spot<'_>, ask: Ask<'_>) -> ControlFlow<()> {
    let n = spot.document.facts.entities.len();
    let own = spot.place.entity;
    for far in 1..=NEAR {
        let near = [own.checked_sub(far), Some(own + far).filter(|at| *at < n)];
        for entity in near.into_iter().flatten() {
            alike(index, spot, Place { entity, ..spot.place }, ask)?;
        }
    }
    ControlFlow::Continue(())
}

/// The places of the same form in files of the same role, the nearest first.
fn in_siblings(index: &Index, spot: &Spot<'_>, ask: Ask<'_>) -> ControlFlow<()> {
    let (n, own) = (index.docs.len(), spot.place.doc);
    for far in 1..=SIBLINGS.0 {
        let near = [own.checked_sub(far), Some(own + far).filter(|at| *at < n)];
        for doc in near.into_iter().flatten() {
            let document = &index.docs[doc];
            let is_sibling = document.facts.role == spot.document.facts.role
                && Arc::ptr_eq(&document.profile, &spot.document.profile);
            let entities = document.facts.entities.len().min(SIBLINGS.1);
            for entity in (0..entities).filter(|_| is_sibling) {
                alike(index, spot, Place { doc, entity }, ask)?;
            }
        }
    }
    ControlFlow::Continue(())
}

/// The statuses at a place that are those of the same kind, in the same form.
fn alike(index: &Index, own: &Spot<'_>, place: Place, ask: Ask<'_>) -> ControlFlow<()> {
    if index.entity(place).what() != own.entity.what() {
        return ControlFlow::Continue(());
    }
    for spot in index.spots(place) {
        if spot.occurrence.carrier == own.occurrence.carrier {
            ask(&spot)?;
        }
    }
    ControlFlow::Continue(())
}

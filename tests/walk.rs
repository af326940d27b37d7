//! Walks over repositories by chance: generated ones of every shape, and parts of real ones where
//! these lie beside the project, most of them damaged. Whatever they look like, the laws hold.
//!
//! Case `n` is the same in every run; `LOCKSTEP_SEED=n` walks through that one alone.

mod black_box;
mod damage;
mod laws;
mod optimized;
mod real;
mod several;
mod transitions;
mod trees;
mod words;

use std::collections::BTreeMap;

use crate::support::report::{Chance, count};
use crate::support::repository::corpora;
use crate::walk::laws::Breach;
use crate::walk::real::Corpora;

/// Texts by path.
type Files = BTreeMap<String, String>;

/// A repository by chance.
fn repository(chance: &mut Chance, corpora: Option<&Corpora>) -> Files {
    let mut files = match (chance.below(6), corpora) {
        (0 | 1, Some(corpora)) => corpora.part(chance),
        (0..=4, _) => trees::numbered(chance.fork()),
        _ => trees::lists(chance.fork()),
    };
    if chance.below(4) != 0 {
        damage::damage(&mut files, chance);
    }
    files
}

/// The cases that are asked for: one, or this many.
fn cases(quick: u64, long: u64) -> Vec<u64> {
    let one = std::env::var("LOCKSTEP_SEED").ok().and_then(|seed| seed.parse().ok());
    one.map_or_else(|| (0..count(quick, long)).collect(), |case| vec![case])
}

fn walk(case: u64, corpora: Option<&Corpora>) -> Vec<Breach> {
    let mut chance = Chance::of(case);
    let files = repository(&mut chance, corpora);
    let before = laws::read(&files);
    let mut found = vec![laws::of_names(&before), laws::of_fix(&before)];
    found.extend(["drift", "stale-rollup"].map(|rule| laws::of_rule(&before, rule)));
    found.extend((0..3).map(|_| laws::of_set(&before, &mut chance)));
    found.into_iter().filter_map(Result::err).collect()
}

#[test]
fn whatever_a_repository_looks_like_the_laws_of_set_and_fix_hold() {
    let corpora = corpora().map(|folder| Corpora::open(&folder));
    let mut broken = Vec::new();
    for case in cases(250, 40_000) {
        let found = walk(case, corpora.as_ref()).into_iter();
        broken.extend(found.map(|it| format!("LOCKSTEP_SEED={case}: {}: {}", it.law, it.what)));
    }
    assert!(broken.is_empty(), "{} broken:\n{}", broken.len(), broken.join("\n"));
}

#[test]
fn in_real_repositories_each_name_means_one_task_phase_or_box() {
    let Some(folder) = corpora() else { return };
    let corpora = Corpora::open(&folder);
    let all = corpora.all().into_iter();
    let broken: Vec<String> = all
        .filter_map(|(root, files)| Some((root, laws::of_names(&laws::read(&files)).err()?)))
        .map(|(root, found)| format!("{}: {}", root.display(), found.what))
        .collect();
    assert!(broken.is_empty(), "{} broken:\n{}", broken.len(), broken.join("\n"));
}

//! A status for tasks, phases and single places.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::near::known_statuses;
use super::relocate::touched;
use super::{Code, Draft, Leave, Meant, Outcome, Refused, Verdict, Whose, Wish, meant, task_meant};
use crate::analysis::Analysis;
use crate::model::FilePath;

use crate::change::reason::{self, PLACEHOLDER};
use crate::change::{self, Intent, Mode, Subject};
use crate::index::Place;
use crate::profile::vocabulary::{StatusDef, StatusIdx, Vocabulary, normalise};
use crate::profile::{EntityKind, EntityType};
use crate::rules::unmet_dependency::new_unmet;
use crate::rules::{missing_artifact, unchecked_work};
use crate::task_view::{self, rev};

/// What somebody saw of a task, and says that it still is.
enum Seen {
    /// Its status.
    Status(StatusIdx),
    /// The name of what its places say.
    Rev(String),
}

/// How many dependencies are told of beside a result.
const MOST_UNMET: usize = 3;

impl Draft<'_> {
    /// One status for all of them. A word that is no status, and a status where a task should stand,
    /// are told before anything is planned.
    pub(super) fn set(
        &mut self,
        whose: &[Whose<'_>],
        wish: &Wish<'_>,
        atomic: bool,
    ) -> Result<(), Refused> {
        for one in whose {
            self.no_status_as_task(one)?;
            self.statuses(one, wish)?;
        }
        for (done, one) in whose.iter().enumerate() {
            (self.progress)(done, whose.len());
            self.want(one, wish);
        }
        self.finish(whose.len(), atomic);
        Ok(())
    }

    /// Each is planned on what those before it make. One that is wrong in itself is refused as one
    /// that does not fit is.
    pub(super) fn batch(&mut self, list: &[(Whose<'_>, Wish<'_>)], atomic: bool) {
        for (done, (whose, wish)) in list.iter().enumerate() {
            (self.progress)(done, list.len());
            self.want(whose, wish);
        }
        self.finish(list.len(), atomic);
    }

    fn finish(&mut self, n: usize, atomic: bool) {
        (self.progress)(n, n);
        if atomic {
            self.all_or_none();
        }
    }

    /// Does nothing where something was refused.
    fn all_or_none(&mut self) {
        if self.results.iter().all(|result| result.verdict != Verdict::Refused) {
            return;
        }
        self.pending = None;
        self.only = None;
        self.to_rev.clear();
        self.state = self.analysis.clone();
        self.texts.clear();
        self.moves.clear();
        self.folders.clear();
        for result in self.results.iter_mut().filter(|r| r.verdict == Verdict::Applied) {
            let (task, from) = (result.task.clone(), result.from.take());
            let message = "another task was refused, and --atomic changes all or none".to_owned();
            let why =
                Refused::new(Code::NotAllowed, message, "correct the other task, or leave it out");
            *result = Outcome::refused(&task, from, &result.to.clone(), why);
        }
    }

    /// Complains of a word that means a status and no task.
    fn no_status_as_task(&self, whose: &Whose<'_>) -> Result<(), Refused> {
        let (Whose::Task(id) | Whose::Phase(id, _) | Whose::Twin(id, _)) = whose else {
            return Ok(());
        };
        if self.analysis.task(id).is_some() || !self.analysis.instances.know_status(id) {
            return Ok(());
        }
        let message = format!("`{id}` is a status, not a task; nothing was changed");
        let remedy = "give the tasks, then one status; run the command once per status";
        Err(Refused::new(Code::Usage, message, remedy))
    }

    /// What has the status, and the words for it; of nobody, those of the main profile.
    fn words(&self, whose: &Whose<'_>) -> (EntityKind, Arc<Vocabulary>) {
        let index = &self.state.index;
        let part = |place: Place| (index.profile_at(place), index.entity(place).what());
        let (task_of, phase) =
            (EntityType::of(EntityKind::Task), EntityType::of(EntityKind::Phase));
        let (profile, what) = match whose {
            Whose::Task(id) | Whose::Twin(id, _) => match meant(&self.state, id) {
                Ok(Meant::Part(place)) => part(place),
                Ok(Meant::Task(task)) => (index.profile_of(task), task.what()),
                Err(_) => (&*self.state.profile, task_of),
            },
            Whose::Phase(id, _) => match task_meant(&self.state, id) {
                Ok(task) => (index.profile_of(task), phase),
                Err(_) => (&*self.state.profile, phase),
            },
            Whose::Place(place) => part(*place),
        };
        (what.kind, profile.shared_vocabulary(what))
    }

    /// The status that is wanted, and what is expected now.
    fn statuses(
        &self,
        whose: &Whose<'_>,
        wish: &Wish<'_>,
    ) -> Result<(StatusIdx, Option<Seen>), Refused> {
        let (kind, vocabulary) = self.words(whose);
        let status = |word: &str| {
            vocabulary.lookup(word).ok_or_else(|| {
                let known: Vec<&str> = vocabulary.iter().map(|(_, def)| def.id.as_str()).collect();
                let message = format!("unknown {} status `{word}`", kind.name());
                let remedy = known_statuses(vocabulary.nearest(word).as_ref(), &known);
                Refused::new(Code::UnknownStatus, message, remedy)
            })
        };
        let seen = |word: &str| match status(word) {
            Err(_) if rev::is_rev(word) => Ok(Seen::Rev(word.to_owned())),
            known => known.map(Seen::Status),
        };
        let expect = wish.expect.map(seen).transpose()?;
        Ok((status(wish.status)?, expect))
    }

    fn want(&mut self, whose: &Whose<'_>, wish: &Wish<'_>) {
        if let Err((from, why)) = self.try_want(whose, wish) {
            let (_, vocabulary) = self.words(whose);
            let to = vocabulary.lookup(wish.status);
            let to = to.map_or(wish.status, |to| &vocabulary.get(to).id);
            self.results.push(Outcome::refused(self.name(whose), from, to, why));
        }
    }

    /// What a result calls it.
    fn name<'w>(&self, whose: &Whose<'w>) -> &'w str {
        match whose {
            Whose::Task(id) | Whose::Phase(id, _) | Whose::Twin(id, _) => id,
            Whose::Place(_) => "",
        }
    }

    fn subject(&self, whose: &Whose<'_>) -> Result<Subject, Refused> {
        Ok(match whose {
            Whose::Task(id) | Whose::Twin(id, _) => match meant(&self.state, id)? {
                Meant::Task(task) => Subject::Task(task.id.clone()),
                Meant::Part(place) => Subject::at(&self.state, place),
            },
            Whose::Phase(id, number) => {
                Subject::Phase(task_meant(&self.state, id)?.id.clone(), (*number).to_owned())
            }
            Whose::Place(place) => Subject::Place(*place),
        })
    }

    /// Plans it, and says what becomes of it; the error is the status that it has now, and why not.
    fn try_want(
        &mut self,
        whose: &Whose<'_>,
        wish: &Wish<'_>,
    ) -> Result<(), (Option<String>, Refused)> {
        self.settle();
        if wish.reason.is_some_and(|reason| reason.trim() == PLACEHOLDER) {
            let message =
                format!("`{PLACEHOLDER}` stands where a reason is to be given, and is none");
            return Err((None, Refused::new(Code::NeedsReason, message, "add `--reason \"why\"`")));
        }
        if wish.force && wish.reason.is_none() {
            let message = "--force requires a reason".to_owned();
            return Err((
                None,
                Refused::new(Code::NeedsReason, message, "add `--reason \"why\"`; it is recorded"),
            ));
        }
        let (to, expect) = self.statuses(whose, wish).map_err(|why| (None, why))?;
        let subject = self.subject(whose).map_err(|why| (None, why))?;
        let (_, vocabulary) = self.words(whose);
        let name = |status: StatusIdx| vocabulary.get(status).id.clone();
        let now = self.now(&subject);
        if let Some(why) = self.is_held(&subject, wish) {
            return Err((now.map(name), why));
        }
        self.is_as_seen(&subject, expect, &vocabulary).map_err(|why| (now.map(name), why))?;
        let mode = if wish.force { Mode::Force } else { Mode::Transition };
        let placeholder = wish.to_fill_in.then_some(PLACEHOLDER);
        let reason = wish.reason.map(reason::in_one_line);
        let reason = reason.or_else(|| placeholder.map(str::to_owned));
        let at = self.at.to_owned();
        let about = subject.clone();
        let intent = Intent { subject, to, reason, at, mode };
        let planned = change::plan_typed(&self.state, &intent, wish.status, wish.tick)
            .map_err(|refusal| (now.map(name), refusal.into()))?;
        let moved = match wish.stay {
            true => Vec::new(),
            false => self
                .relocations(&planned.change, &about)
                .map_err(|refusal| (now.map(name), refusal.into()))?,
        };
        let mut files: BTreeSet<FilePath> = touched(&moved);
        files.extend(planned.change.files().into_iter().cloned());
        let mut notes = planned.notes.clone();
        notes.extend(said_otherwise(vocabulary.get(to), wish.status));
        let ways = moved.iter().flat_map(|it| &it.ways);
        notes.extend(ways.map(|(from, to)| format!("{from} is now {to}")));
        self.results.push(Outcome {
            task: self.name(whose).to_owned(),
            from: planned.from.or(now).map(name),
            to: name(to),
            verdict: match files.is_empty() {
                true => Verdict::Unchanged,
                false => Verdict::Applied,
            },
            code: None,
            reason: Some(notes.join("; ")).filter(|notes| !notes.is_empty()),
            remedy: None,
            files: files.iter().map(ToString::to_string).collect(),
            rev: None,
            changes: Vec::new(),
        });
        self.take_later(planned.change);
        moved.into_iter().for_each(|it| self.take_moved(it));
        if let Whose::Task(id) | Whose::Phase(id, _) | Whose::Twin(id, _) = whose {
            self.to_rev.push((self.results.len() - 1, (*id).to_owned()));
        }
        Ok(())
    }

    /// Tells beside a result what is found of a task because of its new status alone: that it stands
    /// before one that it depends on, and links that nobody asks for while it is finished.
    pub(super) fn tell_found(&mut self, at: usize, name: &str) {
        let result = &mut self.results[at];
        let Ok(task) = task_meant(&self.state, name) else { return };
        if result.verdict != Verdict::Applied {
            return;
        }
        let mut found = new_unmet(self.analysis, &self.state, &task.id);
        let more = found.len().saturating_sub(MOST_UNMET);
        found.truncate(MOST_UNMET);
        if more > 0 {
            found.push(format!("and {more} more like that"));
        }
        let was = self.analysis.index.tasks.get(&task.id);
        let open = unchecked_work::count(&self.state, task);
        if open > was.map_or(0, |was| unchecked_work::count(self.analysis, was)) {
            found.push(match open {
                1 => "one of its boxes is still open".to_owned(),
                n => format!("{n} of its boxes are still open"),
            });
        }
        let links = missing_artifact::count(&self.state, task);
        let were = was.map_or(0, |was| missing_artifact::count(self.analysis, was));
        if links > were {
            let (a_link, leads) = match links {
                1 => ("a link".to_owned(), "leads"),
                n => (format!("{n} links"), "lead"),
            };
            found.push(format!(
                "{a_link} of it {leads} to no file, which `check` tells of tasks that are not finished"
            ));
        }
        let notes = result.reason.take().into_iter().chain(found).collect::<Vec<_>>();
        result.reason = Some(notes.join("; ")).filter(|notes| !notes.is_empty());
    }

    /// Why somebody else's claim keeps it from being changed, unless that is forced.
    fn is_held(&self, subject: &Subject, wish: &Wish<'_>) -> Option<Refused> {
        let task = match subject {
            Subject::Task(id) | Subject::Phase(id, _) => id,
            Subject::Place(place) => &self.state.index.task_at(*place)?.id,
        };
        if wish.force {
            None
        } else {
            (self.held)(task, wish.claim.map_or(Leave::Asker, Leave::Claim))
        }
    }

    /// Refuses what is not as somebody saw it.
    fn is_as_seen(
        &self,
        subject: &Subject,
        seen: Option<Seen>,
        vocabulary: &Vocabulary,
    ) -> Result<(), Refused> {
        let name = |status: StatusIdx| &vocabulary.get(status).id;
        let now = self.now(subject);
        let (message, remedy) = match seen {
            Some(Seen::Status(seen)) if now != Some(seen) => match now {
                Some(now) => (
                    format!("the status is {}, not {}", name(now), name(seen)),
                    "another process has changed it; look at the task again",
                ),
                None => (
                    format!("there is no status, so it is not {}", name(seen)),
                    "set it without an expected status",
                ),
            },
            Some(Seen::Rev(seen)) => match self.rev_of(subject) {
                Some(rev) if rev == seen => return Ok(()),
                rev => {
                    let rev = rev.unwrap_or_else(|| "none".to_owned());
                    let now = now.map_or("not known", |now| name(now).as_str());
                    (
                        format!("the rev is {rev}, not {seen}; the status is {now}"),
                        "another process has changed it; look at the task again",
                    )
                }
            },
            _ => return Ok(()),
        };
        Err(Refused::new(Code::NotExpected, message, remedy))
    }

    fn rev_of(&self, subject: &Subject) -> Option<String> {
        match subject {
            Subject::Task(id) | Subject::Phase(id, _) => {
                let task = self.state.index.tasks.get(id)?;
                Some(task_view::view(&self.state, task).rev)
            }
            Subject::Place(place) => Some(task_view::part(&self.state, *place, String::new()).rev),
        }
    }

    fn now(&self, subject: &Subject) -> Option<StatusIdx> {
        let index = &self.state.index;
        match subject {
            Subject::Task(id) => {
                let task = index.tasks.get(id)?;
                let shown = || task_view::status(&self.state, task);
                let vocabulary = index.vocabulary_of(task);
                index.status(task).or_else(|| vocabulary.lookup(&shown()?.id))
            }
            Subject::Phase(id, number) => {
                let phases = index.phases(index.tasks.get(id)?);
                let mut same = phases.into_iter();
                let place =
                    same.find(|p| index.entity(*p).number.as_deref() == Some(number.as_str()))?;
                index.status_at(place)
            }
            Subject::Place(place) => index.status_at(*place),
        }
    }
}

/// The rev of a task, phase or box by its name.
pub(super) fn rev_of_named(state: &Analysis, name: &str) -> Option<String> {
    match meant(state, name).ok()? {
        Meant::Task(task) => Some(task_view::view(state, task).rev),
        Meant::Part(place) => Some(task_view::part(state, place, String::new()).rev),
    }
}

/// What a status is called that was asked for by a word that only means it: `review` of an epic.
fn said_otherwise(def: &StatusDef, asked: &str) -> Option<String> {
    let is_asked = |word: &String| normalise(word) == normalise(asked);
    let is_same = def.spellings.iter().chain([&def.id, &def.marker]).any(is_asked);
    let only_means = !is_same && def.aliases.iter().any(is_asked);
    only_means.then(|| format!("`{asked}` is {} here", def.id))
}

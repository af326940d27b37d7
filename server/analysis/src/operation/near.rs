//! What somebody may have meant who named a task that there is not.

use super::{Code, Refused};
use crate::analysis::Analysis;
use crate::change::holds_number;
use crate::model::Document;
use crate::profile::id::TaskId;
use crate::profile::instances::Instances;
use crate::profile::vocabulary::{StatusDef, Vocabulary};
use crate::profile::{Profile, Role};
use crate::snapshot::{CONFIG, Unread};

/// How many are named.
const LIMIT: usize = 3;

/// That there is no such task, with the ids that are near.
pub fn unknown_task(analysis: &Analysis, id: &str) -> Refused {
    if let Some(refused) = unreadable(analysis, id) {
        return refused;
    }
    if analysis.index.docs.is_empty() {
        let message = format!("no task {id}: no task files found");
        return Refused::new(Code::UnknownTask, message, analysis.profile.looks_for());
    }
    let near = near_ids(analysis, id);
    let remedy = match near.as_slice() {
        [] => "`lockstep list` shows the tasks".to_owned(),
        near => format!("near ids: {}", near.join(", ")),
    };
    Refused::new(Code::UnknownTask, format!("no task {id}"), remedy)
}

/// Refuses a word that is no status of any task that there may be, with those that are.
pub fn is_status(analysis: &Analysis, word: &str) -> Result<(), Refused> {
    let read: Vec<&Profile> =
        analysis.index.docs.iter().map(|document| &*document.profile).collect();
    let mut profiles: Vec<&Profile> = Vec::new();
    // A profile that nothing was read by has no tasks, so that its words find none.
    for profile in analysis.instances.iter() {
        let is_used = |own: &&Profile| std::ptr::eq(*own, &**profile);
        if read.is_empty() || read.iter().any(is_used) {
            profiles.push(profile);
        }
    }
    let all: Vec<&Vocabulary> = profiles.iter().flat_map(|it| it.task_vocabularies()).collect();
    if all.iter().any(|vocabulary| vocabulary.lookup(word).is_some()) {
        return Ok(());
    }
    let mut known: Vec<&str> = Vec::new();
    for (_, def) in all.iter().flat_map(|vocabulary| vocabulary.iter()) {
        if !known.contains(&&*def.id) {
            known.push(&def.id);
        }
    }
    let near = all.iter().find_map(|vocabulary| vocabulary.nearest(word));
    let remedy = known_statuses(near.as_ref(), &known);
    Err(Refused::new(Code::Usage, format!("there is no status `{word}`"), remedy))
}

/// The statuses that there are, behind the one that was meant.
pub(super) fn known_statuses(near: Option<&StatusDef>, known: &[&str]) -> String {
    let known = format!("known: {}", known.join(", "));
    match near {
        Some(near) => format!("did you mean `{}`? {known}", near.id),
        None => known,
    }
}

/// Refuses where nothing of the workspace can be read, so that nobody takes it for empty.
pub fn is_held(analysis: &Analysis) -> Result<(), Refused> {
    match analysis.unread.first().filter(|_| analysis.index.docs.is_empty()) {
        Some(Unread { path, reason }) => {
            let message = format!("the tasks cannot be read: {path}: {reason}");
            Err(Refused::new(
                Code::Unreadable,
                message,
                "`lockstep check` lists what cannot be read",
            ))
        }
        None => Ok(()),
    }
}

/// That a task may stand in what cannot be read, where something of that could hold it.
fn unreadable(analysis: &Analysis, id: &str) -> Option<Refused> {
    let wanted = SoughtId::new(analysis, id);
    if let Some(Unread { path, reason }) =
        analysis.unread.iter().find(|unread| wanted.may_lie_below(unread.path.as_str()))
    {
        let message = format!("no task {id} in what can be read; {path}: {reason}");
        let remedy = "it may stand there; `lockstep check` lists what cannot be read";
        return Some(Refused::new(Code::Unreadable, message, remedy));
    }
    let live = analysis.index.docs.iter().filter(|document| !document.facts.history);
    let mut found = live.filter_map(|it| Some((it, it.facts.broken.as_ref()?)));
    let (document, problem) = found.find(|(document, _)| wanted.may_stand_in(document))?;
    let at = document.lines.line_col(problem.range.start as usize);
    let (path, line, column) = (&document.path, at.line + 1, at.col + 1);
    let message = format!(
        "task {id} is in no file that can be read; {path}:{line}:{column}: {}",
        problem.message
    );
    let remedy = "mend that file first, or check the id with `lockstep list`";
    Some(Refused::new(Code::Unreadable, message, remedy))
}

/// What somebody named and is nowhere in what can be read.
struct SoughtId<'a> {
    instances: &'a Instances,
    /// Its id, without file and tree.
    own: &'a str,
    /// The file that the name begins with.
    file: Option<&'a str>,
}

impl<'a> SoughtId<'a> {
    fn new(analysis: &'a Analysis, name: &'a str) -> SoughtId<'a> {
        let instances = &analysis.instances;
        let is_path = |file: &str| instances.iter().all(|profile| is_path(profile, file));
        let by_file = name.rsplit_once('#').filter(|(file, _)| is_path(file));
        let (file, own) = by_file.map_or((None, name), |(file, own)| (Some(file), own));
        let is_line = |line: &str| line.bytes().all(|byte| byte.is_ascii_digit());
        let file = file.map(|file| match file.rsplit_once(':') {
            Some((file, line)) if is_line(line) => file,
            _ => file,
        });
        let own = own.rsplit([':', '/']).next().unwrap_or(own);
        SoughtId { instances, own, file }
    }

    /// The id as a profile has it.
    fn id(&self, profile: &Profile) -> Option<TaskId> {
        profile.ids.parse(self.own)
    }

    /// Whether it may stand in a file below a folder that cannot be looked into. Without the
    /// configuration nothing is known.
    fn may_lie_below(&self, folder: &str) -> bool {
        let may_hold = |profile: &Profile| {
            let Some(id) = self.id(profile) else { return false };
            let may_name = |role: &Role| self.file.is_some() || role.may_name(&id, None);
            let within = profile.relative(folder).unwrap_or("");
            let ways = [Some(within), profile.within_holder(within)];
            let leads = |role: &Role| ways.into_iter().flatten().any(|it| role.may_lie_below(it));
            profile.roles.iter().any(|role| leads(role) && may_name(role))
        };
        folder == CONFIG || self.instances.iter().any(|profile| may_hold(profile))
    }

    /// Whether it may stand in a file of which something cannot be read.
    fn may_stand_in(&self, document: &Document) -> bool {
        let (captures, path) = (&document.facts.captures, document.path.as_str());
        if let Some(file) = self.file {
            let before = path.strip_suffix(file);
            return before.is_some_and(|before| before.is_empty() || before.ends_with('/'));
        }
        let Some(id) = self.id(&document.profile) else { return false };
        if let Some(own) = captures.id.as_deref() {
            return document.profile.ids.parse(own) == Some(id);
        }
        match document.is_unreadable() {
            true => document.role().may_name(&id, captures.stem.as_deref()),
            false => holds_number(&document.text, id.as_str()),
        }
    }
}

/// Whether what stands before a `#` is a file, and no prefix of ids.
fn is_path(profile: &Profile, file: &str) -> bool {
    let spelled = file.trim();
    !spelled.is_empty()
        && !profile
            .ids
            .prefixes
            .iter()
            .any(|prefix| prefix.trim_end_matches('#').trim().eq_ignore_ascii_case(spelled))
}

/// The names of what may be meant: phases and boxes that are called so, else the ids that are
/// spelled nearly so, the nearest first.
pub fn near_ids(analysis: &Analysis, id: &str) -> Vec<String> {
    let index = &analysis.index;
    let parts = index.parts_called(id);
    if !parts.is_empty() {
        let mut names = index.telling_names(&parts);
        names.truncate(LIMIT);
        return names;
    }
    let wanted = id.trim_start_matches('#').to_lowercase();
    nearest(&wanted, index.tasks.keys().map(|id| analysis.name_of(id)))
}

/// Those of `known` that differ from a word in few letters, the nearest first. What parts their numbers does
/// not count: texts say `4.3.1`, names of files `4-3-1`.
pub(super) fn nearest(wanted: &str, known: impl Iterator<Item = String>) -> Vec<String> {
    let limit = (wanted.chars().count() / 3).max(1);
    let plain = |name: &str| name.to_lowercase().replace(['.', '_'], "-");
    let wanted = plain(wanted);
    let near = known
        .map(|known| (strsim::osa_distance(&wanted, &plain(&known)), known))
        .filter(|(distance, _)| *distance <= limit);
    let mut near: Vec<(usize, String)> = near.collect();
    near.sort();
    near.dedup();
    near.into_iter().take(LIMIT).map(|(_, known)| known).collect()
}

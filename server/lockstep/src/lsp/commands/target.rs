//! Whose status is meant: by the id of a task, or by a place in a document.

use lockstep_analysis::index::{Place, Task};
use lockstep_analysis::operation::{self, Code, Meant, Refused};
use lockstep_analysis::profile::EntityKind;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{Position, Uri};

use crate::hub::snapshot::Folder;
use crate::lsp::commands::arguments::Arguments;
use crate::lsp::error::{invalid_params, refusal, refused, with_code};
use crate::lsp::from_proto;
use crate::lsp::session::SessionContext;
use crate::lsp::to_proto::Lines;
use crate::lsp::uri;

/// A task, a phase of it, or another phase or check box.
#[derive(Debug)]
pub(crate) struct CommandTarget<'a> {
    /// The workspace.
    pub(crate) folder: &'a Folder,
    /// The task; of a check box that around it, if there is one.
    task: Option<&'a Task>,
    /// The check box, or the phase of no task.
    item: Option<Place>,
    /// The number of the phase.
    pub(crate) phase: Option<String>,
    /// The document in which it was pointed at.
    pub(crate) focus: Option<Uri>,
}

impl<'a> CommandTarget<'a> {
    /// Takes `task` and `phase`, or `uri` and `position`, or all of them: a task that several
    /// workspaces have is the one in the workspace of `uri`. `task` is also the name of a phase or box.
    pub(crate) fn take(
        context: &'a SessionContext,
        arguments: &mut Arguments,
    ) -> Result<CommandTarget<'a>> {
        let (task, phase) = (arguments.text("task")?, arguments.text("phase")?);
        let uri = arguments.uri("uri")?;
        match (task, uri) {
            (Some(task), uri) => {
                if uri.is_some() {
                    // A place says no more than the task does.
                    let _ = arguments.position("position");
                }
                by_id(context, &task, phase, uri)
            }
            (None, Some(uri)) => {
                let position = arguments.position("position")?;
                let target = by_place(context, &uri, position)?;
                let item = target.item.filter(|_| phase.is_none());
                let phase = phase.or(target.phase).filter(|_| item.is_none());
                Ok(CommandTarget { phase, item, focus: Some(uri), ..target })
            }
            (None, None) => Err(invalid_params("`task` is missing, or `uri` and `position`")),
        }
    }

    /// The task, also where a part of it is meant.
    pub(crate) fn task(&self) -> Result<&'a Task> {
        self.task.ok_or_else(nothing)
    }

    /// The task that is meant, or its phase; `None` where a check box is.
    pub(crate) fn whole(&self) -> Option<&'a Task> {
        self.task.filter(|_| self.item.is_none())
    }

    /// A place of it: the file, and where its name stands.
    pub(crate) fn place(&self) -> Result<(String, usize)> {
        let index = &self.folder.analysis.index;
        let phase = || {
            let number = self.phase.as_deref()?;
            let mut phases = index.phases(self.task?).into_iter();
            phases.find(|it| index.entity(*it).number.as_deref() == Some(number))
        };
        let first =
            || self.task.and_then(|task| task.places.first().or(task.plans.first()).copied());
        let place = self.item.or_else(phase).or_else(first).ok_or_else(nothing)?;
        let (document, entity) = (&index.docs[place.doc], index.entity(place));
        Ok((document.path.to_string(), entity.name.start as usize))
    }

    /// What commands call it: the id of a task, the name of a check box.
    pub(crate) fn name(&self) -> String {
        let analysis = &self.folder.analysis;
        let item = self.item.map(|place| analysis.index.part_name(place));
        let task = || self.task.map(|task| analysis.name_of(&task.id));
        item.or_else(task).unwrap_or_default()
    }
}

fn by_id<'a>(
    context: &'a SessionContext,
    id: &str,
    phase: Option<String>,
    focus: Option<Uri>,
) -> Result<CommandTarget<'a>> {
    let snapshot = &context.snapshot;
    let here = focus
        .as_ref()
        .and_then(|uri| snapshot.locate(&uri::from_proto(uri)))
        .map(|(folder, _)| &folder.root);
    let (mut found, mut unknown) = (Vec::new(), None);
    for folder in &snapshot.folders {
        match operation::meant(&folder.analysis, id) {
            Ok(meant) => found.push((folder, meant)),
            Err(why) if why.code == Code::UnknownTask => unknown = unknown.or(Some(why)),
            Err(why) => return Err(refusal(&why)),
        }
    }
    let (folder, meant) = match &found[..] {
        [] => {
            let unknown = unknown.as_ref().map(refusal);
            return Err(unknown.unwrap_or_else(|| refused(format!("no task {id}"))));
        }
        [only] => *only,
        several => {
            let of_here = several.iter().find(|(folder, _)| Some(&folder.root) == here);
            *of_here.ok_or_else(|| {
                let roots: Vec<_> =
                    several.iter().map(|(f, _)| f.root.display().to_string()).collect();
                let roots = roots.join(" and ");
                refusal(&Refused {
                    code: Code::Ambiguous,
                    message: format!("task `{id}` is in {roots}"),
                    remedy: "give `uri` to choose one".to_owned(),
                })
            })?
        }
    };
    let target = match meant {
        Meant::Task(task) => CommandTarget { folder, task: Some(task), item: None, phase, focus },
        Meant::Part(place) => {
            let task = folder.analysis.index.task_at(place);
            let own = task.and_then(|task| phase_at(folder, task, place));
            let own = own.filter(|_| folder.analysis.index.entity(place).kind == EntityKind::Phase);
            let item = Some(place).filter(|_| own.is_none());
            CommandTarget { folder, task, item, phase: phase.or(own), focus }
        }
    };
    Ok(target)
}

fn by_place<'a>(
    context: &'a SessionContext,
    uri: &Uri,
    position: Position,
) -> Result<CommandTarget<'a>> {
    let snapshot = &context.snapshot;
    let (folder, path) = snapshot.locate(&uri::from_proto(uri)).ok_or_else(nothing)?;
    let encoding = context.features().encoding;
    let lines = Lines::new(snapshot, folder, &path, encoding).ok_or_else(nothing)?;
    let index = &folder.analysis.index;
    let (doc, document) = index.document(&path).ok_or_else(nothing)?;
    let offset = from_proto::offset(&lines, position);
    let entity = document.entity_at(offset).ok_or_else(nothing)?;
    let place = Place { doc, entity };
    let task = index.task_at(place);
    let item = Some(place).filter(|_| index.entity(place).kind == EntityKind::Item);
    if task.is_none() && item.is_none() {
        return Err(nothing());
    }
    let phase = task.and_then(|task| phase_at(folder, task, place));
    Ok(CommandTarget { folder, task, item, phase, focus: None })
}

fn nothing() -> Error {
    with_code(refused("no task here"), Code::UnknownTask.name(), "no task here", None)
}

/// The number of the phase that holds `place`, where it is one of the task's own.
fn phase_at(folder: &Folder, task: &Task, place: Place) -> Option<String> {
    let index = &folder.analysis.index;
    let mut at = place;
    while index.entity(at).kind == EntityKind::Item {
        at.entity = index.entity(at).parent?;
    }
    let entity = index.entity(at);
    let is_phase = entity.kind == EntityKind::Phase && index.phases(task).contains(&at);
    entity.number.as_deref().filter(|_| is_phase).map(str::to_owned)
}

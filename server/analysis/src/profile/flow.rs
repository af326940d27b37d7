//! How the work of a task is put together: its kind, and by which strategy it follows from its parts.

use crate::profile::strategies::{Strategy, Threshold, strategy};
use crate::profile::vocabulary::normalise;

/// What a task is to those that are part of it, or wait for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TaskKind {
    /// Nothing special.
    #[default]
    Basic,
    /// Its parts are done one after the other.
    Composite,
    /// Its parts may be done at the same time.
    Parallel,
    /// It has a part for each of its items.
    Collection,
    /// It has the status that follows from its parts, and nobody sets it.
    Aggregate,
    /// It waits for another task, or for a signal.
    Wait,
    /// One of its parts is done, and not the others.
    Router,
    /// When it is done, those begin that wait for its name.
    Signal,
}

impl TaskKind {
    /// All kinds with their names.
    pub const ALL: [(TaskKind, &'static str); 8] = [
        (TaskKind::Basic, "basic"),
        (TaskKind::Composite, "composite"),
        (TaskKind::Parallel, "parallel"),
        (TaskKind::Collection, "collection"),
        (TaskKind::Aggregate, "aggregate"),
        (TaskKind::Wait, "wait"),
        (TaskKind::Router, "router"),
        (TaskKind::Signal, "signal"),
    ];

    /// The kind of that name, which is all of the text.
    pub fn parse(text: &str) -> Option<TaskKind> {
        let word = normalise(text.trim_matches(['"', '\'', '[', ']', ' ']));
        TaskKind::ALL.iter().find(|(_, name)| *name == word).map(|(kind, _)| *kind)
    }

    /// The word for it.
    pub fn name(self) -> &'static str {
        TaskKind::ALL[self as usize].1
    }
}

/// What is said of the work of a task, as far as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeclaredFlow {
    /// Its kind.
    pub kind: Option<TaskKind>,
    /// How it follows from its parts.
    pub strategy: Option<&'static dyn Strategy>,
    /// How many of them suffice.
    pub threshold: Option<Threshold>,
}

/// What a field says of the work of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowField {
    /// Its kind.
    Kind,
    /// How it follows from its parts.
    Strategy,
    /// How many of them suffice.
    Threshold,
    /// The tasks or signals that it waits for.
    WaitsFor,
    /// The signal that is given when it is done.
    Raises,
    /// What it has a part for, each.
    Items,
}

impl FlowField {
    const ALL: [FlowField; 6] = [
        FlowField::Kind,
        FlowField::Strategy,
        FlowField::Threshold,
        FlowField::WaitsFor,
        FlowField::Raises,
        FlowField::Items,
    ];

    /// Whether a value says it. `Type: feature` says something else.
    fn takes(self, value: &str) -> bool {
        match self {
            FlowField::Kind => TaskKind::parse(value).is_some(),
            FlowField::Strategy => strategy(value.trim_matches(['"', '\'', ' '])).is_some(),
            FlowField::Threshold => Threshold::parse(value).is_some(),
            FlowField::WaitsFor | FlowField::Raises | FlowField::Items => {
                value.contains(char::is_alphanumeric)
            }
        }
    }
}

/// The names of fields and members that say how the work of a task is put together.
#[derive(Clone, Debug)]
pub struct FlowNames([Vec<String>; 6]);

impl FlowNames {
    /// The names that hold where a profile has no others.
    pub const USUAL: [&[&str]; 6] = [
        &["Type", "Kind"],
        &["Strategy"],
        &["Threshold"],
        &["Waits for"],
        &["Raises", "Signal"],
        &["Items"],
    ];

    /// These names, in order of [`FlowNames::USUAL`]; the usual ones where there is none.
    pub fn new(given: [Vec<String>; 6]) -> FlowNames {
        let mut usual = FlowNames::USUAL.into_iter();
        FlowNames(given.map(|own| {
            let usual = usual.next().unwrap_or_default();
            match own.is_empty() {
                true => usual.iter().map(|name| (*name).to_owned()).collect(),
                false => own,
            }
        }))
    }

    /// What a field of this name, which has this value, says; `None` for any other field. `Waits for`,
    /// `waits_for` and `waits-for` are one name.
    pub fn field(&self, name: &str, value: &str) -> Option<FlowField> {
        let same = |known: &String| {
            let letters =
                |c: char| if matches!(c, '_' | '-') { ' ' } else { c.to_ascii_lowercase() };
            known.len() == name.len() && known.chars().map(letters).eq(name.chars().map(letters))
        };
        let named = |(_, names): &(FlowField, &Vec<String>)| names.iter().any(same);
        let mut all = FlowField::ALL.into_iter().zip(&self.0);
        all.find(named).map(|(field, _)| field).filter(|field| field.takes(value))
    }
}

impl Default for FlowNames {
    fn default() -> FlowNames {
        FlowNames::new(Default::default())
    }
}

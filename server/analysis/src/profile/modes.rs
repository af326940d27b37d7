//! Settings that are one of a few words.

/// What becomes of the other worktrees of a repository.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WorktreeMode {
    /// What they say is told, and they are left alone.
    #[default]
    Report,
    /// A status is set in all of them, in one transaction.
    Mirror,
    /// Nobody looks at them.
    Off,
}

impl WorktreeMode {
    /// Every one, with its name.
    pub const ALL: [(WorktreeMode, &str); 3] = [
        (WorktreeMode::Report, "report"),
        (WorktreeMode::Mirror, "mirror"),
        (WorktreeMode::Off, "off"),
    ];
}

/// Where a command from an editor makes its change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CommitTo {
    /// In the editor, unsaved.
    #[default]
    Edit,
    /// On disk, as one transaction.
    Disk,
}

impl CommitTo {
    /// Every one, with its name.
    pub const ALL: [(CommitTo, &str); 2] = [(CommitTo::Edit, "edit"), (CommitTo::Disk, "disk")];

    /// The one with this name.
    pub fn parse(name: &str) -> Option<CommitTo> {
        CommitTo::ALL.iter().find(|(_, known)| *known == name).map(|(commit, _)| *commit)
    }
}

//! `[note]`: where a task keeps notes.

use regex::Regex;

use crate::profile::RoleIdx;

/// Where a task keeps notes: `[note]` of a profile.
#[derive(Clone, Debug)]
pub enum Noting {
    /// In a section of its file.
    Section(NoteSection),
    /// Another tool writes them: `command = "backlog task edit ID --append-notes TEXT"`.
    Command(String),
}

/// The section of notes.
#[derive(Clone, Debug)]
pub struct NoteSection {
    /// The role of the file.
    pub role: RoleIdx,
    /// Matches its heading.
    pub section: Regex,
    /// `heading = "## Work Log"`: what is written at the end of a file that has none; without it the
    /// section must be there.
    pub heading: Option<String>,
    /// `text = "- {date}: {text}"`: one note.
    pub text: String,
}

//! A part for each item of a collection.

use super::{Draft, Refused, task_meant};
use crate::change::children::make_children;

impl Draft<'_> {
    pub(super) fn make_parts(&mut self, task: &str) -> Result<(), Refused> {
        let id = task_meant(&self.state, task)?.id.clone();
        let change = make_children(&self.state, &id)?;
        self.take(change);
        Ok(())
    }
}

//! `[archive]`: where finished tasks are put away.

use crate::profile::decode::{Decoder, Table};
use crate::profile::{Archive, ArchiveList};

pub(super) fn archive(d: &mut Decoder, t: &mut Table<'_>) -> Archive {
    let entries = path(d, t, "entries");
    let folders = path(d, t, "folders");
    let files = path(d, t, "files");
    let records = t.tables(d, "records").into_iter().filter_map(|mut list| {
        let file = path(d, &mut list, "file");
        let name = list.string(d, "list");
        list.needs(d, "list");
        list.finish(d);
        Some(ArchiveList { list: name?.0, file })
    });
    Archive { entries, folders, files, records: records.collect() }
}

/// A path that leads down from where it is used.
fn path(d: &mut Decoder, t: &mut Table<'_>, key: &'static str) -> Option<String> {
    let (path, range) = t.string(d, key)?;
    let down = path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if !down {
        d.report(
            range,
            format!("`{key}` must be a path below the folder of the file, such as `archive`"),
        );
    }
    down.then_some(path)
}

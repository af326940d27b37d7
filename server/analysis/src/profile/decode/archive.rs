//! `[archive]`: where finished tasks are put away.

use crate::profile::decode::{Decoder, Table};
use crate::profile::{Archive, ArchiveList};
use crate::text::TextRange;

pub(super) fn archive(d: &mut Decoder, t: &mut Table<'_>) -> Archive {
    let entries = path(d, t, "entries");
    let unlist = t.flag(d, "unlist");
    let folders = path(d, t, "folders");
    let command = t.string(d, "command").map(|(command, _)| command);
    let files = t.placed_strings(d, "files").into_iter();
    let files = files.filter_map(|(path, range)| down(d, "files", path, range)).collect();
    let records = t.tables(d, "records").into_iter().filter_map(|mut list| {
        let file = path(d, &mut list, "file");
        let name = list.string(d, "list");
        list.needs(d, "list");
        list.finish(d);
        Some(ArchiveList { list: name?.0, file })
    });
    Archive { entries, unlist, folders, command, files, records: records.collect() }
}

/// A path that leads down from where it is used; that of folders may begin one level further up, or at the
/// folder of the profile.
fn path(d: &mut Decoder, t: &mut Table<'_>, key: &'static str) -> Option<String> {
    let (path, range) = t.string(d, key)?;
    down(d, key, path, range)
}

fn down(d: &mut Decoder, key: &str, path: String, range: Option<TextRange>) -> Option<String> {
    let below = path
        .strip_prefix("../")
        .or(path.strip_prefix('/'))
        .filter(|_| key == "folders")
        .unwrap_or(&path);
    let is_down = below.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if !is_down {
        d.report(
            range,
            format!("`{key}` must be a path below the folder of the file, such as `archive`"),
        );
    }
    is_down.then_some(path)
}

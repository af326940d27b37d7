//! `[folders]`: folders that say a status.

use crate::profile::decode::{Decoder, Table};
use crate::profile::status_folders::StatusFolders;
use crate::profile::vocabulary::Vocabulary;

pub(super) fn status_folders(
    d: &mut Decoder,
    t: &mut Table<'_>,
    statuses: &Vocabulary,
) -> Option<StatusFolders> {
    t.needs(d, "path");
    t.needs(d, "to");
    // What a folder begins with ends where a part of its path does.
    let path = t.string(d, "path");
    let path =
        path.and_then(|(source, range)| d.regex(&format!("^(?:{source})(?:/|$)"), range, "path"));
    let mut to = Vec::new();
    let rows = t.take("to").map(|node| d.rows(node, "to")).unwrap_or_default();
    for (key, value) in rows {
        let status = d.status_named("status", &key.name, key.range, statuses);
        let Some((folder, range)) = d.string_list(value, "to").into_iter().next() else { continue };
        let down = folder.split('/').all(|part| !matches!(part, "" | "." | ".."));
        if !down {
            let message = "a folder must be a path below the folder of the profile, such as \
                           `completed/{category}`";
            d.report(range, message.to_owned());
            continue;
        }
        let unknown = path.as_ref().and_then(|it| StatusFolders::unknown_name(it, &folder));
        if let Some(name) = unknown {
            let groups = path.iter().flat_map(|path| path.capture_names()).flatten();
            let known: Vec<&str> = groups.chain(StatusFolders::OF_THE_DAY).collect();
            d.unknown("group", name, range, &known);
            continue;
        }
        to.extend(status.map(|status| (status, folder)));
    }
    Some(StatusFolders { path: path?, to })
}

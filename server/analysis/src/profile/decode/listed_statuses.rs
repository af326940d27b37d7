//! `[statuses_from]`: where a repository lists statuses of its own.

use crate::profile::decode::{Decoder, Table};
use crate::profile::listed_statuses::ListedStatuses;

pub(super) fn listed(d: &mut Decoder, t: &mut Table<'_>, names: &[&str]) -> Option<ListedStatuses> {
    t.needs(d, "role");
    t.needs(d, "key");
    let role = t.string(d, "role");
    let role = role.and_then(|(name, range)| d.role_named(&name, range, names));
    let (key, _) = t.string(d, "key")?;
    let key = key.split('.').map(str::to_owned).collect();
    Some(ListedStatuses { role: role?, key, found: None })
}

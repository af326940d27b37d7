//! `status: completed`, or `1-2-login: completed`: a value in a YAML file.

use crate::model::carrier::Carrier;
use crate::model::carriers::front_matter;

/// The carrier.
pub(super) static CARRIER: Carrier = Carrier {
    id: "yaml",
    of_entry: Some(front_matter::scalar),
    takes_fields: false,
    whereabouts: "in its record",
    words: None,
    ..front_matter::BASE
};

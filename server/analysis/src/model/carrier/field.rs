//! `- **Status**: [COMPLETED]`: the value of a field. What stands there is a status, known or not.

use crate::model::carrier::{Carrier, marker};

/// The carrier.
pub static CARRIER: Carrier =
    Carrier { id: "field", respelled: marker::written, is_line: true, ..marker::CARRIER };

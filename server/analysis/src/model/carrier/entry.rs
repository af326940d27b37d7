//! `- [IN PROGRESS] Title`, `- **12** [BLOCKED] — Title`: a marker in a list entry.

use crate::model::carrier::{Carrier, marker};

/// The carrier.
pub static CARRIER: Carrier = Carrier { id: "entry", ..marker::CARRIER };

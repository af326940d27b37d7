//! What parts say of their whole.

/// What the parts say of their whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RollUp {
    /// Every part is finished or dropped, and one at least is finished.
    Done,
    /// As many are finished as suffice, and not all.
    Partial,
    /// It went wrong.
    Failed,
    /// Every part is dropped.
    Dropped,
    /// Work goes on, or some parts are finished and some are not.
    Active,
    /// No part has been begun, and each says so.
    Open,
    /// The parts do not say.
    Silent,
}

impl RollUp {
    /// All that can be named in configuration.
    pub const ALL: [(RollUp, &'static str); 6] = [
        (RollUp::Open, "open"),
        (RollUp::Active, "active"),
        (RollUp::Done, "done"),
        (RollUp::Partial, "partial"),
        (RollUp::Failed, "failed"),
        (RollUp::Dropped, "dropped"),
    ];
}

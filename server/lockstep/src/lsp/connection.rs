//! One connection: framing, order, cancellation and isolation of handlers.

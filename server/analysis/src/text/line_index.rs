//! Offsets to lines and columns, and back.

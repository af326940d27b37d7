//! The only crate that writes user files.

//! Floor 4: the language server: the only place that knows protocol types.
//!
//! [`server`] takes what a client sends: notifications become events for the one thread that owns
//! the texts ([`crate::hub`]), requests wait for its next snapshot and are answered from it
//! ([`requests`], [`commands`]). What the client is told unasked goes through [`publish`] and
//! [`delivery`], so that a client that does not read holds up nothing but itself.

mod applied;
mod apply_edit;
mod asked;
mod chosen_action;
mod client;
mod commands;
pub mod connection;
mod delivery;
mod echo;
mod encoding;
mod error;
pub mod forwarder;
mod from_proto;
pub mod hosted;
mod lenses;
mod lined_json;
mod methods;
mod moves;
mod outlines;
mod outstanding;
mod own_capabilities;
mod parent;
mod publication;
mod publish;
mod refresh;
mod requests;
mod rows;
pub mod server;
mod session;
pub mod settings;
mod to_proto;
pub mod uri;
mod workspace_edit;

//! Floor 4: tasks for agents, by the Model Context Protocol on standard input and output: a front
//! beside the language server, for clients without a shell.
//!
//! Both eras of the protocol are served by one process: requests that carry their version each, and
//! those after `initialize`. [`wire`] knows the frames and the eras, [`tools`] and [`resources`] what
//! is served, [`listen`] who is told of changes, [`folder`] which workspace a call is about.
//! Everything that changes files is an order, carried out by the daemon where one runs.

mod failure;
mod folder;
mod listen;
mod resources;
mod server;
mod tools;
mod wire;

pub use folder::McpOptions;
pub use server::serve_stdio;
pub use tools::list as tool_list;

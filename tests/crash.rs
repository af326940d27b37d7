//! Kills, power cuts, full disks, other writers and strange files, through the real binary. Every
//! experiment is held against a control that must fail. `server/docs/transactions.md` tells what
//! each one does and what it has caught.

mod drive;
mod editors;
mod faults;
mod kills;
mod lock;
mod metadata;
pub mod mounts;
mod naive;
mod ntfs;
mod power;
mod savers;
mod space;
mod tasks;
mod writers;

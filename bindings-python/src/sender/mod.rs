//! The sender of the crate `countersign-delivery`, as `countersign.sender` drives it.

mod call;
mod completions;
mod endpoint;
mod engine;
mod log;
mod message;
mod options;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod own_locks;
#[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
#[path = "common_locks.rs"]
mod own_locks;
mod own_statements;
mod postgres;
mod process;
mod rows;

pub(crate) use call::Call;
pub(crate) use engine::SenderEngine;
pub(crate) use message::unserialisable;
pub(crate) use own_statements::OwnStatements;

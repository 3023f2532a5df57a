//! Why things are as they are: what this crate refuses, in which order, and what went wrong
//! elsewhere.

pub mod defaults;
pub mod design;
#[cfg(feature = "explain")]
pub mod explaining;
pub mod handshakes;
pub mod javascript;
pub mod public_keys;
pub mod receiving;
pub mod sending;
pub mod verdicts;
pub mod vulnerabilities;

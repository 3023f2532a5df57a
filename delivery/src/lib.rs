//! Sends webhooks from inside your program.
#![forbid(unsafe_code)]

pub mod transport;

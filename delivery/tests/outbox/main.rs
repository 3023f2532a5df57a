//! What a program may rely on: the outbox, its dispatcher, and what they stand.

#[path = "../common/mod.rs"]
mod common;
mod support;

mod fairness;
#[cfg(unix)]
mod freezing;
mod health;
#[cfg(unix)]
mod kills;
mod lifecycle;
mod ordering;
#[cfg(unix)]
mod processes;
mod publishing;
mod refused;
mod retrying;
mod secrets;
mod sending;

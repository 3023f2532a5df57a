//! What a program may rely on: the outbox, its dispatcher, and what they stand.
#![cfg(feature = "sqlite")]

#[path = "../common/mod.rs"]
mod common;
mod support;

mod clocks;
mod dead_letters;
mod fairness;
#[cfg(unix)]
mod freezing;
#[cfg(unix)]
mod full_disk;
mod health;
#[cfg(unix)]
mod kills;
mod lifecycle;
mod locked;
mod model;
mod ordering;
#[cfg(unix)]
mod processes;
mod publishing;
mod refused;
mod replays;
mod retrying;
mod secrets;
mod sending;
mod shown;

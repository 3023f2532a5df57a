//! What a program may rely on: the outbox, its dispatcher, and what they stand.

#[path = "../common/mod.rs"]
mod common;
mod support;

mod fairness;
mod health;
mod ordering;
mod publishing;
mod refused;
mod retrying;
mod secrets;
mod sending;

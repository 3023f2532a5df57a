//! What Rust must satisfy: the corpus, known answers, properties, allocation and timing.
//!
//! The library reads the corpus (`tests/vectors`) and runs it on the core; the program
//! `conformance` reports on it, and the tests of this crate lie in `tests/tests`.

pub mod corpus;
pub mod runner;

/// The Rust examples of the project's README, which run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

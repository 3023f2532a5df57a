//! What Rust must satisfy: the corpus, known answers, properties, allocation and timing.
//!
//! The library reads the corpus (`tests/vectors`) and runs it on the core; the program
//! `conformance` reports on it, and the tests of this crate lie in `tests/tests`.

pub mod corpus;
pub mod runner;

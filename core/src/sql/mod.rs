//! The tables and statements of stores in SQL databases. The text is the same in each language, so
//! that programs of several can share a database.
//!
//! Each place of a value is a question mark; [`postgres::numbered`] gives them the names that
//! PostgreSQL wants.

pub mod guards;
pub mod inbox;
pub mod outbox;
pub mod postgres;

#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod database;
mod failure;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "sqlite")]
pub mod sqlite;
mod value;
mod work;

pub use database::{Database, Running};
pub use failure::{OpenError, Unavailable};
pub use value::{Answered, Done, Row, Unreadable, Value};
pub use work::{Kind, Next, Purpose, Statement, Then, Work};

//! Shows what receivers do: the last outcomes, counts, latency, and dead letters to replay.
//!
//! A [`Monitor`] is told what becomes of requests; a [`StatusPage`] shows what it saw to whoever
//! has a token. Both decide and do no I/O: a host reads its inbox and tells what it read by an
//! [`InboxView`].
//!
//! ```text
//! receiver ── Observation ──► Monitor ──► openmetrics · snapshot
//!                                                  ▲
//! request ── StatusPage::ask(now, entropy) ──► Step ──► StatusAnswer
//!                                                  ▲
//! inbox ── InboxView, is_shown ────────────────────┘
//! ```
//!
//! All of it is of one process. Where a server runs several, each tells what it saw itself, and the
//! page says which one answered.

mod answer;
mod decimal;
mod documents;
mod error;
mod form;
mod histogram;
mod inbox;
mod openmetrics;
mod page;
mod path;
mod session;
mod snapshot;
mod tally;
mod watching;

pub use answer::{StatusAnswer, StatusLog};
pub use error::MonitorError;
pub use inbox::{DeadLetter, InboxView, MOST_DEAD_LETTERS, is_shown};
pub use openmetrics::CONTENT_TYPE;
pub use page::{BODY_LIMIT, StatusPage, StatusRequest, Step};
pub use path::judged_path;
pub use watching::{Monitor, Observation};

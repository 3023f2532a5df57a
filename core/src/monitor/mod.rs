//! Shows what receivers and senders do: the last outcomes and attempts, counts, latency, the state
//! of endpoints, and dead letters to replay.
//!
//! A [`Monitor`] is told what becomes of requests and of attempts; a [`StatusPage`] shows what it
//! saw to whoever has a token. Both decide and do no I/O: a host reads its inbox and its outbox and
//! tells what it read by an [`InboxView`] and an [`OutboxView`].
//!
//! ```text
//! receiver ── Observation ───────► Monitor ──► openmetrics · snapshot
//! sender ── AttemptObservation ───────┘                ▲
//!                                                      │
//! request ── StatusPage::ask(now, entropy) ──► Step ──► StatusAnswer
//!                                                      ▲
//! inbox, outbox ── Attached, is_shown ─────────────────┘
//! ```
//!
//! What is counted is of one process. Where a server runs several, each tells what it saw itself, and the
//! page says which one answered.

mod answer;
mod attached;
mod attempts;
mod decimal;
mod documents;
mod error;
mod form;
mod histogram;
mod inbox;
mod json;
mod openmetrics;
mod openmetrics_outbox;
mod outbox;
mod page;
mod path;
mod session;
mod snapshot;
mod snapshot_outbox;
mod tally;
mod watching;

pub use answer::{StatusAnswer, StatusLog};
pub use attached::Attached;
pub use attempts::AttemptObservation;
pub use error::MonitorError;
pub use inbox::{DeadLetter, InboxView, MOST_DEAD_LETTERS, is_shown};
pub use openmetrics::CONTENT_TYPE;
pub use outbox::{
    DeadDelivery, MOST_ATTEMPTS, MOST_ENDPOINTS, MOST_REPLAYS, OutboxView, ShownAttempt,
    ShownEndpoint, ShownReplay,
};
pub use page::{BODY_LIMIT, StatusPage, StatusRequest, Step};
pub use path::judged_path;
pub use tally::shortened;
pub use watching::{Monitor, Observation};

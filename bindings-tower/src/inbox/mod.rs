//! Handles events after they were answered: a receiver stores them durably, workers handle them.
//!
//! Each event that was acknowledged is handled at least once, whatever process is killed and
//! whenever: if its worker dies, another takes it over after the lease. A handler may therefore see
//! one twice, and knows it by [`dedupe_key`](crate::ReceivedEvent::dedupe_key). What fails is tried
//! again as a [`RetryPolicy`](countersign::RetryPolicy) says, and is a dead letter after that,
//! which can be replayed. Events come roughly in the order of their arrival, and several at a time.
//!
#![cfg_attr(feature = "sqlite", doc = "```")]
#![cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
//! use std::convert::Infallible;
//! use std::time::Duration;
//! use countersign_tower::Receiver;
//! use countersign_tower::inbox::{SqliteInbox, Workers};
//! # use countersign::{Scheme, Secret, Webhook};
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("inbox.db");
//! # let webhook = Webhook::new(Scheme::STRIPE, [Secret::parse("whsec_test")?])?;
//! # tokio::runtime::Runtime::new()?.block_on(async {
//!
//! let inbox = SqliteInbox::new(path).open()?;
//! let service = Receiver::new(webhook)
//!     .inbox(inbox.clone())
//!     .on("invoice.paid", async |event| {
//!         println!("{:?}", event.id());
//!         Ok::<(), Infallible>(())
//!     })?
//!     .into_service();
//! let workers = Workers::new(&service, &inbox).start();
//! // Here the server runs.
//! workers.stop(Duration::from_secs(30)).await;
//! assert!(inbox.dead_letters().await?.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Endpoints of different schemes can share an inbox, two of one scheme cannot: their deliveries
//! could not be told apart. Workers may run in the processes of the server or in others, in any
//! language that has these handlers.
//!
//! # Databases
//!
//! `SqliteInbox` (feature `sqlite`) is for the processes of one machine, `PostgresInbox` (feature
//! `postgres`) for several machines. Both share their table ([`countersign::sql::inbox`]) with the
//! inboxes of the other languages. Receivers can also put events into an [`EventStore`] of the
//! program's own.

#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod attempt;
mod event_store;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod insertion;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod keeper;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod management;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod signals;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod store;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod stored;
#[cfg(all(test, feature = "sqlite"))]
mod tests;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod workers;

pub use self::event_store::{Completion, EventStore};
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub use self::management::Filter;
#[cfg(feature = "postgres")]
pub use self::postgres::PostgresInbox;
#[cfg(feature = "sqlite")]
pub use self::sqlite::SqliteInbox;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub use self::store::{Inbox, Taken};
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub use self::stored::{State, StoredEvent};
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub use self::workers::{RunningWorkers, Workers};

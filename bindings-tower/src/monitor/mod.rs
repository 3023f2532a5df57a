//! Shows what receivers and senders do: the last outcomes and attempts, counts, latency, the state
//! of endpoints, and dead letters to replay.
//!
//! A [`Monitor`] watches receivers; a [`StatusService`] shows what it saw to whoever has a token.
//!
//! ```
//! use axum::Router;
//! use countersign_tower::Receiver;
//! use countersign_tower::monitor::{Monitor, StatusService};
//! # use countersign::{Scheme, Secret, Webhook};
//! # let webhook = Webhook::new(Scheme::GITHUB, [Secret::parse("hush")?])?;
//!
//! let monitor = Monitor::new();
//! let receiver = monitor.watch(Receiver::new(webhook), "github")?;
//! let status = StatusService::new(monitor, "a token of the reader's", "/webhooks/status")?;
//!
//! let mut router: Router = Router::new().route_service("/webhooks", receiver.into_service());
//! for path in status.paths() {
//!     router = router.route_service(&path, status.clone());
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What is counted is of this process. Where a server runs several, each tells what it saw itself, and
//! the page says which one answered. What is decided, and how, is in [`countersign::monitor`].

mod inbox;
mod outbox;
mod service;
mod watching;

pub use self::inbox::ShownInbox;
pub use self::outbox::ShownOutbox;
pub use self::service::StatusService;
pub use self::watching::Monitor;

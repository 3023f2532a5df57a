//! One attempt to deliver: a POST to an address that may be reached, and what came back.
//!
//! - **Addresses.** Each answer of the resolver is checked by the endpoint's
//!   [`DestinationRules`](countersign::DestinationRules) inside of the client, and exactly the
//!   addresses that were checked are connected to: a name that leads elsewhere a moment later
//!   changes nothing. Endpoints of different rules never share a connection.
//! - **HTTP.** POST alone, over HTTP/1.1 or HTTP/2 as TLS negotiates it, on connections that are
//!   kept. A redirect is an answer like any other and never followed. No cookies, no `Referer`, no
//!   decompression.
//! - **Proxies** are used only if they are given as an [`EnforcingProxy`]; those of the environment
//!   are not.
//! - **Bounds.** [`Timeouts`] for the connection, the head of the answer and the whole; 64 KiB of
//!   the head, 64 KiB of the body, of which 4 KiB are kept.
//!
//! ```no_run
//! use bytes::Bytes;
//! use countersign::{Destination, DestinationRules};
//! use countersign_delivery::transport::{Request, Transport, TransportSettings};
//! use http::HeaderMap;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let transport = Transport::new(TransportSettings::new())?;
//! let rules = DestinationRules::new();
//! let destination = Destination::parse("https://hooks.example.com/in", &rules)?;
//! let body = Bytes::from_static(b"{}");
//! let attempt = transport
//!     .attempt(Request::new(&destination, &rules, HeaderMap::new(), body))
//!     .await;
//! match attempt.outcome {
//!     Ok(answer) => println!("{} after {:?}", answer.status, attempt.duration),
//!     Err(failure) => println!("{}: {}", failure.class.as_str(), failure.detail),
//! }
//! # Ok(())
//! # }
//! ```

mod attempt;
mod body;
mod clients;
mod connector;
mod failure;
mod proxy;
mod resolve;
mod send;
mod settings;
mod stream;
mod target;
mod tls;

pub use attempt::{Answer, Attempt, Request};
pub use failure::{ErrorClass, Failure};
pub use proxy::EnforcingProxy;
pub use resolve::{Resolve, Resolving, SystemResolver};
pub use send::Transport;
pub use settings::{Timeouts, TransportError, TransportSettings};

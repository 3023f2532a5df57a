//! A webhook receiver with axum: `POST /webhooks` takes deliveries, `GET /webhooks/events` lists
//! the last ones.

mod http;
mod receiver;
mod settings;

pub use http::{BODY_LIMIT, router};
pub use receiver::{HandlerError, Outcome, Receiver};
pub use settings::Settings;

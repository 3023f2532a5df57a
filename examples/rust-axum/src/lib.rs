//! A webhook receiver with axum: `POST /webhooks` takes deliveries, `GET /webhooks/events` lists
//! the last ones.

mod guards;
mod handlers;
mod http;
mod listing;
mod settings;

pub use handlers::register;
pub use http::{router, with_status};
pub use settings::Settings;

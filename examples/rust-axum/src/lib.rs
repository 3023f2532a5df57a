//! A webhook receiver with axum: `POST /webhooks` takes deliveries, `GET /webhooks/events` lists
//! the last ones.

mod http;
mod listing;
mod settings;

pub use http::router;
pub use settings::Settings;
